import { CandleSource } from '@prate/domain';
import type { CandleEvent } from '../strategy.ts';

/** What the candles were made of. */
export interface DataQuality {
  /** Candles by where they come from: built of trades, the exchange's own, made up. */
  readonly trades: number;
  readonly exchange: number;
  readonly interpolated: number;
  /** Candles of which not all of the time was watched. */
  readonly partial: number;
  /** The share of the candles' time that was watched; null before the first. */
  readonly coverage: number | null;
}

export class DataCount {
  #trades = 0;
  #exchange = 0;
  #interpolated = 0;
  #partial = 0;
  #missing = 0;

  candle({ source, coverage }: CandleEvent): void {
    if (source === CandleSource.TRADES) this.#trades += 1;
    else if (source === CandleSource.EXCHANGE) this.#exchange += 1;
    else this.#interpolated += 1;
    if (coverage < 1) {
      this.#partial += 1;
      this.#missing += 1 - coverage;
    }
  }

  get candles(): number {
    return this.#trades + this.#exchange + this.#interpolated;
  }

  figures(): DataQuality {
    const { candles } = this;
    return {
      ...{ trades: this.#trades, exchange: this.#exchange, interpolated: this.#interpolated, partial: this.#partial },
      coverage: candles === 0 ? null : 1 - this.#missing / candles,
    };
  }
}
