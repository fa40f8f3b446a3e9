import { type FileHandle, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Interval, PrateError, toInterval } from '@prate/domain';
import type { AsyncBuffer, Compressors, FileMetaData, ParquetScan, SchemaElement } from 'hyparquet';
import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf, openHandle, readBytes } from './byte-source.ts';
import { isGzipName } from './file-format.ts';
import { isTime, type ToText, toText, withoutMeanings } from './parquet-values.ts';
import { detectKind, type FileKind, type TableFile, type TableRow } from './table-file.ts';

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

/** A column that is read: under which name, and how its values become text. */
interface Column {
  readonly name: string;
  readonly inFile: string;
  readonly toText: ToText;
}

/** A file that can be read anywhere, and how to let go of it. */
interface OpenedFile {
  readonly handle: FileHandle;
  readonly size: number;
  close(): Promise<void>;
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
  readonly #scan: ParquetScan;
  readonly #columns: readonly Column[];
  readonly #options: ByteOptions;

  private constructor(
    name: string,
    file: OpenedFile,
    scan: ParquetScan,
    schema: readonly SchemaElement[],
    options: ByteOptions,
  ) {
    this.name = name;
    this.#file = file;
    this.#scan = scan;
    this.#options = options;
    const all = topColumns(schema);
    this.header = all.map((element) => nameInPrate(element, all));
    this.#columns = all.flatMap((element, i) => {
      const column = this.header[i] as string;
      return KNOWN.includes(column) ? [{ name: column, inFile: element.name, toText: textOf(name, element) }] : [];
    });
    this.interval = intervalOf(scan.metadata);
  }

  /** @throws BadFileError when the file cannot be read or is no Parquet */
  static async open(source: FileSource, options: ByteOptions = {}): Promise<ParquetFile> {
    const name = nameOf(source);
    const file = await openAnywhere(source, options);
    try {
      const { parquetMetadataAsync, parquetScan } = await import('hyparquet');
      const buffer = fileBuffer(file);
      const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
      const plain = { ...metadata, schema: withoutMeanings(metadata.schema) };
      const scan = await parquetScan({ file: buffer, metadata: plain, compressors: COMPRESSORS, utf8: false });
      return new ParquetFile(name, file, scan, metadata.schema, options);
    } catch (error) {
      await file.close();
      throw parquetProblem(name, error);
    }
  }

  get kind(): FileKind | null {
    return detectKind(this.header);
  }

  async *rows(): AsyncGenerator<readonly TableRow[]> {
    try {
      for (const range of this.#scan.ranges) {
        this.#options.signal?.throwIfAborted();
        const values = await this.#group(range);
        for (let from = range.rowStart; from < range.rowEnd; from += BATCH_ROWS) {
          const to = Math.min(from + BATCH_ROWS, range.rowEnd);
          yield this.#rowsOf(values, range.rowStart, from, to);
        }
        this.#options.onBytes?.(
          (this.#file.size * range.rowEnd) / Number(this.#scan.metadata.num_rows),
          this.#file.size,
        );
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The values of the columns that are read, in one row group. */
  async #group(range: { readonly rowStart: number; readonly rowEnd: number }): Promise<ArrayLike<unknown>[]> {
    try {
      const values: ArrayLike<unknown>[] = [];
      for (const { inFile } of this.#columns) values.push(await this.#scan.readColumn({ ...range, column: inFile }));
      const wrong = values.findIndex(({ length }) => length !== range.rowEnd - range.rowStart);
      if (wrong === -1) return values;
      throw new BadFileError(this.name, null, `column ${this.#columns[wrong]?.inFile} has not as many rows as it says`);
    } catch (error) {
      throw parquetProblem(this.name, error);
    }
  }

  #rowsOf(values: readonly ArrayLike<unknown>[], first: number, from: number, to: number): TableRow[] {
    const at = this.header.map((name) => this.#columns.findIndex((column) => column.name === name));
    return Array.from({ length: to - from }, (_, i) => ({
      line: from + i + 1,
      fields: at.map((column) => {
        const value = values[column]?.[from - first + i] ?? null;
        return value === null ? '' : (this.#columns[column] as Column).toText(value);
      }),
    }));
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
  throw new BadFileError(file, null, `column ${element.name} has ${element.scale} decimals; 0 to 100 would be right`);
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

const COMPRESSORS: Compressors = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

async function openAnywhere(source: FileSource, options: ByteOptions): Promise<OpenedFile> {
  if (typeof source === 'string' && !isGzipName(source)) {
    const { handle, size } = await openHandle(source);
    return { handle, size, close: () => handle.close() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'prate-parquet-'));
  const path = join(folder, 'file.parquet');
  try {
    await writeFile(path, readBytes(source, options));
    const { handle, size } = await openHandle(path);
    return {
      handle,
      size,
      async close() {
        await handle.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const fileBuffer = ({ handle, size }: OpenedFile): AsyncBuffer => ({
  byteLength: size,
  async slice(start, end = size) {
    if (!(start >= 0 && start <= end && end <= size))
      throw new RangeError(`bytes ${start} to ${end} lie outside the file`);
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw new RangeError('the file became shorter while it was read');
      filled += bytesRead;
    }
    return bytes.buffer;
  },
});

/** hyparquet tells what it cannot read by whatever its decoders throw. */
function parquetProblem(name: string, error: unknown): unknown {
  if (PrateError.is(error) || !(error instanceof Error)) return error;
  const problem = `this Parquet file cannot be read (${error.message.slice(0, 200)}); a whole one, packed with snappy, gzip, brotli, zstd or not at all, would be right`;
  return new BadFileError(name, null, problem, { cause: error });
}
