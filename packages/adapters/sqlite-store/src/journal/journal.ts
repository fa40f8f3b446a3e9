/**
 * The journal: what `append` takes lies as it came in a few small rows, until it is folded into blocks.
 *
 * Series are spread over GROUPS by their names. A commit writes one row per group that it tells of, and folds one group
 * every fourth commit: its rows go into blocks by the code of `write`, and are deleted, in the same transaction. So
 * whatever is appended is in the journal or in blocks, never in both and never in neither; a row is folded within 96
 * commits, unless it lies over a damaged block; and no commit does the work of many.
 */
import { crc32 } from 'node:zlib';
import { StoreCorruptError } from '@prate/candle-store-port';
import { type Series, seriesKey, type TimeRange } from '@prate/domain';
import type { CandleBase } from '@prate/domain/candles';
import type { CandleDatabase, JournalRow, Stream } from '../database.ts';
import { type GatheredBatch, partsOf, spanOf } from '../gather.ts';
import { writeParts } from '../stream-writes.ts';
import { nameCrc } from './format.ts';
import { BadJournalError, decodeEntries, type JournalEntry, openJournalRow } from './read-row.ts';
import { JournalRowWriter } from './write-row.ts';

export const GROUPS = 16;
/** After so many commits every group has had its turn. */
const COMMITS_PER_ROUND = 64;
/** A row that is larger has its group folded at once: a journal never holds more than 96 of these per group. */
const MAX_ROW_BYTES = 16_384;

/** Where a series has its rows. */
export const groupOf = ({ venue, symbol }: Series): number => crc32(`${venue}\n${symbol}\n`) % GROUPS;

/** The number of the commit that wrote a row. */
const commitOf = (id: number): number => Math.floor(id / GROUPS);

export interface SeriesGathered {
  readonly series: Series;
  readonly batch: GatheredBatch;
}

interface KnownStream {
  readonly id: number;
  readonly nameCrc: number;
  readonly group: number;
}

interface Member {
  readonly stream: KnownStream;
  readonly base: CandleBase;
}

/** Writes the journal and folds it; every method within a write transaction. */
export class Journal {
  readonly #database: CandleDatabase;
  /** A stream that rows were written for stays, with its id. */
  readonly #known = new Map<string, KnownStream>();
  readonly #writer = new JournalRowWriter();

  constructor(database: CandleDatabase) {
    this.#database = database;
  }

  append(batches: readonly SeriesGathered[]): void {
    const groups = new Map<number, Member[]>();
    for (const { series, batch } of batches) {
      if (batch.base.rows.length === 0 && batch.base.observed.length === 0) continue;
      const stream = this.#streamOf(series, batch);
      const members = groups.get(stream.group);
      if (members === undefined) groups.set(stream.group, [{ stream, base: batch.base }]);
      else members.push({ stream, base: batch.base });
    }
    if (groups.size === 0) return;
    const commit = commitOf(this.#database.lastJournalId() ?? 0) + 1;
    const turn = (commit % COMMITS_PER_ROUND) / (COMMITS_PER_ROUND / GROUPS);
    const large = new Set<number>();
    for (const [group, members] of groups) {
      const row = rowOf(this.#writer, commit * GROUPS + group, members);
      this.#database.addJournalRow(row);
      if (row.body.length > MAX_ROW_BYTES) large.add(group);
    }
    for (const group of large) this.#fold(this.#rowsOf(group));
    if (!Number.isInteger(turn) || large.has(turn)) return;
    const rows = this.#rowsOf(turn);
    // a group that began lately waits for its next turn
    if (rows[0] !== undefined && commit - commitOf(rows[0].id) >= COMMITS_PER_ROUND / 2) this.#fold(rows);
  }

  /**
   * What is written or deleted next of this series must find what was appended before.
   * @throws StoreCorruptError when what is stored of it is damaged
   */
  foldFor(series: Series): void {
    if (this.#database.lastJournalId() === null) return;
    const failure = this.#fold(this.#rowsOf(groupOf(series))).get(seriesKey(series));
    if (failure !== undefined) throw failure;
  }

  foldAll(): void {
    for (let group = 0; group < GROUPS; group += 1) this.#fold(this.#rowsOf(group));
  }

  #rowsOf(group: number): JournalRow[] {
    return this.#database.journalRows(GROUPS, group);
  }

  /** After a transaction that failed: streams that it made are gone. */
  forget(): void {
    this.#known.clear();
  }

  #streamOf(series: Series, { step }: GatheredBatch): KnownStream {
    const key = `${seriesKey(series)} ${step.text}`;
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const { id } = this.#database.stream(series, step);
    const known = { id, nameCrc: nameCrc(series.venue, series.symbol, step), group: groupOf(series) };
    this.#known.set(key, known);
    return known;
  }

  /**
   * Rows that cannot be read stay as they are: `verify` and reads of their time tell of them. So does what lies over a damaged
   * block; the rest of its rows is folded.
   * @returns what is damaged, by series
   */
  #fold(stored: readonly JournalRow[]): Map<string, StoreCorruptError> {
    const database = this.#database;
    const { entries, sound } = openGroup(stored);
    const damaged = new Map<string, StoreCorruptError>();
    const kept = new Set<number>();
    for (const [streamId, list] of entries) {
      let key = '';
      try {
        const stream = streamOf(database, streamId);
        key = seriesKey(stream.series);
        const batches = batchesOf(list, stream);
        database.attempt(() => writeParts(database, stream.series, partsOf(stream.series, batches)));
      } catch (error) {
        if (!(error instanceof StoreCorruptError)) throw error;
        damaged.set(key, error);
        kept.add(streamId);
      }
    }
    for (const row of sound) this.deleteAllBut(row, kept);
    return damaged;
  }

