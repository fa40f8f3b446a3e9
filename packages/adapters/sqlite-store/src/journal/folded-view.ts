import { StoreCorruptError } from '@prate/candle-store-port';
import { type Interval, type Series, seriesKey } from '@prate/domain';
import type { BlockRow, Blocks, Stream } from '../blocks.ts';
import { type CandleDatabase, finestFirst } from '../database.ts';
import { partsOf } from '../gather.ts';
import { writeParts } from '../stream-writes.ts';
import { batchesOf, GROUPS, groupOf, type OpenGroup, openGroup } from './journal.ts';
import { Shadow } from './shadow.ts';

/**
 * The file as it would be with its journal folded; it writes nothing. What it worked out is kept until the file changes, so
 * that many queries between two commits cost one fold in memory per series that they ask for.
 */
export class FoldedView implements Blocks {
  readonly #database: CandleDatabase;
  #version: string | null = null;
  #isEmpty = true;
  readonly #groups = new Map<number, OpenGroup>();
  readonly #shadows = new Map<string, Shadow | null>();

  constructor(database: CandleDatabase) {
    this.#database = database;
  }

  /** To be called first in every snapshot. */
  refresh(): void {
    const version = this.#database.version();
    if (version === this.#version) return;
    this.#groups.clear();
    this.#shadows.clear();
    this.#isEmpty = this.#database.lastJournalId() === null;
    this.#version = version;
  }

  streams(series?: Series): Stream[] {
    const stored = this.#database.streams(series);
    if (this.#isEmpty) return stored;
    const known = new Set(stored.map(({ id }) => id));
    const groups = series === undefined ? allGroups : [groupOf(series)];
    const waiting = groups
      .flatMap((group) => [...this.#group(group).entries.keys()])
      .filter((id) => !known.has(id))
      .flatMap((id) => this.#database.streamById(id) ?? []);
    const asked =
      series === undefined ? waiting : waiting.filter((stream) => seriesKey(stream.series) === seriesKey(series));
    return asked.length === 0 ? stored : finestFirst([...stored, ...asked]);
  }

  level(series: Series, step: Interval): Stream | null {
    return this.#of(series).level(series, step);
  }

  blocks(stream: Stream, from?: number, to?: number): Iterable<BlockRow> {
    const now = this.#now(stream);
    return now === null ? [] : this.#of(stream.series).blocks(now, from, to);
  }

  rowCount(stream: Stream, from: number, to: number): number {
    const now = this.#now(stream);
    return now === null ? 0 : this.#of(stream.series).rowCount(now, from, to);
  }

  blockBounds(stream: Stream): { readonly first: number; readonly last: number } | null {
    const now = this.#now(stream);
    return now === null ? null : this.#of(stream.series).blockBounds(now);
  }

  nextBlock(stream: Stream, from: number): number | null {
    const now = this.#now(stream);
    return now === null ? null : this.#of(stream.series).nextBlock(now, from);
  }

  /** How many rows and blocks there are more than in the file. */
  growth(): { readonly rows: number; readonly blocks: number } {
    const total = { rows: 0, blocks: 0 };
    if (this.#isEmpty) return total;
    const waiting = allGroups.flatMap((group) => [...this.#group(group).entries.keys()]);
    const series = new Map(
      waiting.flatMap((id) => this.#database.streamById(id)?.series ?? []).map((one) => [seriesKey(one), one]),
    );
    for (const one of series.values()) {
      const growth = this.#shadow(one)?.growth();
      total.rows += growth?.rows ?? 0;
      total.blocks += growth?.blocks ?? 0;
    }
    return total;
  }

  /** A level may have come into the file since a query began, or have been made anew. */
  #now(stream: Stream): Stream | null {
    return stream.isLevel ? this.level(stream.series, stream.step) : stream;
  }

  #of(series: Series): Blocks {
    return this.#isEmpty ? this.#database : (this.#shadow(series) ?? this.#database);
  }

  #group(group: number): OpenGroup {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const opened = openGroup(this.#database.journalRows(GROUPS, group));
    this.#groups.set(group, opened);
    return opened;
  }

  #shadow(series: Series): Shadow | null {
    const key = seriesKey(series);
    const known = this.#shadows.get(key);
    if (known !== undefined) return known;
    const shadow = this.#fold(series, this.#group(groupOf(series)));
    this.#shadows.set(key, shadow);
    return shadow;
  }

  /** Null where the journal has nothing to do with the series. */
  #fold(series: Series, { entries, lost, range }: OpenGroup): Shadow | null {
    const streams = this.#database.writtenStreams(series).filter(({ id }) => entries.has(id));
    if (streams.length === 0 && lost.length === 0) return null;
    try {
      const shadow = new Shadow(this.#database);
      for (const stream of streams) {
        writeParts(shadow, series, partsOf(series, batchesOf(entries.get(stream.id) ?? [], stream)));
      }
      shadow.lose(lost);
      return shadow;
    } catch (error) {
      if (!(error instanceof StoreCorruptError)) throw error;
      // what the journal could not be laid over is not read; the rest of the series is
      const shadow = new Shadow(this.#database);
      shadow.lose([...lost, { range, problem: error.message }]);
      return shadow;
    }
  }
}

const allGroups: readonly number[] = Array.from({ length: GROUPS }, (_, group) => group);
