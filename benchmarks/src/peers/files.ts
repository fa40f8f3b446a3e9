import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../harness/work.ts';

/**
 * The file of that name, built where it is not there yet; the check of a work comes first, and builds it. All works of a run
 * share a folder: a name stands for the same data wherever it is given.
 */
export async function storedFile(place: Place, name: string, build: (file: string) => Promise<void>): Promise<string> {
  const file = join(place.folder, name);
  if (existsSync(file)) return file;
  const draft = freshFile(place, `draft-${name}`);
  await build(draft);
  renameSync(draft, file);
  return file;
}

/** A name that no file has: what was there goes, with the files that databases keep beside it. */
export function freshFile(place: Place, name: string): string {
  const file = join(place.folder, name);
  for (const suffix of ['', '-wal', '-shm', '.wal']) rmSync(`${file}${suffix}`, { force: true });
  return file;
}

export const fileBytes = (file: string): number => statSync(file).size;
