import { StoreCorruptError, StoreUnusableError } from '@prate/candle-store-port';
import { type Interval, type Series, toInterval } from '@prate/domain';
import Database from 'better-sqlite3';
import type { BlockRow, Stream, WritableBlocks } from './blocks.ts';
import { MIGRATIONS } from './migrate/migrations.ts';

export type { BlockRow, Stream } from './blocks.ts';

/** 'PRAT': tells a Prate store from other SQLite files. */
const APPLICATION_ID = 0x50524154;
const SCHEMA_VERSION = MIGRATIONS.length;
/** Pages in the log of a long write, and of others (SQLite's default), before they are copied into the file. */
const LONG_LOG_PAGES = 10_000;
const LOG_PAGES = 1000;
const ALL_PAGES = 2 ** 31 - 1;
const BLOCKS_PER_STREAM = 2 ** 32;
const BLOCKS_AT_ONCE = 32;
/** Blocks before the epoch have negative numbers; keys do not. */
const BLOCK_OFFSET = 2 ** 31;

/** What one append told of one group of series. */
export interface JournalRow {
  /** Commit and group, see journal.ts. */
  readonly id: number;
  /** From the first to the last moment that it tells of. */
  readonly from: number;
  readonly to: number;
  readonly body: Uint8Array;
}

/** What steps look like: a fixed width in canonical text. */
const STEP = /^([1-9]\d{0,6}[smhd]|1w)$/;

interface StreamRow {
  readonly id: number;
  readonly venue: string;
  readonly symbol: string;
  readonly step: string;
  readonly level: number;
}

/** @throws StoreCorruptError when the row is none that was written */
function toStream({ id, venue, symbol, step, level }: StreamRow): Stream {
  const isText = [venue, symbol, step].every((text) => typeof text === 'string' && text !== '');
  if (!isText || !STEP.test(step) || !Number.isInteger(level)) {
    throw new StoreCorruptError(`the table of series is damaged: row ${id} is no series`);
  }
  return { id, series: { venue, symbol }, step: toInterval(step), isLevel: level === 1 };
}

/** The SQLite file: every statement in one place. Errors are SQLite's own. */
export class CandleDatabase implements WritableBlocks {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #synchronous: 'NORMAL' | 'FULL';
  #writes = 0;
  /** Whether writes go to SQLite's log (WAL): always, but for the first long one. */
  #logs = true;

