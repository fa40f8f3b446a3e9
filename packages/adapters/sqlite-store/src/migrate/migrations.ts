import { toInterval } from '@prate/domain';
import type Database from 'better-sqlite3';
import { blockCodec } from '../block/codec.ts';
import { BadBlockError } from '../block/seal.ts';
import { decodeVersion1 } from './version-1-block.ts';

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

interface OldBlock {
  readonly id: number;
  readonly block: number;
  readonly venue: string;
  readonly symbol: string;
  readonly step: string;
  readonly level: number;
  readonly body: Uint8Array;
}

/** Blocks of format version 1 as they are written today; a damaged one stays as it is, for `verify` to name. */
function renewBlocks(db: Database.Database): void {
  const ids = db.prepare('SELECT id FROM blocks').pluck().all() as number[];
  const read = db.prepare(
    `SELECT blocks.id, blocks.id % 4294967296 - 2147483648 AS block, venue, symbol, step, level, body
     FROM blocks JOIN streams ON streams.id = blocks.id / 4294967296 WHERE blocks.id = ?`,
  );
  const put = db.prepare('UPDATE blocks SET body = ? WHERE id = ?');
  for (const id of ids) {
    const old = read.get(id) as OldBlock | undefined;
    const body = old === undefined ? null : renewed(old);
    if (body !== null) put.run(body, id);
  }
}

function renewed({ venue, symbol, step, level, block, body }: OldBlock): Uint8Array | null {
  try {
    const key = { venue, symbol, step: toInterval(step), isLevel: level === 1, block };
    return blockCodec.encode(key, decodeVersion1(key, body));
  } catch (error) {
    if (error instanceof BadBlockError) return null;
    throw error;
  }
}

/** Step n turns a file of version n into one of version n + 1; a new file is of version 0. Within one transaction. */
export const MIGRATIONS: readonly ((db: Database.Database) => void)[] = [
  (db) => void db.exec(TABLES),
  (db) => {
    db.exec(JOURNAL);
    renewBlocks(db);
  },
];
