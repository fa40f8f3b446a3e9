/** Where a contender works. */
export interface Place {
  /** Its files; thrown away at the end of the run, and shared by all rounds: a stored month is built once. */
  readonly folder: string;
  /** Of candles of one second; 30 unless the run was told otherwise. The year grows and shrinks with it. */
  readonly days: number;
}

/** A result as columns of numbers in plain units (prices, not ticks), so that all contenders can be compared cell by cell. */
export type Cells = Readonly<Record<string, Float64Array>>;

/** One program doing one work, in a process of its own. */
export interface Contender {
  /** Before every run, not timed: data made, stores opened, last run's files deleted. */
  prepare(place: Place): Promise<void>;
  /** Timed, unless it returns what counts instead: bytes, or a share of a core. */
  run(): Promise<number | undefined>;
  /** What the last run came to; not timed. */
  result(): Promise<Cells>;
}

/**
 * A limit that Prate has set itself. With `than`: that contender's median ÷ the one of `of` is at least `times`. Without:
 * the median of `of` is at most `limit`. Contenders of other works are called `work/contender`.
 */
export type Ask =
  | { readonly of: string; readonly than: string; readonly times: number }
  | { readonly of: string; readonly limit: number };

export type Unit = 'ms' | 'µs a candle' | 'bytes' | '% of a core';

/** One row of the table: the same work, done by several. */
export interface Work {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /**
   * The first is what the others are compared with. Each is made in a process of its own, which loads its library.
   */
  readonly contenders: Readonly<Record<string, () => Promise<Contender>>>;
  /** Columns that are left out of the comparison with the first, by contender. Columns it does not have are, too. */
  readonly excepted?: Readonly<Record<string, readonly string[]>>;
  readonly asks: readonly Ask[];
  /** What a reader must know to judge the numbers. */
  readonly notes: readonly string[];
}
