import type Database from 'better-sqlite3';

const TABLES = `
  CREATE TABLE streams (
    id     INTEGER PRIMARY KEY,
    venue  TEXT NOT NULL,
    symbol TEXT NOT NULL,
    step   TEXT NOT NULL,
    level  INTEGER NOT NULL, -- 1: made from finer rows, see levels.ts
    UNIQUE (venue, symbol, step, level)
  ) STRICT;
  -- id = stream * 2^32 + block number + 2^31: one range scan reads a stretch of one stream
  CREATE TABLE blocks (
    id   INTEGER PRIMARY KEY,
    rows INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
`;

const JOURNAL = `
  -- id = commit * 16 + group: what one append holds of one group of series, until it is folded into blocks
  CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    from_ms INTEGER NOT NULL, -- the time that the row tells of
    to_ms   INTEGER NOT NULL,
    body    BLOB NOT NULL
  ) STRICT;
`;

/** Step n turns a file of version n into one of version n + 1; a new file is of version 0. Within one transaction. */
export const MIGRATIONS: readonly ((db: Database.Database) => void)[] = [
  (db) => void db.exec(TABLES),
  (db) => void db.exec(JOURNAL),
];