  /** Deletes what a row holds, but for what it holds of some streams. */
  deleteAllBut(row: JournalRow, streamIds: ReadonlySet<number>): void {
    this.#database.deleteJournalRow(row.id);
    if (streamIds.size === 0) return;
    const entries = openJournalRow(row.id, row.body).filter(({ streamId }) => streamIds.has(streamId));
    if (entries[0] === undefined) return;
    this.#writer.begin(entries[0].from);
    for (const entry of entries) this.#writer.addEntry(entry);
    const body = this.#writer.finish(row.id);
    const { from, to } = timeOf(this.#database, entries) ?? row;
    this.#database.addJournalRow({ id: row.id, from, to, body });
  }
}

/** The time that entries tell of; null where one is damaged. */
function timeOf(database: CandleDatabase, entries: readonly JournalEntry[]): TimeRange | null {
  try {
    const spans = entries.flatMap((entry) =>
      batchesOf([entry], streamOf(database, entry.streamId)).map(({ base }) => spanOf(base)),
    );
    return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) };
  } catch (error) {
    if (!(error instanceof StoreCorruptError)) throw error;
    return null;
  }
}

/** Its body is a view that the next one overwrites. */
function rowOf(writer: JournalRowWriter, id: number, members: readonly Member[]): JournalRow {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { base } of members) {
    const span = spanOf(base);
    from = Math.min(from, span.from);
    to = Math.max(to, span.to);
  }
  writer.begin(from);
  for (const { stream, base } of members) writer.add(stream.id, stream.nameCrc, base);
  return { id, from, to, body: writer.finish(id) };
}

/** A row of the journal that cannot be read. */
export interface LostRow {
  readonly range: TimeRange;
  readonly problem: string;
}

export interface OpenGroup {
  /** By stream, in the order of their commits. */
  readonly entries: ReadonlyMap<number, JournalEntry[]>;
  /** The rows that hold them. */
  readonly sound: readonly JournalRow[];
  readonly lost: readonly LostRow[];
  /** The time that all of them tell of. */
  readonly range: TimeRange;
}

export function openGroup(stored: readonly JournalRow[]): OpenGroup {
  const entries = new Map<number, JournalEntry[]>();
  const sound: JournalRow[] = [];
  const lost: LostRow[] = [];
  const range = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  for (const row of stored) {
    const { id, from, to, body } = row;
    range.from = Math.min(range.from, from);
    range.to = Math.max(range.to, to);
    try {
      for (const entry of openJournalRow(id, body)) {
        const list = entries.get(entry.streamId);
        if (list === undefined) entries.set(entry.streamId, [entry]);
        else list.push(entry);
      }
      sound.push(row);
    } catch (error) {
      if (!(error instanceof BadJournalError)) throw error;
      lost.push({ range: { from, to }, problem: `${rowText(row)} is damaged: ${error.message}` });
    }
  }
  return { entries, sound, lost, range };
}

/** @throws StoreCorruptError when there is none */
export function streamOf(database: CandleDatabase, id: number): Stream {
  const stream = database.streamById(id);
  if (stream === null) throw new StoreCorruptError(`the journal holds candles of stream ${id}, which is lost`);
  return stream;
}

/** @throws StoreCorruptError when one of the entries is none of the stream's */
export function batchesOf(entries: readonly JournalEntry[], { series, step }: Stream): GatheredBatch[] {
  const name = nameCrc(series.venue, series.symbol, step);
  if (entries.some((entry) => entry.nameCrc !== name)) {
    throw new StoreCorruptError(
      `${seriesKey(series)}: the journal holds ${step.text} candles that were appended under another name`,
    );
  }
  try {
    return decodeEntries(entries, step).map((base) => ({ step, base }));
  } catch (error) {
    if (!(error instanceof BadJournalError)) throw error;
    throw new StoreCorruptError(`${seriesKey(series)}: candles in the journal are damaged: ${error.message}`, {
      cause: error,
    });
  }
}

export const rowText = ({ id, from, to }: JournalRow): string =>
  `commit ${commitOf(id)} of the journal, of ${timeText(from)} to ${timeText(to)},`;

const timeText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`);
