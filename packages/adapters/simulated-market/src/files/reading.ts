import { type Decimal, type DecimalInput, decimal, InvalidInputError, PrateError } from '@prate/domain';
import { BadFileError } from './bad-file-error.ts';
import type { FileSource } from './byte-source.ts';
import { checkRow } from './fields.ts';
import { type OpenOptions, openTable } from './open-table.ts';
import type { TableFile, TableRow } from './table-file.ts';

export interface ReadOptions extends OpenOptions {
  /** Volumes are contracts of so much base asset each. Default: they are base asset, kept as written. */
  readonly contractSize?: DecimalInput | undefined;
  /** Rows a batch at least. Default 20,000. */
  readonly batchRows?: number | undefined;
  /** Skip mode: gets what is wrong with a row, which is then left out. Absent: the first bad row ends the reading. */
  readonly onInvalid?: ((error: BadFileError) => void) | undefined;
}

/** How many rows came to what, so far. */
export interface RowCounts {
  /** Rows that were read and kept. */
  readonly kept: number;
  /** Trades whose type is not MARKET. */
  readonly leftOut: number;
  /** Bad rows that skip mode left out. */
  readonly invalid: number;
}

export const DEFAULT_BATCH_ROWS = 20_000;

/** @throws InvalidInputError when it is not above 0 */
export function toContractSize(input: DecimalInput | undefined): Decimal | null {
  if (input === undefined) return null;
  const size = decimal(input, 'contract size');
  if (size.gt(0)) return size;
  throw new InvalidInputError(`contract size must be above 0, such as 0.0001, not ${size}`);
}

/** A file as it was given, or the one that is opened. */
export const tableOf = (source: FileSource | TableFile, options: OpenOptions): Promise<TableFile> =>
  typeof source === 'object' && 'rows' in source ? Promise.resolve(source) : openTable(source, options);

/**
 * Makes something of a row whose length is right. A problem of the row is thrown, with file and line, or handed to
 * `onInvalid`: then the result is null.
 */
export function takeRow<T>(file: TableFile, row: TableRow, options: ReadOptions, parse: () => T): T | null {
  try {
    checkRow(file, row);
    return parse();
  } catch (error) {
    const bad = rowError(file, row, error);
    if (bad === null || options.onInvalid === undefined) throw bad ?? error;
    options.onInvalid(bad);
    return null;
  }
}

/** An error of the domain, placed in the file; null for what is no fault of the row. */
function rowError(file: TableFile, row: TableRow, error: unknown): BadFileError | null {
  if (error instanceof BadFileError) return error;
  if (!PrateError.is(error)) return null;
  return new BadFileError(file.name, row.line, error.message, { cause: error });
}
