import { type Interval, PrateError, toInterval } from '@prate/domain';
import type { FileMetaData, ParquetScan, RowGroup, SchemaElement } from 'hyparquet';
import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf } from './byte-source.ts';
import { CheckedChunk, checkedFooter, type OpenedFile, openAnywhere } from './parquet-bytes.ts';
import { CODECS } from './parquet-codecs.ts';
import { isTime, scaleOf, type ToText, toText, withoutMeanings } from './parquet-values.ts';
import {
  detectKind,
  type FileKind,
  MAX_COLUMNS,
  MAX_FIELD_LENGTH,
  type TableFile,
  type TableRow,
} from './table-file.ts';
import { DamagedError } from './thrift.ts';

/** Where a file of ours says what its candles are. */
export const INTERVAL_KEY = 'prate.interval';
/** How a column of times is called, and what its milliseconds are called elsewhere. */
const TIME_NAMES: Readonly<Record<string, string>> = { open_time: 'open_time_ms', time: 'time_ms' };

const KNOWN: readonly string[] = [
  ...[
    'open_time_ms',
    'open',
    'high',
    'low',
    'close',
    'volume',
    'turnover',
    'quote_volume',
    'trades',
    'source',
    'coverage',
  ],
  ...['time_ms', 'price', 'quantity', 'side', 'id', 'type'],
];

/** Rows that are text at a time: of the others only the decoded columns lie in memory. */
const BATCH_ROWS = 4096;

/** What the columns of a row group may take in memory: a million rows of ten decimals that lie as bytes are less. */
const MAX_GROUP_BYTES = 1024 * 1024 * 1024;

/** A column that is read: under which name, and how its values become text. */
interface Column {
  readonly name: string;
  readonly element: SchemaElement;
  readonly toText: ToText;
}

/**
 * A Parquet file, read one row group after the other: the decoded columns of two are the most that lies in memory. What
 * comes as a stream is put in a temporary file first, since Parquet is read from its end. It can be read once.
 */
export class ParquetFile implements TableFile {
  readonly name: string;
  readonly interval: Interval | null;
  readonly header: readonly string[];
  readonly #file: OpenedFile;
  readonly #chunk: CheckedChunk;
  readonly #scan: ParquetScan;
  readonly #columns: readonly Column[];
  readonly #options: ByteOptions;

