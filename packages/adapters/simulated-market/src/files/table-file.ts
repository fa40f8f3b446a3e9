import type { Interval } from '@prate/domain';

export type FileKind = 'klines' | 'trades';

/** One row as it stands in the file. */
export interface TableRow {
  /** From 1; the header of a CSV file is line 1. In a Parquet file the row, from 1. */
  readonly line: number;
  /** As many as the header has, unless the row is wrong; `''` for no value. */
  readonly fields: readonly string[];
  /** Why these are no fields, where the row cannot be taken apart. */
  readonly problem?: string | undefined;
}

/** A file of rows with named columns, of any format. It can be read once. */
export interface TableFile {
  readonly name: string;
  /** The names of the columns. */
  readonly header: readonly string[];
  /** What the names of the columns say it holds, or null. */
  readonly kind: FileKind | null;
  /** Of candles, where the file itself tells it; or null. */
  readonly interval: Interval | null;
  /** The rows in batches as they come. */
  rows(): AsyncGenerator<readonly TableRow[]>;
  /** Lets go of the file when it was not read to its end. */
  close(): Promise<void>;
}

/** A row of more bytes is none: the rest of a damaged file must not gather in memory. */
export const MAX_ROW_BYTES: number = 64 * 1024;

/** Texts of a candle or a trade are shorter, whatever a damaged file says. */
export const MAX_FIELD_LENGTH = 1024;
/** No row has more fields: `{}` a million times under a header of ten thousand columns would fill the memory. */
export const MAX_COLUMNS = 1024;

/** What the names of the columns say, or null. */
export function detectKind(header: readonly string[]): FileKind | null {
  if (header.includes('open_time_ms')) return 'klines';
  return header.includes('time_ms') && header.includes('price') ? 'trades' : null;
}