  /** @throws StoreUnusableError when it is no Prate store or was made by a newer Prate */
  constructor(file: string, synchronous: 'NORMAL' | 'FULL' = 'NORMAL') {
    this.#db = new Database(file, { timeout: 5000 });
    this.#synchronous = synchronous;
    try {
      this.#prepareFile(file);
      this.#useLog();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #prepareFile(file: string): void {
    const db = this.#db;
    // of one moment: another process may be making the file just now
    const { version, application, tables } = this.snapshot(() => ({
      version: db.pragma('user_version', { simple: true }) as number,
      application: db.pragma('application_id', { simple: true }),
      tables: db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get(),
    }));
    if ((tables !== 0 || version !== 0 || application !== 0) && application !== APPLICATION_ID) {
      throw new StoreUnusableError(`${file} is an SQLite file of another program: choose another file`);
    }
    if (version > SCHEMA_VERSION) {
      throw new StoreUnusableError(
        `${file} was made by a newer Prate (store version ${version}, this one knows ${SCHEMA_VERSION}): update Prate`,
      );
    }
    if (version === SCHEMA_VERSION) return;
    // before the file is turned to the log: to take the write lock SQLite waits its turn, to turn to the log it does not
    db.transaction(() => {
      // another process may have been faster
      const found = db.pragma('user_version', { simple: true }) as number;
      if (found >= SCHEMA_VERSION) return;
      for (const migrate of MIGRATIONS.slice(found)) migrate(db);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${SCHEMA_VERSION}`);
    }).immediate();
  }

  #sql(text: string): Database.Statement {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }

  #column(text: string): Database.Statement {
    return this.#sql(text).pluck();
  }

  /** Runs the work on the store as it is at one moment, whatever other processes write meanwhile. */
  snapshot<T>(work: () => T): T {
    return this.#db.transaction(work).deferred();
  }

  /** Runs a part of the work of a write transaction: when it throws, that part is undone, and the rest stands. */
  attempt<T>(work: () => T): T {
    return this.#db.transaction(work)();
  }

  /**
   * Runs the work in one write transaction: all of it, or nothing.
   * @param isLong whether SQLite's log may grow to 40 MB, rather than 4, before it is copied into the file; into an empty
   *   file that nobody else has open it goes without the log
   */
  write<T>(work: () => T, isLong = false): T {
    this.#writes += 1;
    if (!this.#logs) this.#useLog();
    if (!isLong) return this.#db.transaction(work).immediate();
    if (this.#isEmpty()) this.#leaveLog();
    this.#db.pragma(`wal_autocheckpoint = ${LONG_LOG_PAGES}`);
    try {
      return this.#db.transaction(work).immediate();
    } finally {
      this.#db.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
      if (!this.#logs) this.#returnToLog();
    }
  }

  #isEmpty(): boolean {
    return this.#column('SELECT NOT EXISTS (SELECT 1 FROM blocks) AND NOT EXISTS (SELECT 1 FROM journal)').get() === 1;
  }

  /**
   * Pages then go into the file once, not into the log and from there into the file: a rollback journal has nothing to keep
   * of new ones. FULL, because there it is what NORMAL is with the log: neither a kill nor a power cut damages the file.
   */
  #leaveLog(): void {
    if (this.#journalMode('delete') !== 'delete') return;
    this.#logs = false;
    this.#db.pragma('synchronous = FULL');
  }

  /** Where another process is using the file without it at this moment, the next write tries again. */
  #useLog(): void {
    this.#logs = !['delete', null].includes(this.#journalMode('wal'));
    // NORMAL: a power cut may lose the last commits but never damages the file; a killed process loses nothing
    this.#db.pragma(`synchronous = ${this.#logs ? this.#synchronous : 'FULL'}`);
  }

  #returnToLog(): void {
    try {
      this.#useLog();
    } catch {
      // what was written is there, or its own error is on its way: the next write says what is wrong with the log
    }
  }

  /** @returns what it is now, `memory` for what has no file; null where another process does not let it be changed */
  #journalMode(mode: 'wal' | 'delete'): string | null {
    try {
      return this.#db.pragma(`journal_mode = ${mode}`, { simple: true }) as string;
    } catch (error) {
      if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
      throw error;
    }
  }

  /** Changes with every write, of this process and of others; within a snapshot it is that of the snapshot. */
  version(): string {
    return `${this.#column('PRAGMA data_version').get()} ${this.#writes}`;
  }

  streams(series?: Series): Stream[] {
    const streams = series === undefined ? this.allStreams() : this.#streamsOf(series, HOLDS_BLOCKS);
    return finestFirst(streams.filter(({ isLevel }) => !isLevel));
  }

  /** Levels too. */
  allStreams(): Stream[] {
    return (this.#sql(`${SELECT_STREAMS} WHERE ${HOLDS_BLOCKS}`).all() as StreamRow[]).map(toStream);
  }

  /** Those without a block too; no levels. */
  writtenStreams(series: Series): Stream[] {
    return this.#streamsOf(series, 'level = 0');
  }

  #streamsOf({ venue, symbol }: Series, condition: string): Stream[] {
    const rows = this.#sql(`${SELECT_STREAMS} WHERE venue = ? AND symbol = ? AND ${condition}`).all(venue, symbol);
    return (rows as StreamRow[]).map(toStream);
  }

  streamById(id: number): Stream | null {
    const row = this.#sql(`${SELECT_STREAMS} WHERE id = ?`).get(id) as StreamRow | undefined;
    return row === undefined ? null : toStream(row);
  }

  stream(series: Series, step: Interval): Stream {
    return this.#find(series, step, false) ?? this.#make(series, step, false);
  }

  level(series: Series, step: Interval): Stream | null {
    return this.#find(series, step, true);
  }

  makeLevel(series: Series, step: Interval): Stream {
    return this.#make(series, step, true);
  }

  dropLevel(series: Series, step: Interval): void {
    const level = this.level(series, step);
    if (level === null) return;
    this.#sql('DELETE FROM blocks WHERE id BETWEEN ? AND ?').run(...streamIds(level));
    this.#sql('DELETE FROM streams WHERE id = ?').run(level.id);
  }

  #find({ venue, symbol }: Series, step: Interval, isLevel: boolean): Stream | null {
    const row = this.#sql(`${SELECT_STREAMS} WHERE venue = ? AND symbol = ? AND step = ? AND level = ?`).get(
      venue,
      symbol,
      step.text,
      Number(isLevel),
    ) as StreamRow | undefined;
    return row === undefined ? null : toStream(row);
  }

