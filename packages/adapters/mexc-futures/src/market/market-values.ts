import { Decimal, type FundingRate, type OrderBook, type Ticker, toBaseQuantity } from '@prate/domain';
import type { LocalBook } from '../book/local-book.ts';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { DecimalText } from '../wire/fields.ts';
import type { WireBook, WireFundingRate, WireLevel, WireTicker } from '../wire/market.ts';

/** A price, or null for none, which MEXC also writes as 0. */
function priceOrNull(text: DecimalText | null): Decimal | null {
  if (text === null) return null;
  const price = new Decimal(text);
  return price.gt(0) ? price : null;
}

/** Null where nothing was ever traded: there is no last price. @param timeMs where the ticker has no time of its own */
export function toTicker(ticker: WireTicker, instrument: MexcInstrument, timeMs: number): Ticker | null {
  const lastPrice = priceOrNull(ticker.lastPrice);
  if (lastPrice === null) return null;
  return {
    symbol: ticker.symbol,
    time: ticker.timestamp ?? timeMs,
    lastPrice,
    bid: priceOrNull(ticker.bid1),
    ask: priceOrNull(ticker.ask1),
    markPrice: priceOrNull(ticker.fairPrice),
    indexPrice: priceOrNull(ticker.indexPrice),
    volume24h: ticker.volume24 === null ? null : toBaseQuantity(instrument, ticker.volume24),
  };
}

/** @param depth levels of a side at most */
export function toOrderBook(book: WireBook, instrument: MexcInstrument, depth: number, timeMs: number): OrderBook {
  const level = ({ price, vol }: WireLevel): OrderBook['bids'][number] => ({
    price: new Decimal(price),
    quantity: toBaseQuantity(instrument, vol),
  });
  return {
    symbol: instrument.symbol,
    time: book.timestamp ?? timeMs,
    bids: book.bids.slice(0, depth).map(level),
    asks: book.asks.slice(0, depth).map(level),
    version: book.version,
  };
}

/** Null where MEXC does not say which settlement it belongs to. */
export const toFundingRate = ({ symbol, fundingRate, nextSettleTime }: WireFundingRate): FundingRate | null =>
  nextSettleTime === null ? null : { symbol, rate: new Decimal(fundingRate), settleTime: nextSettleTime };

type Level = OrderBook['bids'][number];
type SeenLevels = ReadonlyMap<number, { readonly volume: number; readonly level: Level }>;

/** Shows a local book as it is now. Levels that did not change are the objects of the time before. */
export class BookView {
  readonly #current: () => MexcInstrument;
  #instrument: MexcInstrument;
  #bids: SeenLevels = new Map();
  #asks: SeenLevels = new Map();

  constructor(current: () => MexcInstrument) {
    this.#current = current;
    this.#instrument = current();
  }

  show(book: LocalBook, time: number): OrderBook {
    const instrument = this.#current();
    if (instrument !== this.#instrument) {
      // read anew: its size may be another
      this.#instrument = instrument;
      this.#bids = new Map();
      this.#asks = new Map();
    }
    this.#bids = this.#look(book.bids, this.#bids);
    this.#asks = this.#look(book.asks, this.#asks);
    const levels = (seen: SeenLevels): readonly Level[] => Array.from(seen.values(), ({ level }) => level);
    const { version } = book;
    return { symbol: this.#instrument.symbol, time, bids: levels(this.#bids), asks: levels(this.#asks), version };
  }

  #look(side: LocalBook['bids'], before: SeenLevels): SeenLevels {
    const seen = new Map<number, { volume: number; level: Level }>();
    for (let place = 0; place < side.size; place += 1) {
      const [price, volume] = [side.priceAt(place), side.volumeAt(place)];
      const known = before.get(price);
      if (known?.volume === volume) seen.set(price, known);
      else {
        const quantity = toBaseQuantity(this.#instrument, volume);
        seen.set(price, { volume, level: { price: known?.level.price ?? new Decimal(price), quantity } });
      }
    }
    return seen;
  }
}
