import { type FileHandle, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrateError } from '@prate/domain';
import type { AsyncBuffer, RowGroup, SchemaElement } from 'hyparquet';
import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf, openHandle, readBytes } from './byte-source.ts';
import { isGzipName } from './file-format.ts';
import { checkPages } from './parquet-pages.ts';
import { DamagedError, ThriftReader } from './thrift.ts';

const MAGIC = 'PAR1';
/** A real footer has less than one: 200 bytes a column of a row group. */
const MAX_FOOTER_BYTES = 16 * 1024 * 1024;
/** A file that can be read anywhere, and how to let go of it. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly size: number;
  close(): Promise<void>;
}

/** @throws BadFileError when it cannot be opened, or what comes as a stream cannot be put in a file */
export async function openAnywhere(source: FileSource, options: ByteOptions): Promise<OpenedFile> {
  if (typeof source === 'string' && !isGzipName(source)) {
    const { handle, size } = await openHandle(source);
    return { handle, size, close: () => handle.close() };
  }
  let folder: string | undefined;
  const remove = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    folder = await mkdtemp(join(tmpdir(), 'prate-parquet-'));
    const path = join(folder, 'file.parquet');
    await writeFile(path, beginningAsParquet(nameOf(source), readBytes(source, options)));
    const { handle, size } = await openHandle(path);
    return {
      handle,
      size,
      async close() {
        await handle.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    if (PrateError.is(error) || !(error instanceof Error) || !('syscall' in error)) throw error;
    const problem = `it cannot be put in a file in ${tmpdir()}, which Parquet has to be read from (${error.message}); room there (TMPDIR), or a path instead of a pipe, would be right`;
    throw new BadFileError(nameOf(source), null, problem, { cause: error });
  }
}

/** What does not begin as Parquet is not unpacked to its end: it may have none. */
async function* beginningAsParquet(name: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (head === null) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < MAGIC.length) continue;
    if (head.toString('latin1', 0, MAGIC.length) !== MAGIC)
      throw new BadFileError(name, null, `this is no Parquet file: it does not begin with ${MAGIC}`);
    yield head;
    head = null;
  }
  if (head !== null) yield head;
}

/** Bytes `[start, end)` of the file. */
async function readRange({ handle, size }: OpenedFile, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!(start >= 0 && start <= end && end <= size))
    throw new DamagedError(`bytes ${start} to ${end} lie outside the file`);
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw new DamagedError('the file became shorter while it was read');
    filled += bytesRead;
  }
  return bytes;
}

/** The end of the file from its metadata on, which cost hyparquet no more than their length. */
export async function checkedFooter(file: OpenedFile): Promise<Uint8Array> {
  const tail = Buffer.from(await readRange(file, Math.max(0, file.size - 8), file.size));
  if (tail.length < 8 || tail.toString('latin1', 4) !== MAGIC) throw new DamagedError(`it does not end in ${MAGIC}`);
  const length = tail.readUInt32LE(0);
  if (length > MAX_FOOTER_BYTES || length > file.size - 8) throw new DamagedError(`its footer has ${length} bytes`);
  const footer = await readRange(file, file.size - 8 - length, file.size);
  new ThriftReader(footer.subarray(0, length)).struct();
  return footer;
}

/** The one column chunk that hyparquet may read: its pages were gone through before (see checkPages). */
export class CheckedChunk implements AsyncBuffer {
  readonly byteLength: number;
  #start = 0;
  #bytes = new Uint8Array(0);

  constructor(byteLength: number) {
    this.byteLength = byteLength;
  }

  /** @returns what its values take in memory, about */
  async load(file: OpenedFile, group: RowGroup, element: SchemaElement, memory: number): Promise<number> {
    const chunks = group.columns.filter((column) => column.meta_data?.path_in_schema[0] === element.name);
    const chunk = chunks[0]?.meta_data;
    if (chunk === undefined || chunks.length > 1 || chunk.path_in_schema.length > 1)
      throw new DamagedError('it is not there, or more than once');
    if (chunk.type !== element.type) throw new DamagedError(`it is of ${chunk.type} instead of ${element.type}`);
    // where hyparquet looks for it
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const length = Number(chunk.total_compressed_size);
    if (length > memory) throw new DamagedError('it takes too much memory: smaller row groups would be right');
    this.#bytes = await readRange(file, start, start + length);
    this.#start = start;
    return checkPages(this.#bytes, { element, codec: chunk.codec, rows: Number(group.num_rows) }, memory);
  }

  slice(start: number, end?: number): ArrayBuffer {
    if (start === this.#start && end === start + this.#bytes.length) return this.#bytes.buffer;
    throw new DamagedError('its bytes lie in more than one place');
  }
}
