import { bucketEnd, bucketOpen, type Decimal, type Interval } from '@prate/domain';
import { Newest, type NewestOf } from './newest.ts';

/** What the equity did in a day or a month, in UTC. The first and the last of a run may be a part of one. */
export interface PeriodReturn {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** At its end. */
  readonly equity: Decimal;
  /** Null where the equity was not above 0 at its beginning. */
  readonly return: number | null;
}

/** Of the returns of all whole periods; plain numbers, and shares. NaN where a return was not known. */
export interface ReturnFigures {
  readonly count: number;
  readonly mean: number;
  /** Of a sample: over count − 1. */
  readonly deviation: number;
  /** The root of the mean square of all returns, those above 0 taken as 0. */
  readonly downsideDeviation: number;
}

/** The period at hand, and sums over those before it. */
interface State {
  open: number;
  end: number;
  /** Whether the run covers the period from its open on. */
  isWhole: boolean;
  equityAtOpen: Decimal;
  equity: Decimal;
  count: number;
  mean: number;
  /** Sum of squared distances from the mean (Welford). */
  squares: number;
  downside: number;
}

/**
 * Cuts an equity curve into periods of the calendar. The equity at the end of a period is the last that was told up to then:
 * between two samples it stays as it is.
 */
export class PeriodReturns {
  readonly #interval: Interval;
  readonly #keep: number;
  readonly #rows: Newest<PeriodReturn>;
  readonly #state: State;

  /** @param keep as many rows at most, the newest */
  constructor(interval: Interval, keep: number, time: number, equity: Decimal) {
    this.#interval = interval;
    this.#keep = keep;
    this.#rows = new Newest(keep);
    const open = bucketOpen(interval, time);
    this.#state = {
      ...{ open: time, end: bucketEnd(interval, open), isWhole: open === time, equityAtOpen: equity, equity },
      ...{ count: 0, mean: 0, squares: 0, downside: 0 },
    };
  }

  /** The end of the period at hand, epoch ms; a sample of this time belongs to it. */
  get end(): number {
    return this.#state.end;
  }

  /** @param time epoch ms, not before the last */
  add(time: number, equity: Decimal): void {
    const state = this.#state;
    while (time > state.end) this.#rows.add(this.#close(state));
    state.equity = equity;
  }

  /** Everything up to `time`, at which the equity is this: nothing is added by asking. */
  rows(time: number, equity: Decimal): NewestOf<PeriodReturn> {
    const state = { ...this.#state };
    const { count, rows } = this.#rows.list();
    const more: PeriodReturn[] = [];
    while (time > state.end) more.push(this.#close(state));
    state.equity = equity;
    if (time > state.open) more.push({ ...rowOf(state), to: time });
    return { count: count + more.length, rows: [...rows, ...more].slice(-this.#keep) };
  }

  /** Of all whole periods that have ended by `time`, at which the equity is this: nothing is added by asking. */
  figures(time: number, equity: Decimal): ReturnFigures {
    const state = { ...this.#state };
    while (time > state.end) this.#close(state);
    state.equity = equity;
    if (time === state.end) this.#close(state);
    const { count, mean, squares, downside } = state;
    return {
      ...{ count, mean },
      deviation: Math.sqrt(squares / (count - 1)),
      downsideDeviation: Math.sqrt(downside / count),
    };
  }

  #close(state: State): PeriodReturn {
    const row = rowOf(state);
    if (state.isWhole) {
      const change = row.return ?? Number.NaN;
      const distance = change - state.mean;
      state.count += 1;
      state.mean += distance / state.count;
      state.squares += distance * (change - state.mean);
      state.downside += Math.min(change, 0) ** 2;
    }
    state.open = state.end;
    state.end = bucketEnd(this.#interval, state.open);
    state.isWhole = true;
    state.equityAtOpen = state.equity;
    return row;
  }
}

const rowOf = ({ open, end, equity, equityAtOpen }: State): PeriodReturn => ({
  ...{ from: open, to: end, equity },
  return: returnOf(equityAtOpen, equity),
});

function returnOf(before: Decimal, after: Decimal): number | null {
  if (!before.gt(0)) return null;
  return before === after ? 0 : after.minus(before).toNumber() / before.toNumber();
}