  #make(series: Series, step: Interval, isLevel: boolean): Stream {
    const { lastInsertRowid } = this.#sql('INSERT INTO streams (venue, symbol, step, level) VALUES (?, ?, ?, ?)').run(
      series.venue,
      series.symbol,
      step.text,
      Number(isLevel),
    );
    return { id: Number(lastInsertRowid), series, step, isLevel };
  }

  *blocks(stream: Stream, from: number = -BLOCK_OFFSET, to: number = BLOCK_OFFSET - 1): Generator<BlockRow> {
    const next = this.#sql('SELECT id, rows, body FROM blocks WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?');
    const last = blockId(stream, to);
    // some at a time: one by one they cost more
    for (let id = blockId(stream, from); ; ) {
      const rows = next.all(id, last, BLOCKS_AT_ONCE) as { id: number; rows: number; body: Uint8Array }[];
      for (const row of rows) yield { block: blockOf(row.id), rows: row.rows, body: bytesOf(row.body) };
      if (rows.length < BLOCKS_AT_ONCE) return;
      id = (rows.at(-1) as { id: number }).id + 1;
    }
  }

  rowCount(stream: Stream, from: number, to: number): number {
    return this.#column('SELECT coalesce(sum(rows), 0) FROM blocks WHERE id BETWEEN ? AND ?').get(
      blockId(stream, from),
      blockId(stream, to),
    ) as number;
  }

  blockBounds(stream: Stream): { readonly first: number; readonly last: number } | null {
    const ends = this.#sql('SELECT min(id) AS first, max(id) AS last FROM blocks WHERE id BETWEEN ? AND ?').get(
      ...streamIds(stream),
    ) as { first: number | null; last: number | null };
    if (ends.first === null || ends.last === null) return null;
    return { first: blockOf(ends.first), last: blockOf(ends.last) };
  }

  nextBlock(stream: Stream, from: number): number | null {
    const id = this.#column('SELECT min(id) FROM blocks WHERE id BETWEEN ? AND ?').get(
      blockId(stream, from),
      streamIds(stream)[1],
    );
    return id === null ? null : blockOf(id as number);
  }

  block(stream: Stream, block: number): BlockRow | null {
    const row = this.#sql('SELECT rows, body FROM blocks WHERE id = ?').get(blockId(stream, block)) as
      | { rows: number; body: Uint8Array }
      | undefined;
    return row === undefined ? null : { block, rows: row.rows, body: bytesOf(row.body) };
  }

  putBlock(stream: Stream, { block, rows, body }: BlockRow): void {
    this.#sql(
      'INSERT INTO blocks (id, rows, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET rows = excluded.rows, body = excluded.body',
    ).run(blockId(stream, block), rows, body);
  }

  deleteBlock(stream: Stream, block: number): void {
    this.#sql('DELETE FROM blocks WHERE id = ?').run(blockId(stream, block));
  }

  /** Deletes the blocks of streams that are gone; returns how many. */
  deleteStrays(): number {
    const { changes } = this.#sql(
      `DELETE FROM blocks WHERE id / ${BLOCKS_PER_STREAM} NOT IN (SELECT id FROM streams)`,
    ).run();
    return changes;
  }

  /** How many blocks a stream has. */
  blockCount(stream: Stream): number {
    return this.#column('SELECT count(*) FROM blocks WHERE id BETWEEN ? AND ?').get(...streamIds(stream)) as number;
  }

  /** The id of the journal's last row, or null when it is empty. */
  lastJournalId(): number | null {
    return this.#column('SELECT max(id) FROM journal').get() as number | null;
  }

  /** The journal's rows whose id leaves `group` when divided by `groups`, in the order in which they were appended. */
  journalRows(groups: number, group: number): JournalRow[] {
    const rows = this.#sql(
      'SELECT id, from_ms AS "from", to_ms AS "to", body FROM journal WHERE id % ? = ? ORDER BY id',
    ).all(groups, group) as JournalRow[];
    return rows.map((row) => ({ ...row, body: bytesOf(row.body) }));
  }

  addJournalRow({ id, from, to, body }: JournalRow): void {
    this.#sql('INSERT INTO journal (id, from_ms, to_ms, body) VALUES (?, ?, ?, ?)').run(id, from, to, body);
  }

  deleteJournalRow(id: number): void {
    this.#sql('DELETE FROM journal WHERE id = ?').run(id);
  }

  stats(): { readonly bytes: number; readonly rows: number; readonly blocks: number } {
    const blocks = this.#column('SELECT count(*) FROM blocks').get() as number;
    const rows = this.#column(
      `SELECT coalesce(sum(blocks.rows), 0) FROM blocks JOIN streams ON streams.id = blocks.id / ${BLOCKS_PER_STREAM} WHERE level = 0`,
    ).get() as number;
    const bytes =
      (this.#db.pragma('page_count', { simple: true }) as number) *
      (this.#db.pragma('page_size', { simple: true }) as number);
    return { bytes, rows, blocks };
  }

  /** SQLite's own check of the file's structure; empty when it is sound. */
  integrityProblems(): string[] {
    const rows = this.#column('PRAGMA integrity_check(20)').all() as string[];
    return rows.filter((row) => row !== 'ok');
  }

  /** Copies the file page by page, as it is at one moment, to a new one. */
  async copyTo(file: string): Promise<void> {
    // all pages at once: between two steps another process may write, and SQLite would begin anew
    await this.#db.backup(file, { progress: () => ALL_PAGES });
  }

  close(): void {
    this.#db.close();
  }
}

const SELECT_STREAMS = 'SELECT id, venue, symbol, step, level FROM streams AS s';
const HOLDS_BLOCKS = `EXISTS (SELECT 1 FROM blocks WHERE blocks.id BETWEEN s.id * ${BLOCKS_PER_STREAM} AND (s.id + 1) * ${BLOCKS_PER_STREAM} - 1)`;

export const finestFirst = (streams: readonly Stream[]): Stream[] =>
  [...streams].sort((a, b) => (a.step.seconds as number) - (b.step.seconds as number));

/** A damaged row may hold something else, which is no block then. */
const bytesOf = (body: unknown): Uint8Array => (body instanceof Uint8Array ? body : new Uint8Array(0));

const blockId = (stream: Stream, block: number): number => stream.id * BLOCKS_PER_STREAM + block + BLOCK_OFFSET;
const streamIds = (stream: Stream): [number, number] => [
  blockId(stream, -BLOCK_OFFSET),
  blockId(stream, BLOCK_OFFSET - 1),
];
const blockOf = (id: number): number => (id % BLOCKS_PER_STREAM) - BLOCK_OFFSET;
