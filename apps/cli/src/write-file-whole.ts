import { randomUUID } from 'node:crypto';
import { createWriteStream, type Stats } from 'node:fs';
import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { isGzipName } from '@prate/simulated-market/files';
import { CommandFailedError } from './command-failed-error.ts';

type Pieces = AsyncIterable<string | Uint8Array>;

const DATABASE_HEAD = 'SQLite format 3\0';
/** What SQLite keeps beside a database. */
const COMPANION = /-(wal|shm|journal)$/;

/**
 * Writes a file as a whole, or leaves what was there: with the mode that it had, and where a link leads to. Into what is no
 * file, such as a pipe or a device, the pieces go as they come.
 * @throws CommandFailedError when it cannot be written, or is a database
 */
export async function writeFileWhole(file: string, pieces: Pieces): Promise<void> {
  try {
    const there = await statOf(file);
    if (there === null && (await statOf(dirname(file))) === null)
      throw failed(file, `the folder ${dirname(file)} does not exist`);
    if (there?.isDirectory()) throw failed(file, 'it is a folder; a name inside it would be right');
    if (there !== null && !there.isFile()) {
      await pour(file, pieces, 'w');
      return;
    }
    const target = there === null ? file : await realpath(file);
    if (there !== null && (await isDatabase(target)))
      throw failed(file, 'it is a database, which nothing replaces; another name would be right');
    await replace(target, pieces, there);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('E')) throw failed(file, message, error);
    throw error;
  }
}

async function replace(file: string, pieces: Pieces, there: Stats | null): Promise<void> {
  const temporary = `${file}.${randomUUID()}.part`;
  try {
    await pour(temporary, pieces, 'wx', file);
    if (there !== null) await chmod(temporary, there.mode & 0o777);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function pour(file: string, pieces: Pieces, flags: 'w' | 'wx', name: string = file): Promise<void> {
  const target = createWriteStream(file, { flags });
  await (isGzipName(name) ? pipeline(pieces, createGzip(), target) : pipeline(pieces, target));
}

/** Null where nothing is. */
async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether it is an SQLite database, or belongs to one. */
async function isDatabase(file: string): Promise<boolean> {
  const main = file.replace(COMPANION, '');
  if ((await statOf(main)) === null) return false;
  const handle = await open(main);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(DATABASE_HEAD.length), 0, DATABASE_HEAD.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === DATABASE_HEAD;
  } finally {
    await handle.close();
  }
}

const failed = (file: string, why: string, cause?: unknown): CommandFailedError =>
  new CommandFailedError(`${file} cannot be written: ${why}`, cause === undefined ? {} : { cause });
