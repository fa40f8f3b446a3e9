import { type BookLevel, type Decimal, type Instrument, type OrderBook, Side } from '@prate/domain';

/** Whether a price reaches another from its side: a buy at or above it, a sell at or below it. */
export const reaches = (side: Side, price: Decimal, other: Decimal): boolean =>
  side === Side.BUY ? price.gte(other) : price.lte(other);

/** How the orders of a symbol meet the market; see matching.ts. */
export type MatchKind = 'book' | 'trades' | 'candles';

/** The quantity, rounded down to the lot. */
export const wholeLots = (quantity: Decimal, { lotSize }: Instrument): Decimal => quantity.minus(quantity.mod(lotSize));

/** What is known of one symbol's market now. */
export class SymbolMarket {
  readonly instrument: Instrument;
  readonly match: MatchKind;
  /** The last trade or candle price. */
  last: Decimal | null = null;
  #book: OrderBook | null = null;
  /** By the side of who takes; made when first asked for, because most books are never traded against. */
  readonly #levels = new Map<Side, readonly BookLevel[]>();

  constructor(instrument: Instrument, match: MatchKind) {
    this.instrument = instrument;
    this.match = match;
  }

  get book(): OrderBook | null {
    return this.#book;
  }

  set book(book: OrderBook | null) {
    this.#book = book;
    this.#levels.clear();
  }

  /** The levels that a taker of this side meets, best first, in whole lots. */
  levels(side: Side): readonly BookLevel[] {
    const known = this.#levels.get(side);
    if (known !== undefined || this.#book === null) return known ?? [];
    const levels = (side === Side.BUY ? this.#book.asks : this.#book.bids)
      .map(({ price, quantity }) => ({ price, quantity: wholeLots(quantity, this.instrument) }))
      .filter((level) => level.quantity.gt(0));
    this.#levels.set(side, levels);
    return levels;
  }

  /** The last price; before the first, the middle of the book. */
  mark(): Decimal | null {
    if (this.last !== null) return this.last;
    const bid = this.book?.bids[0]?.price;
    const ask = this.book?.asks[0]?.price;
    return bid === undefined || ask === undefined ? null : bid.plus(ask).div(2);
  }
}

/** What one account has left of the books as they are now, so that it does not take the same twice. */
export class BookView {
  readonly #left = new Map<string, { readonly book: OrderBook; readonly levels: Map<Side, readonly BookLevel[]> }>();

  /** The levels that a taker of this side meets, best first, without what this account took since the last update. */
  levels(market: SymbolMarket, side: Side): readonly BookLevel[] {
    const known = this.#left.get(market.instrument.symbol);
    const left = known?.book === market.book ? known?.levels.get(side) : undefined;
    return left ?? market.levels(side);
  }

  take(market: SymbolMarket, side: Side, price: Decimal, quantity: Decimal): void {
    const { book, instrument } = market;
    const levels = this.levels(market, side);
    const index = levels.findIndex((level) => level.price.eq(price));
    const level = levels[index];
    if (book === null || level === undefined) return;
    const rest = level.quantity.minus(quantity);
    const left = levels.toSpliced(index, 1, ...(rest.gt(0) ? [{ price, quantity: rest }] : []));
    const known = this.#left.get(instrument.symbol);
    if (known?.book === book) known.levels.set(side, left);
    else this.#left.set(instrument.symbol, { book, levels: new Map([[side, left]]) });
  }
}
