import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreUnusableError } from '@prate/candle-store-port';

/** A path as the user means it. */
export const userPath = (cwd: string, path: string): string => resolve(cwd, path);

/** Makes the folder of the database where it is missing. @throws StoreUnusableError */
export function prepareDatabase(file: string): string {
  try {
    makeFolder(dirname(file));
  } catch (error) {
    throw new StoreUnusableError(
      `the folder of ${file} cannot be made (${(error as Error).message}); choose another with --db`,
      { cause: error },
    );
  }
  return file;
}

/** Step by step: with `recursive`, Node 24 never returns where a file system refuses new folders as if they had no parent (/proc). */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process may have been faster
  }
}
