import { Decimal } from '@prate/domain';
import { formatScaled, toDouble } from '@prate/domain/candles';
import { isGapOf, type TradesItem } from '@prate/market-data-port';

/** What a tape of one symbol showed: when it was there, and its price second by second. */
export interface TapeSeen {
  readonly symbol: string;
  readonly trades: number;
  /** Of the first and the last trade, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Where ids say that trades are missing: half-open, epoch ms. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** The last price of the session, at which profit is counted; where nothing traded until its end, the first after it. */
  readonly mark: Decimal;
  /** The last price of every second that traded. */
  readonly prices: readonly TapePrice[];
}

export interface TapePrice {
  /** Epoch ms. */
  readonly time: number;
  readonly price: number;
}

/** Listens to the trades of one symbol. */
export class TapeWatch {
  readonly #symbol: string;
  readonly #sessionEnd: number;
  readonly #gaps: { fromMs: number; toMs: number }[] = [];
  readonly #prices: { time: number; price: number }[] = [];
  #trades = 0;
  #from = 0;
  #to = 0;
  #last: Decimal | null = null;
  #mark: Decimal | null = null;

  /** @param sessionEnd epoch ms */
  constructor(symbol: string, sessionEnd: number) {
    this.#symbol = symbol;
    this.#sessionEnd = sessionEnd;
  }

  see(item: TradesItem): void {
    if (item.kind === 'gap' && isGapOf(item, this.#symbol)) this.#gaps.push({ fromMs: item.fromMs, toMs: item.toMs });
    if (item.kind !== 'trades' || item.symbol !== this.#symbol || item.trades.length === 0) return;
    const { trades } = item;
    if (this.#trades === 0) this.#from = trades.time[0] as number;
    this.#trades += trades.length;
    for (let i = 0; i < trades.length; i += 1) {
      const time = trades.time[i] as number;
      const price = toDouble(trades.price[i] as number, trades.priceDecimals);
      const latest = this.#prices.at(-1);
      if (latest !== undefined && Math.floor(latest.time / 1000) === Math.floor(time / 1000)) {
        latest.time = time;
        latest.price = price;
      } else this.#prices.push({ time, price });
      this.#to = time;
    }
    // one item holds one moment
    this.#last = new Decimal(formatScaled(trades.price[trades.length - 1] as number, trades.priceDecimals));
    if (this.#mark === null || this.#to <= this.#sessionEnd) this.#mark = this.#last;
  }

  /** The price of the last trade so far. */
  get last(): Decimal | null {
    return this.#last;
  }

  /** Null where nothing traded. */
  seen(): TapeSeen | null {
    if (this.#mark === null) return null;
    return {
      ...{ symbol: this.#symbol, trades: this.#trades, from: this.#from, to: this.#to },
      ...{ gaps: this.#gaps, mark: this.#mark, prices: this.#prices },
    };
  }
}
