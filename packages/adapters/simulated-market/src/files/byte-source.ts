import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BadFileError } from './bad-file-error.ts';
import { isGzipName } from './file-format.ts';

/** A path, or a stream such as standard input with a name for messages. A name that ends in `.gz` is read through gunzip. */
export type FileSource = string | { readonly name: string; readonly stream: Readable };

export interface ByteOptions {
  /** For a progress bar: bytes read so far, as they lie on disk, and the size of the file where it is known. */
  readonly onBytes?: ((read: number, total: number | null) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const nameOf = (source: FileSource): string => (typeof source === 'string' ? source : source.name);

/** As readBytes, and checked to be UTF-8. @throws BadFileError also when it is no UTF-8 text */
export async function* readText(source: FileSource, options: ByteOptions = {}): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (piece?: Buffer): void => {
    try {
      decoder.decode(piece, { stream: piece !== undefined });
    } catch (error) {
      throw readProblem(nameOf(source), error);
    }
  };
  for await (const piece of readBytes(source, options)) {
    check(piece);
    yield piece;
  }
  check();
}

/**
 * The contents of a file in pieces, unpacked.
 * @throws BadFileError when it cannot be read, is a folder, or is no gzip although its name says so
 */
export async function* readBytes(source: FileSource, options: ByteOptions = {}): AsyncGenerator<Buffer> {
  const name = nameOf(source);
  options.signal?.throwIfAborted();
  const { stream, total } =
    typeof source === 'string' ? await openFile(source) : { stream: source.stream, total: null };
  let read = 0;
  stream.on('data', (chunk: Buffer | string) => {
    read += Buffer.byteLength(chunk);
    options.onBytes?.(read, total);
  });
  if (options.signal !== undefined) addAbortSignal(options.signal, stream);
  try {
    for await (const piece of unpacked(name, stream)) yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw readProblem(name, error);
  } finally {
    stream.destroy();
  }
}

const unpacked = (name: string, stream: Readable): AsyncIterable<Buffer | string> =>
  isGzipName(name)
    ? // the loop that reads the unpacked bytes gets the error too
      pipeline(stream, createGunzip(), () => {})
    : stream;

async function openFile(path: string): Promise<{ readonly stream: Readable; readonly total: number }> {
  const { handle, size } = await openHandle(path);
  return { stream: handle.createReadStream(), total: size };
}

/** @throws BadFileError when it cannot be opened or is a folder */
export async function openHandle(path: string): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const stat = await handle.stat();
    if (stat.isDirectory())
      throw new BadFileError(path, null, 'this is a folder; a CSV file (or .csv.gz) would be right');
    return { handle, size: stat.size };
  } catch (error) {
    await handle?.close();
    throw readProblem(path, error);
  }
}

function readProblem(name: string, error: unknown): unknown {
  if (error instanceof BadFileError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const problem = problemOf(code, message);
  return problem === null ? error : new BadFileError(name, null, problem, { cause: error });
}

/** Null for what is no fault of the file. */
function problemOf(code: string | undefined, message: string): string | null {
  switch (code) {
    case 'ENOENT':
      return 'no such file; check the path';
    case 'EACCES':
    case 'EPERM':
      return 'this file may not be read; check its permissions';
    case 'Z_BUF_ERROR':
      return 'the gzip data ends too early: the file was cut off; fetch or copy it again';
    case 'Z_DATA_ERROR':
      return message === 'incorrect header check'
        ? 'this is not gzip data, although the name ends in .gz; rename it or pack it'
        : `the gzip data is damaged (${message}); fetch or copy it again`;
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'this is not UTF-8 text; a CSV file, packed data with a name that ends in .gz, or a Parquet file with one that ends in .parquet would be right';
    default:
      return code?.startsWith('E') === true && !code.startsWith('ERR_') ? `it cannot be read (${message})` : null;
  }
}
