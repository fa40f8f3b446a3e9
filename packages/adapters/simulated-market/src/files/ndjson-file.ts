import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf, readText } from './byte-source.ts';
import { detectKind, type FileKind, MAX_COLUMNS, MAX_ROW_BYTES, type TableFile, type TableRow } from './table-file.ts';

/** What an object may leave out although the first has not got it, or the other way round. */
const OPTIONAL = ['turnover', 'quote_volume', 'trades', 'source', 'coverage', 'id', 'type'];

/** A line that was taken apart: its values as text, or why it has none. */
type ParsedLine = { readonly line: number } & (
  | { readonly values: Readonly<Record<string, unknown>> }
  | { readonly problem: string }
);

/**
 * NDJSON: one JSON object a line; blank lines are passed over. The names of the first object are the columns, and each may
 * have the optional ones. Numbers are kept as they are written, null is no value. It can be read once.
 */
export class NdjsonFile implements TableFile {
  readonly name: string;
  readonly interval: null = null;
  readonly header: readonly string[];
  readonly #batches: AsyncGenerator<readonly ParsedLine[]>;
  readonly #first: readonly ParsedLine[];

  private constructor(
    name: string,
    columns: readonly string[],
    first: readonly ParsedLine[],
    batches: AsyncGenerator<readonly ParsedLine[]>,
  ) {
    this.name = name;
    this.header = [...columns, ...OPTIONAL.filter((column) => !columns.includes(column))];
    this.#first = first;
    this.#batches = batches;
  }

  /** @throws BadFileError when the file cannot be read, is empty, or does not begin with JSON objects */
  static async open(source: FileSource, options: ByteOptions = {}): Promise<NdjsonFile> {
    const name = nameOf(source);
    const batches = readLines(name, readText(source, options));
    for (;;) {
      const { done, value } = await batches.next();
      if (done === true) throw new BadFileError(name, null, 'the file is empty; one JSON object a line would be right');
      const [line] = value;
      if (line === undefined) continue;
      const good = value.find((each) => 'values' in each);
      const names = good === undefined ? [] : Object.keys(good.values);
      if (names.length > MAX_COLUMNS) {
        await batches.return(undefined);
        const problem = `the object has ${names.length} names; at most ${MAX_COLUMNS} would be right`;
        throw new BadFileError(name, line.line, problem);
      }
      if (good !== undefined) return new NdjsonFile(name, names, value, batches);
      await batches.return(undefined);
      throw new BadFileError(name, line.line, 'problem' in line ? line.problem : '');
    }
  }

  get kind(): FileKind | null {
    return detectKind(this.header);
  }

  async *rows(): AsyncGenerator<readonly TableRow[]> {
    try {
      yield this.#first.map((line) => this.#row(line));
      for await (const lines of this.#batches) yield lines.map((line) => this.#row(line));
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  #row(parsed: ParsedLine): TableRow {
    const { line } = parsed;
    if ('problem' in parsed) return { line, fields: [], problem: parsed.problem };
    const { values } = parsed;
    return { line, fields: this.header.map((name) => (Object.hasOwn(values, name) ? fieldText(values[name]) : '')) };
  }
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

/** What each piece completes is one batch. */
async function* readLines(name: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly ParsedLine[]> {
  const decoder = new TextDecoder();
  let line = 0;
  let rest = '';
  for await (const piece of pieces) {
    const texts = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > MAX_ROW_BYTES) {
      const problem = `the line goes on after ${MAX_ROW_BYTES / 1024} KiB; one JSON object a line would be right`;
      throw new BadFileError(name, line + texts.length + 1, problem);
    }
    const lines: ParsedLine[] = [];
    for (const text of texts) {
      line += 1;
      if (text.trim() !== '') lines.push(parseLine(line, text));
    }
    yield lines;
  }
  if (rest.trim() !== '') yield [parseLine(line + 1, rest)];
}

/** `JSON.parse` tells how a number is written, in Node.js 22 and later, but its types do not. */
const parseJson = JSON.parse as (
  text: string,
  revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/** A double would round what has more than 15 digits. */
const asWritten = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === 'number' ? source : value;

function parseLine(line: number, text: string): ParsedLine {
  let value: unknown;
  try {
    value = parseJson(text, asWritten);
  } catch (error) {
    return { line, problem: `this is not JSON: ${(error as Error).message.replace(/\p{Cc}/gu, '?').slice(0, 200)}` };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { line, values: value as Record<string, unknown> }
    : { line, problem: 'this is JSON but no object; {"open_time_ms":…,"open":…,…} would be right' };
}
