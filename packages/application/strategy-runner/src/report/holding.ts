import { type Decimal, decimal, type Interval, ZERO } from '@prate/domain';
import { type CurvePoint, ThinnedSeries } from './thinned-series.ts';

/** What buying at the beginning and holding would have come to, without fees; plain numbers. */
export interface HoldFigures {
  /** Share of the equity at the start. */
  readonly return: number;
  /** The deepest fall as a share of its peak, of the closes of the run's candles. */
  readonly maxDrawdown: number;
}

interface Bought {
  readonly first: Decimal;
  readonly firstClose: number;
  close: number;
}

/**
 * The same money in each of the run's symbols from its first close on; what waits for one that has no close yet is cash. Its
 * worth is a growth: 1 is the equity at the start.
 */
export class Holding {
  readonly #symbols: number;
  readonly #bought = new Map<string, Bought>();
  readonly #curve: ThinnedSeries<number>;
  /** The symbol of the latest candle, which is mostly that of the next. */
  #symbol = '';
  #latest: Bought | undefined;
  /** The latest closes, which join the curve when a later one comes. */
  #time = Number.NEGATIVE_INFINITY;
  #peak = 1;
  #maxDrawdown = 0;

  constructor(interval: Interval, symbols: number) {
    this.#symbols = symbols;
    this.#curve = new ThinnedSeries((interval.seconds ?? 86_400) * 1000, (a, b) => a < b);
  }

  candle(time: number, symbol: string, close: number): void {
    if (time > this.#time) {
      if (this.#latest !== undefined) this.#join();
      this.#time = time;
    }
    if (symbol !== this.#symbol) {
      this.#symbol = symbol;
      this.#latest = this.#bought.get(symbol);
    }
    if (this.#latest === undefined) {
      this.#latest = { first: decimal(close), firstClose: close, close };
      this.#bought.set(symbol, this.#latest);
    } else this.#latest.close = close;
  }

  /** The last close of a symbol; undefined before the first. */
  closeOf(symbol: string): number | undefined {
    return this.#bought.get(symbol)?.close;
  }

  /** Null before the first close. */
  figures(): HoldFigures | null {
    if (this.#bought.size === 0) return null;
    let sum = ZERO;
    for (const { first, close } of this.#bought.values()) sum = sum.plus(decimal(close).div(first).minus(1));
    const growth = this.#growth();
    const maxDrawdown = Math.max(this.#maxDrawdown, 1 - growth / Math.max(this.#peak, growth));
    return { return: sum.div(this.#symbols).toNumber(), maxDrawdown };
  }

  curve(): CurvePoint<number>[] {
    if (this.#bought.size === 0) return [];
    return this.#curve.points({ time: this.#time, value: this.#growth() });
  }

  #growth(): number {
    if (this.#symbols === 1 && this.#latest !== undefined) return this.#latest.close / this.#latest.firstClose;
    let sum = this.#symbols - this.#bought.size;
    for (const { firstClose, close } of this.#bought.values()) sum += close / firstClose;
    return sum / this.#symbols;
  }

  #join(): void {
    const growth = this.#growth();
    if (growth > this.#peak) this.#peak = growth;
    else this.#maxDrawdown = Math.max(this.#maxDrawdown, 1 - growth / this.#peak);
    this.#curve.add(this.#time, growth);
  }
}
