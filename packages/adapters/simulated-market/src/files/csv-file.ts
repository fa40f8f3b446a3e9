import { CsvError, parse } from 'csv-parse';
import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf, readBytes } from './byte-source.ts';

/** One row as it stands in the file. */
export interface CsvRow {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export type FileKind = 'klines' | 'trades';

/** A quote that is never closed would otherwise gather the rest of the file in memory. */
const MAX_ROW_BYTES = 64 * 1024;

/** What the names of the columns say, or null. */
export function detectKind(header: readonly string[]): FileKind | null {
  if (header.includes('open_time_ms')) return 'klines';
  return header.includes('time_ms') && header.includes('price') ? 'trades' : null;
}

/** A CSV file whose header was read; the rows come as the file is read on. It can be read once. */
export class CsvFile {
  readonly name: string;
  readonly header: readonly string[];
  readonly #batches: AsyncGenerator<readonly CsvRow[]>;
  readonly #first: readonly CsvRow[];

  private constructor(
    name: string,
    header: CsvRow,
    first: readonly CsvRow[],
    batches: AsyncGenerator<readonly CsvRow[]>,
  ) {
    this.name = name;
    this.header = header.fields.map((field) => field.trim());
    this.#first = first;
    this.#batches = batches;
  }

  /** @throws BadFileError when the file cannot be read or is empty */
  static async open(source: FileSource, options: ByteOptions = {}): Promise<CsvFile> {
    const name = nameOf(source);
    const batches = readRows(name, readBytes(source, options));
    for (;;) {
      const { done, value } = await batches.next();
      if (done === true)
        throw new BadFileError(name, null, 'the file is empty; a header line with column names would be right');
      const [header, ...first] = value;
      if (header !== undefined) return new CsvFile(name, header, first, batches);
    }
  }

  /** What the header says it is, or null. */
  get kind(): FileKind | null {
    return detectKind(this.header);
  }

  /** The rows after the header, in batches as they come. */
  async *rows(): AsyncGenerator<readonly CsvRow[]> {
    try {
      yield this.#first;
      yield* this.#batches;
    } finally {
      await this.close();
    }
  }

  /** Lets go of the file when it was not read to its end. */
  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}

/** Feeds csv-parse piece by piece; what each piece completes is one batch. */
async function* readRows(name: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly CsvRow[]> {
  let rows: CsvRow[] = [];
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
    on_record: (fields: string[], { lines }) => {
      rows.push({ line: lines, fields });
      // rows leave by the array: nothing goes through the stream's own queue
      return null;
    },
  });
  // every failure is also told to the callback of the write that caused it
  parser.on('error', () => {});
  parser.resume();
  const taken = (): readonly CsvRow[] => {
    const batch = rows;
    rows = [];
    return batch;
  };
  const settled = (start: (callback: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      start((error) => (error ? reject(csvProblem(name, error)) : resolve()));
    });
  for await (const piece of pieces) {
    await settled((callback) => parser.write(piece, callback));
    yield taken();
  }
  await settled((callback) => parser.end(callback));
  yield taken();
}

function csvProblem(name: string, error: Error): unknown {
  if (!(error instanceof CsvError)) return error;
  const { lines } = error as { readonly lines?: unknown };
  return new BadFileError(name, typeof lines === 'number' ? lines : null, `this is not CSV: ${error.message}`, {
    cause: error,
  });
}
