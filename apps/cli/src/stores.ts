import { existsSync } from 'node:fs';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { CommandFailedError } from './command-failed-error.ts';
import { readSettings } from './config.ts';
import type { Io } from './io.ts';
import { prateCommand } from './next-steps.ts';
import { prepareDatabase } from './paths.ts';

/** The store that the user means; made where there is none. */
export function openStore(io: Io, flags: { readonly db?: string | undefined }): SqliteCandleStore {
  return SqliteCandleStore.open(prepareDatabase(readSettings(io, flags).db));
}

/** The same for commands that only look: a mistyped path makes no new database. @throws CommandFailedError */
export function openStoredData(io: Io, flags: { readonly db?: string | undefined }): SqliteCandleStore {
  return SqliteCandleStore.open(storedFile(io, flags));
}

/** The file of the store that the user means. @throws CommandFailedError when it is not there */
export function storedFile(io: Io, flags: { readonly db?: string | undefined }): string {
  const { db } = readSettings(io, flags);
  if (existsSync(db)) return db;
  throw new CommandFailedError(
    `there is no database ${db} yet; ${prateCommand(io)} candles import FILE --symbol S makes it`,
  );
}
