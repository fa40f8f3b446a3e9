import { StoreBusyError, StoreCorruptError, StoreFullError, StoreUnusableError } from '@prate/candle-store-port';
import Database from 'better-sqlite3';

/** SQLite's result codes in the words of the port; what is no error of SQLite stays what it is. */
export function mapSqliteError(error: unknown, file: string): unknown {
  if (error instanceof TypeError && error.message.includes('directory does not exist')) {
    // the driver looks for the folder before SQLite does
    return new StoreUnusableError(`${file} cannot be opened: its folder is not there`, { cause: error });
  }
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  const options = { cause: error };
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StoreBusyError(`${file} is in use by another process; try again when it is done`, options);
  }
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new StoreFullError(
      `no room on the disk for ${file}: nothing of this write was kept; free some space and try again`,
      options,
    );
  }
  if (code === 'SQLITE_NOTADB')
    return new StoreUnusableError(`${file} is not a Prate database: choose another file`, options);
  if (code.startsWith('SQLITE_CORRUPT')) return new StoreCorruptError(`${file} is damaged: ${error.message}`, options);
  if (code.startsWith('SQLITE_READONLY')) return new StoreUnusableError(`${file} may not be written to`, options);
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return new StoreUnusableError(`${file} cannot be opened: is the folder there, and yours to write in?`, options);
  }
  return new StoreUnusableError(`${file} cannot be used: ${error.message} (${code})`, options);
}
