import { CsvError, parse } from 'csv-parse';
import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf, readText } from './byte-source.ts';
import { detectKind, type FileKind, MAX_ROW_BYTES, type TableFile, type TableRow } from './table-file.ts';

/** A CSV file whose header was read; the rows come as the file is read on. It can be read once. */
export class CsvFile implements TableFile {
  readonly name: string;
  readonly interval: null = null;
  readonly header: readonly string[];
  readonly #batches: AsyncGenerator<readonly TableRow[]>;
  readonly #first: readonly TableRow[];

  private constructor(
    name: string,
    header: TableRow,
    first: readonly TableRow[],
    batches: AsyncGenerator<readonly TableRow[]>,
  ) {
    this.name = name;
    this.header = header.fields.map((field) => field.trim());
    this.#first = first;
    this.#batches = batches;
  }

  /** @throws BadFileError when the file cannot be read or is empty */
  static async open(source: FileSource, options: ByteOptions = {}): Promise<CsvFile> {
    const name = nameOf(source);
    const batches = readRows(name, readText(source, options));
    for (;;) {
      const { done, value } = await batches.next();
      if (done === true)
        throw new BadFileError(name, null, 'the file is empty; a header line with column names would be right');
      const [header, ...first] = value;
      if (header !== undefined) return new CsvFile(name, header, first, batches);
    }
  }

  get kind(): FileKind | null {
    return detectKind(this.header);
  }

  async *rows(): AsyncGenerator<readonly TableRow[]> {
    try {
      yield this.#first;
      yield* this.#batches;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}

/** Feeds csv-parse piece by piece; what each piece completes is one batch. */
async function* readRows(name: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly TableRow[]> {
  let rows: TableRow[] = [];
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
  const taken = (): readonly TableRow[] => {
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
