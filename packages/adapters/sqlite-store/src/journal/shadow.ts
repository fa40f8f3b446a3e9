import { StoreCorruptError } from '@prate/candle-store-port';
import type { Interval, Series } from '@prate/domain';
import { blockEnd, blockStart } from '../block/grid.ts';
import type { BlockRow, Stream, WritableBlocks } from '../blocks.ts';
import { type CandleDatabase, finestFirst } from '../database.ts';
import type { LostRow } from './journal.ts';

interface Changes {
  readonly stream: Stream;
  readonly blocks: Map<number, BlockRow>;
}

/**
 * The blocks of one series as they would be with its journal folded: the file's, and over them in memory those that the
 * fold has written. It goes when the file changes. Folding only adds, so nothing of the file is ever missing from it,
 * except a level that what was appended made impossible.
 */
export class Shadow implements WritableBlocks {
  readonly #database: CandleDatabase;
  readonly #changes = new Map<number, Changes>();
  readonly #dropped = new Set<number>();
  #lost: readonly LostRow[] = [];
  /** Streams that the file does not have yet. */
  #nextId = -1;

  constructor(database: CandleDatabase) {
    this.#database = database;
  }

  /** Blocks of this time cannot be read from now on: what the journal holds of it is lost. */
  lose(lost: readonly LostRow[]): void {
    this.#lost = [...this.#lost, ...lost];
  }

  /** How many rows and blocks there are more than in the file. */
  growth(): { readonly rows: number; readonly blocks: number } {
    let [rows, blocks] = [0, 0];
    for (const { stream, blocks: changed } of this.#changes.values()) {
      for (const row of changed.values()) {
        const before = stream.id < 0 ? null : this.#database.block(stream, row.block);
        if (before === null) blocks += 1;
        if (!stream.isLevel) rows += row.rows - (before?.rows ?? 0);
      }
    }
    return { rows, blocks };
  }

  streams(series: Series): Stream[] {
    const stored = this.#database.streams(series);
    const fresh = [...this.#changes.values()]
      .map(({ stream }) => stream)
      .filter(({ id, isLevel }) => !isLevel && stored.every((other) => other.id !== id));
    return finestFirst([...stored, ...fresh]);
  }

  stream(series: Series, step: Interval): Stream {
    return this.#database.stream(series, step);
  }

  level(series: Series, step: Interval): Stream | null {
    const stored = this.#database.level(series, step);
    if (stored !== null && !this.#dropped.has(stored.id)) return stored;
    const made = [...this.#changes.values()].find(
      ({ stream }) => stream.isLevel && stream.id < 0 && stream.step.text === step.text,
    );
    return made?.stream ?? null;
  }

  makeLevel(series: Series, step: Interval): Stream {
    const stream = { id: this.#nextId, series, step, isLevel: true };
    this.#nextId -= 1;
    this.#changes.set(stream.id, { stream, blocks: new Map() });
    return stream;
  }

  dropLevel(series: Series, step: Interval): void {
    const level = this.level(series, step);
    if (level === null) return;
    this.#changes.delete(level.id);
    this.#dropped.add(level.id);
  }

  *blocks(
    stream: Stream,
    from: number = Number.NEGATIVE_INFINITY,
    to: number = Number.POSITIVE_INFINITY,
  ): Generator<BlockRow> {
    this.#ensureReadable(stream, from, to);
    const changed = this.#changes.get(stream.id)?.blocks;
    const fresh = [...(changed?.keys() ?? [])].filter((block) => block >= from && block <= to).sort((a, b) => a - b);
    let next = 0;
    for (const row of this.#stored(stream, from, to)) {
      for (; (fresh[next] as number) < row.block; next += 1) yield changed?.get(fresh[next] as number) as BlockRow;
      if (fresh[next] === row.block) next += 1;
      yield changed?.get(row.block) ?? row;
    }
    for (; next < fresh.length; next += 1) yield changed?.get(fresh[next] as number) as BlockRow;
  }

  #stored(stream: Stream, from: number, to: number): Iterable<BlockRow> {
    if (stream.id < 0) return [];
    const bounds = this.#database.blockBounds(stream);
    if (bounds === null) return [];
    return this.#database.blocks(stream, Math.max(from, bounds.first), Math.min(to, bounds.last));
  }

  block(stream: Stream, block: number): BlockRow | null {
    return (
      this.#changes.get(stream.id)?.blocks.get(block) ?? (stream.id < 0 ? null : this.#database.block(stream, block))
    );
  }

  rowCount(stream: Stream, from: number, to: number): number {
    let rows = stream.id < 0 ? 0 : this.#database.rowCount(stream, from, to);
    for (const row of this.#changes.get(stream.id)?.blocks.values() ?? [])
      if (row.block >= from && row.block <= to) rows += row.rows;
    return rows;
  }

  blockBounds(stream: Stream): { readonly first: number; readonly last: number } | null {
    const changed = [...(this.#changes.get(stream.id)?.blocks.keys() ?? [])];
    const stored = stream.id < 0 ? null : this.#database.blockBounds(stream);
    if (stored !== null) changed.push(stored.first, stored.last);
    return changed.length === 0 ? null : { first: Math.min(...changed), last: Math.max(...changed) };
  }

  nextBlock(stream: Stream, from: number): number | null {
    const changed = [...(this.#changes.get(stream.id)?.blocks.keys() ?? [])].filter((block) => block >= from);
    const stored = stream.id < 0 ? null : this.#database.nextBlock(stream, from);
    if (stored !== null) changed.push(stored);
    return changed.length === 0 ? null : Math.min(...changed);
  }

  putBlock(stream: Stream, row: BlockRow): void {
    const changes = this.#changes.get(stream.id);
    if (changes === undefined) this.#changes.set(stream.id, { stream, blocks: new Map([[row.block, row]]) });
    else changes.blocks.set(row.block, row);
  }

  deleteBlock(stream: Stream, block: number): void {
    this.#changes.get(stream.id)?.blocks.delete(block);
  }

  #ensureReadable({ step }: Stream, first: number, last: number): void {
    if (this.#lost.length === 0) return;
    const [from, to] = [blockStart(step, first), blockEnd(step, last)];
    const hit = this.#lost.find(({ range }) => range.from < to && range.to > from);
    if (hit !== undefined) throw new StoreCorruptError(hit.problem);
  }
}
