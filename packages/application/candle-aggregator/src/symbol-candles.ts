import { divides, type Interval, sameInterval, type TimeRange } from '@prate/domain';
import { type CandleColumns, lowerBound, type TradeColumns } from '@prate/domain/candles';
import { Level } from './level.ts';
import { SeenIds } from './seen-ids.ts';
import { type ClosedSeconds, SymbolSeconds } from './symbol-seconds.ts';
import { mergeTimed, sliceTimed, type TimedColumns, timedSeconds } from './timed-columns.ts';

/** What happened in a bucket before a level began to watch it: rows in `[from, rowsTo)`, watched time in `[from, to)`. */
export interface MissedStart {
  readonly level: Level;
  readonly from: number;
  readonly rowsTo: number;
  readonly to: number;
}

/** Candles that were over when late trades came for them. */
export interface Revised {
  readonly level: Level;
  readonly opens: readonly number[];
}

/** Everything that is known of one symbol: its open seconds, the ids of its trades, and its candles in the making. */
export class SymbolCandles {
  readonly symbol: string;
  readonly seconds: SymbolSeconds;
  readonly seen: SeenIds = new SeenIds();
  /** Every level after the one that it is made of. Made anew on every change: a listener may make one while all are told. */
  #levels: readonly Level[] = [];
  #hasClosed = false;

  constructor(symbol: string, latenessMs: number, joinsMidway: boolean) {
    this.symbol = symbol;
    this.seconds = new SymbolSeconds(latenessMs, joinsMidway);
  }

  get levels(): readonly Level[] {
    return this.#levels;
  }

  /**
   * The level of an interval, made where there is none; its start may have been missed then (see missedStart). It stays
   * until everybody who has asked for it has released it.
   */
  level(interval: Interval): { readonly level: Level; readonly isNew: boolean } {
    const known = this.#levels.find((level) => sameInterval(level.interval, interval));
    if (known !== undefined) {
      known.uses += 1;
      return { level: known, isNew: false };
    }
    let below: Level | null = null;
    for (const level of this.#levels) {
      const { seconds } = level.interval;
      if (seconds === null || seconds <= (below?.interval.seconds ?? 1)) continue;
      if (divides(level.interval, interval)) below = level;
    }
    const level = new Level(interval, below);
    level.uses = 1;
    this.#levels = [...this.#levels, level];
    return { level, isNew: true };
  }

  /** Drops the level, and those below it, where nobody uses it any more and no other level is made of it. */
  release(level: Level): void {
    level.uses -= 1;
    for (let last: Level | null = level; last !== null; last = last.below) {
      if (last.uses > 0 || this.#levels.some(({ below }) => below === last)) return;
      this.#levels = this.#levels.filter((other) => other !== last);
    }
  }

  /** Passes closed seconds through all levels, and tells the candles that are over. Returns true the first time. */
  close(closed: ClosedSeconds): boolean {
    const isFirst = !this.#hasClosed;
    this.#hasClosed = true;
    for (const level of this.#levels) {
      const candles = level.take(level.below === null ? closed : level.below.closed, closed.to, closed.observed);
      if (candles === null) continue;
      const item = { kind: 'candles', symbol: this.symbol, candles: candles.columns } as const;
      for (const listener of level.listeners) listener.deliver(item);
    }
    return isFirst;
  }

  /** What a level does not know of the bucket that was open when it began at `to`; null where it knows all. */
  missedStart(level: Level, to: number): MissedStart | null {
    const from = level.openOf(to);
    return from < to ? { level, from, rowsTo: level.below?.openOf(to) ?? to, to } : null;
  }

  /** Adds what the store knows of a missed start; where that bucket is over, to the levels that were made of it. */
  addMissed({ level, from }: MissedStart, rows: TimedColumns, observed: readonly TimeRange[]): void {
    if (level.openOf(this.seconds.closedUntil ?? from) === from) {
      level.add(rows);
      level.watch(observed);
      return;
    }
    for (const above of this.#levels) {
      if (above.below === level)
        this.addMissed({ level: above, from: above.openOf(from), rowsTo: from, to: from }, rows, []);
    }
  }

  /** Adds late trades to the candles that are not over, and names those that are and that somebody listens to. */
  addLate(trades: TradeColumns): Revised[] {
    const late = timedSeconds(trades);
    const closedUntil = this.seconds.closedUntil as number;
    const revised: Revised[] = [];
    for (const level of this.#levels) {
      const { openTime, length } = late.columns;
      const over = lowerBound(openTime, level.openOf(closedUntil), length);
      // what the level below still has comes with it; and before anything has closed, the store will know the trades
      const own = lowerBound(openTime, level.below?.openOf(closedUntil) ?? closedUntil, length);
      if (this.seconds.hasClosed) level.add(sliceTimed(late, over, own));
      const opens = [...new Set(Array.from(openTime.subarray(0, over), (open) => level.openOf(open)))];
      if (opens.length > 0 && level.listeners.size > 0) revised.push({ level, opens });
    }
    return revised;
  }

  /** The candle of the bucket that holds the latest time told, one row; null where nothing has traded in it. */
  partial(level: Level): CandleColumns | null {
    const open = level.openOf(this.seconds.toldUntil);
    const seconds = this.seconds.open();
    const { openTime, length } = seconds.columns;
    const rows = [...level.rowsSince(open), sliceTimed(seconds, lowerBound(openTime, open, length), length)];
    const { columns } = mergeTimed(rows, level.interval);
    if (columns.length === 0) return null;
    return { ...columns, coverage: level.coverage(open, this.seconds.observedSinceClosed()) };
  }

  /** Tells the current candle to whoever asked for it. */
  tellPartials(): void {
    for (const level of this.#levels) {
      if (level.partialListeners.size === 0) continue;
      const candles = this.partial(level);
      if (candles === null) continue;
      const item = { kind: 'partial', symbol: this.symbol, candles } as const;
      for (const listener of level.partialListeners) listener.deliver(item);
    }
  }
}