  private constructor(
    name: string,
    file: OpenedFile,
    chunk: CheckedChunk,
    scan: ParquetScan,
    schema: readonly SchemaElement[],
    options: ByteOptions,
  ) {
    this.name = name;
    this.#file = file;
    this.#chunk = chunk;
    this.#scan = scan;
    this.#options = options;
    const all = topColumns(schema);
    this.header = all.map((element) => nameInPrate(element, all));
    this.#columns = all.flatMap((element, i) => {
      const column = this.header[i] as string;
      return KNOWN.includes(column) ? [{ name: column, element, toText: textOf(name, element) }] : [];
    });
    this.interval = intervalOf(scan.metadata);
  }

  /** @throws BadFileError when the file cannot be read or is no Parquet */
  static async open(source: FileSource, options: ByteOptions = {}): Promise<ParquetFile> {
    const name = nameOf(source);
    const file = await openAnywhere(source, options);
    try {
      const { parquetMetadata, parquetScan } = await import('hyparquet');
      const metadata = parquetMetadata(await checkedFooter(file), { geoparquet: false });
      if (metadata.schema.length > MAX_COLUMNS)
        throw new DamagedError(`it has ${metadata.schema.length} columns; at most ${MAX_COLUMNS} would be right`);
      const plain = { ...metadata, schema: withoutMeanings(metadata.schema) };
      const chunk = new CheckedChunk(file.size);
      const how = { compressors: CODECS, utf8: false, useOffsetIndex: false };
      const scan = await parquetScan({ file: chunk, metadata: plain, ...how });
      return new ParquetFile(name, file, chunk, scan, metadata.schema, options);
    } catch (error) {
      await file.close();
      throw parquetProblem(name, error);
    }
  }

  get kind(): FileKind | null {
    return detectKind(this.header);
  }

  async *rows(): AsyncGenerator<readonly TableRow[]> {
    const { row_groups: groups } = this.#scan.metadata;
    try {
      let first = 0;
      for (const [i, group] of groups.entries()) {
        this.#options.signal?.throwIfAborted();
        const end = first + Number(group.num_rows);
        const values = await this.#group(group, i + 1, first, end);
        for (let from = first; from < end; from += BATCH_ROWS) {
          yield this.#rowsOf(values, first, from, Math.min(from + BATCH_ROWS, end));
        }
        this.#options.onBytes?.((this.#file.size * (i + 1)) / groups.length, this.#file.size);
        first = end;
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The values of the columns that are read, in one row group. */
  async #group(group: RowGroup, nth: number, rowStart: number, rowEnd: number): Promise<ArrayLike<unknown>[]> {
    const values: ArrayLike<unknown>[] = [];
    if (rowEnd === rowStart) return values;
    let memory = MAX_GROUP_BYTES;
    for (const { element } of this.#columns) {
      try {
        memory -= await this.#chunk.load(this.#file, group, element, memory);
        const column = await this.#scan.readColumn({ column: element.name, rowStart, rowEnd });
        if (column.length !== rowEnd - rowStart) throw new DamagedError('it has not as many rows as its group');
        values.push(column);
      } catch (error) {
        throw parquetProblem(this.name, error, `column ${element.name} of row group ${nth}: `);
      }
    }
    return values;
  }

  #rowsOf(values: readonly ArrayLike<unknown>[], first: number, from: number, to: number): TableRow[] {
    const at = this.header.map((name) => this.#columns.findIndex((column) => column.name === name));
    return Array.from({ length: to - from }, (_, i) => ({
      line: from + i + 1,
      fields: at.map((column) => {
        if (column === -1) return '';
        const value = values[column]?.[from - first + i];
        return value === null ? '' : this.#text(this.#columns[column] as Column, value, from + i + 1);
      }),
    }));
  }

  #text({ name, toText }: Column, value: unknown, line: number): string {
    if (value === undefined)
      throw new BadFileError(
        this.name,
        line,
        `${name} is not in its dictionary: the file is damaged; a whole one would be right`,
      );
    if ((typeof value === 'string' || value instanceof Uint8Array) && value.length > MAX_FIELD_LENGTH)
      throw new BadFileError(
        this.name,
        line,
        `${name} has ${value.length} bytes; at most ${MAX_FIELD_LENGTH} would be right`,
      );
    return toText(value);
  }
}

/** The columns that are neither nested nor repeated. */
function topColumns([root, ...elements]: readonly SchemaElement[]): SchemaElement[] {
  const columns: SchemaElement[] = [];
  let inside = 0;
  for (const element of elements) {
    if (inside === 0 && element.type !== undefined && element.repetition_type !== 'REPEATED') columns.push(element);
    inside = Math.max(0, inside - 1) + (element.num_children ?? 0);
  }
  return root === undefined ? [] : columns;
}

function nameInPrate(element: SchemaElement, all: readonly SchemaElement[]): string {
  const other = isTime(element) ? TIME_NAMES[element.name] : undefined;
  return other === undefined || all.some(({ name }) => name === other) ? element.name : other;
}

function textOf(file: string, element: SchemaElement): ToText {
  const text = toText(element);
  if (text !== null) return text;
  const { name, type } = element;
  throw new BadFileError(
    file,
    null,
    `column ${name} has ${scaleOf(element)} decimals of ${type}; 0 to 100 of whole numbers would be right`,
  );
}

function intervalOf({ key_value_metadata: pairs }: FileMetaData): Interval | null {
  const text = pairs?.find(({ key }) => key === INTERVAL_KEY)?.value;
  if (text === undefined) return null;
  try {
    return toInterval(text);
  } catch (error) {
    if (PrateError.is(error)) return null; // not a word of ours: the times tell
    throw error;
  }
}

/** Whatever is thrown over a damaged file: by the checks, by what unpacks, or by hyparquet's decoders. */
function parquetProblem(name: string, error: unknown, where = ''): unknown {
  if (PrateError.is(error) || !(error instanceof Error)) return error;
  const problem = `this Parquet file cannot be read (${where}${error.message.slice(0, 200)}); a whole one, packed with snappy, gzip, brotli, zstd or not at all, would be right`;
  return new BadFileError(name, null, problem, { cause: error });
}
