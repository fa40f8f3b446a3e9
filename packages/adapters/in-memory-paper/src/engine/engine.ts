import {
  bucketEnd,
  type CandleColumns,
  type FundingRate,
  type Instrument,
  InvalidInputError,
  type OrderBook,
  Side,
  type Ticker,
} from '@prate/domain';
import { placeOf, type TradeColumns, toDouble } from '@prate/domain/candles';
import type { Chance } from './chance.ts';
import { safePrices } from './cross-watch.ts';
import { changeOrder, comeLater, placeOrder, rest, waitToTake } from './entry.ts';
import { Floor } from './floor.ts';
import { settleFunding } from './funding.ts';
import { cancelOrder } from './leaving.ts';
import { Ledger } from './ledger.ts';
import { liquidateBreached } from './liquidation.ts';
import type { MatchKind } from './market.ts';
import { arriveDue, type CandleStep, meetOpen, meetPrint, meetRange, moveUp } from './matching.ts';
import { EngineAccount, type EngineContext, type EngineOrder, type Seat, type Ticket } from './model.ts';
import type { EngineRules } from './rules.ts';
import type { Triggers } from './triggers.ts';
import { type Rate, rateOf } from './units.ts';

/**
 * The exchange itself: markets, accounts and the ledger, in integers and synchronous. What a call causes is done when it
 * returns. Times are epoch ms and come from the callers.
 */
export class Engine implements EngineContext {
  readonly rules: EngineRules;
  readonly ledger: Ledger = new Ledger();
  readonly chance: Chance;
  readonly markets: Map<string, Floor> = new Map();
  readonly accounts: Map<string, EngineAccount> = new Map();
  #triggers: Triggers | null = null;
  /** Orders and fills; then positions and payments. */
  lastId = 0;
  lastPositionId = 0;

  constructor(rules: EngineRules, chance: Chance) {
    this.rules = rules;
    this.chance = chance;
  }

  get triggers(): Triggers | null {
    return this.#triggers;
  }

  set triggers(triggers: Triggers | null) {
    this.#triggers = triggers;
    if (triggers !== null) for (const account of this.accounts.values()) account.observe(triggers.observe(account));
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  nextPositionId(): number {
    this.lastPositionId += 1;
    return this.lastPositionId;
  }

  /** @param fees null: the instruments' own */
  open(name: string, fees: { readonly maker: Rate; readonly taker: Rate } | null): EngineAccount {
    const account = new EngineAccount(this, name, this.accounts.size, fees);
    this.accounts.set(name, account);
    if (this.#triggers !== null) account.observe(this.#triggers.observe(account));
    return account;
  }

  addMarket(instrument: Instrument, match: MatchKind): Floor {
    const market = new Floor(instrument, match);
    this.markets.set(instrument.symbol, market);
    return market;
  }

  /** Lets the market know of a seat that has something at stake. */
  take(seat: Seat): void {
    if (seat.isSeated) return;
    seat.isSeated = true;
    this.market(seat.market.instrument.symbol).join(seat);
  }

  /** @throws EngineRefusal */
  place(ticket: Ticket, nowMs: number): EngineOrder {
    const order = placeOrder(ticket, nowMs);
    this.#triggers?.settled();
    return order;
  }

  /** @throws EngineRefusal */
  change(order: EngineOrder, ticks: number, lots: number, nowMs: number): void {
    changeOrder(order, ticks, lots, nowMs);
    this.#triggers?.settled();
  }

  cancel(order: EngineOrder, nowMs: number): void {
    cancelOrder(order, 'BY_USER', nowMs);
    this.#triggers?.settled();
  }

  /** Public trades of a symbol, in their order. A price that concerns nobody costs two comparisons. */
  trades(symbol: string, trades: TradeColumns): void {
    const market = this.markets.get(symbol);
    if (market === undefined || trades.length === 0) return;
    const { price, time, priceDecimals, quantityDecimals, length } = trades;
    if (!market.isCalibrated) market.calibrate(toDouble(price[0] as number, priceDecimals));
    const { grid } = market;
    const ticksOf = grid.ticksOfColumn(priceDecimals);
    let { low, high, dueAt } = market;
    for (let i = 0; i < length; i += 1) {
      const ticks = ticksOf(price[i] as number);
      const at = time[i] as number;
      if (ticks > low && ticks < high && at < dueAt) {
        market.last = ticks;
        continue;
      }
      const lots = grid.columnLots(trades.quantity[i] as number | bigint, quantityDecimals);
      const side = trades.side[i] === 1 ? Side.SELL : Side.BUY;
      this.print(market, ticks, lots, side, at);
      ({ low, high, dueAt } = market);
    }
  }

  /** One public trade. */
  print(market: Floor, ticks: number, lots: number, side: Side, timeMs: number): void {
    this.#due(market, timeMs);
    market.last = ticks;
    for (const seat of market.seats) if (seat.open.size > 0) meetPrint(seat, ticks, lots, side, timeMs);
    this.#liquidate(market, timeMs);
    this.#tell(market, timeMs);
    this.#refresh(market);
    this.#triggers?.settled();
  }

  /** Closed candles of a symbol, oldest first. */
  candles(symbol: string, told: CandleColumns): void {
    const { columns: candles, from, to } = placeOf(told);
    const market = this.markets.get(symbol);
    if (market === undefined || from === to) return;
    const { priceDecimals, volume, interval } = candles;
    if (!market.isCalibrated) market.calibrate(toDouble(candles.close[from] as number, priceDecimals));
    const ticksOf = market.grid.ticksOfColumn(priceDecimals);
    for (let i = from; i < to; i += 1) {
      // what concerns nobody is told by three of its prices
      const high = ticksOf(candles.high[i] as number);
      const low = ticksOf(candles.low[i] as number);
      const close = ticksOf(candles.close[i] as number);
      const isQuiet = low > market.low && high < market.high;
      if (
        isQuiet &&
        (market.dueAt === Number.POSITIVE_INFINITY || bucketEnd(interval, candles.openTime[i] as number) < market.dueAt)
      ) {
        market.last = close;
        continue;
      }
      const open = ticksOf(candles.open[i] as number);
      const openTime = candles.openTime[i] as number;
      const hasVolume = Number(volume[i]) > 0;
      this.#candle(market, { openTime, open, high, low, close }, bucketEnd(interval, openTime), hasVolume);
    }
  }

  /**
   * A candle: what is due at its open, the open, the range, both extremes as the mark price passes them (the one that the
   * candle closed away from first), the close, and what is due at the close. One without volume fills and fires nothing.
   */
  #candle(market: Floor, candle: CandleStep, closeTime: number, hasVolume: boolean): void {
    const { openTime, open, high, low, close } = candle;
    const triggers = hasVolume ? this.#triggers : null;
    this.#due(market, openTime);
    market.last = open;
    if (hasVolume) for (const seat of market.seats) if (seat.open.size > 0) meetOpen(seat, candle);
    this.#liquidate(market, openTime);
    if (triggers !== null) {
      this.#tell(market, openTime);
      triggers.opened();
    }
    market.last = close;
    if (hasVolume) {
      for (const seat of market.seats) {
        if (seat.open.size > 0 && triggers?.walks(seat) !== true) meetRange(seat, candle, closeTime);
      }
    }
    triggers?.walk(market, candle, closeTime);
    for (const extreme of close >= open ? [low, high] : [high, low]) {
      if (extreme === open || extreme === close) continue;
      market.last = extreme;
      this.#liquidate(market, closeTime);
    }
    market.last = close;
    this.#liquidate(market, closeTime);
    triggers?.closed(market, candle, closeTime);
    market.last = close;
    this.#due(market, closeTime);
    this.#refresh(market);
    this.#triggers?.settled();
  }

  /** The whole book as it is now. */
  book(book: OrderBook): void {
    const market = this.markets.get(book.symbol);
    if (market === undefined) return;
    if (!market.isCalibrated) {
      // only then: a source may make the levels of its books when they are asked for
      const first = book.bids[0] ?? book.asks[0];
      if (first !== undefined) market.calibrate(first.price.toNumber());
    }
    if (book.time >= market.dueAt) this.#due(market, book.time);
    market.book.set(book);
    for (const seat of market.seats) if (seat.open.size > 0) moveUp(seat);
    if (market.last === 0 && market.toldMark === 0) this.#settleAll(market, book.time);
  }

  /** Mark and index prices, where they are told; a last price of tickers is not a trade. */
  tickers(tickers: readonly Ticker[]): void {
    for (const { symbol, markPrice, indexPrice, time } of tickers) {
      const market = this.markets.get(symbol);
      if (market === undefined) continue;
      const told = markPrice ?? indexPrice;
      if (told === null) continue;
      market.calibrate(told.toNumber());
      if (time >= market.dueAt) this.#due(market, time);
      const mark = markPrice === null ? market.toldMark : market.grid.ticks(markPrice);
      const index = indexPrice === null ? market.toldIndex : market.grid.ticks(indexPrice);
      const isMoved = mark !== market.toldMark;
      if (index !== market.toldIndex) {
        market.toldIndex = index;
        this.#triggers?.price(market, 'INDEX', index, time);
      }
      if (isMoved) {
        market.toldMark = mark;
        this.#triggers?.price(market, 'MARK', mark, time);
        for (const seat of market.seats) liquidateBreached(seat, time);
        // what cross positions at other symbols may lose has changed with it
        for (const { account } of market.seats) account.disturbCross();
      }
      this.#refresh(market);
      this.#triggers?.settled();
    }
  }

  /** What settlements to come will pay, each settled once, when its time has come; what was told of one before is replaced. */
  funding(rates: readonly FundingRate[]): void {
    for (const { symbol, rate, settleTime } of rates) {
      const market = this.markets.get(symbol);
      if (market === undefined || settleTime <= market.settledAt) continue;
      const at = market.fundings.findIndex((due) => due.settleTime >= settleTime);
      const replaced = at !== -1 && market.fundings[at]?.settleTime === settleTime ? 1 : 0;
      const due = { settleTime, rate: rateOf(rate) };
      market.fundings.splice(at === -1 ? market.fundings.length : at, replaced, due);
      market.dueAt = Math.min(market.dueAt, settleTime);
    }
  }

  /** The markets' time has come so far, whether anything traded or not. */
  passTime(timeMs: number): void {
    for (const market of this.markets.values()) {
      if (timeMs >= market.dueAt) this.#settleAll(market, timeMs);
    }
  }

  /** What the market did meanwhile is not known: a book of before would be traded against as if it still stood. @param symbols default all */
  forgetBooks(symbols: Iterable<string> = this.markets.keys()): void {
    for (const symbol of symbols) this.markets.get(symbol)?.book.forget();
  }

  /** Puts restored orders where they wait, and finds out what is due. */
  settleIn(market: Floor): void {
    for (const seat of market.seats) {
      const orders = seat.open.list().sort((a, b) => a.live.sequence - b.live.sequence);
      for (const order of orders) {
        const { place, ahead } = order.live;
        if (place === 'COMING') comeLater(order);
        else if (place === 'TAKING') waitToTake(order);
        else if (place === 'RESTING') rest(order);
        order.live.ahead = ahead;
      }
    }
    market.disturb();
    this.#dueAgain(market);
  }

  #settleAll(market: Floor, timeMs: number): void {
    this.#due(market, timeMs);
    this.#liquidate(market, timeMs);
    this.#refresh(market);
    this.#triggers?.settled();
  }

  /** Orders that have arrived by now, then settlements of funding. */
  #due(market: Floor, timeMs: number): void {
    if (timeMs < market.dueAt) return;
    for (const seat of market.seats) if (seat.coming.length > 0) arriveDue(seat, timeMs);
    for (let due = market.fundings[0]; due !== undefined && due.settleTime <= timeMs; due = market.fundings[0]) {
      market.fundings.shift();
      market.settledAt = due.settleTime;
      if (market.mark() === 0) continue;
      for (const seat of market.seats) settleFunding(seat, due);
      for (const seat of market.seats) liquidateBreached(seat, due.settleTime);
    }
    this.#triggers?.expire(timeMs);
    this.#dueAgain(market);
  }

  #dueAgain(market: Floor): void {
    let dueAt = market.fundings[0]?.settleTime ?? Number.POSITIVE_INFINITY;
    for (const { coming } of market.seats)
      if (coming[0] !== undefined) dueAt = Math.min(dueAt, coming[0].live.arrivesAt);
    market.dueAt = Math.min(dueAt, this.#triggers?.dueAt() ?? dueAt);
  }

  /** The last price is the mark price where tickers tell none. */
  #liquidate(market: Floor, timeMs: number): void {
    if (market.toldMark === 0) for (const seat of market.seats) liquidateBreached(seat, timeMs);
  }

  /** A last price has come; it is the mark and index price too where tickers tell none. */
  #tell(market: Floor, timeMs: number): void {
    const triggers = this.#triggers;
    if (triggers === null) return;
    triggers.price(market, 'LAST', market.last, timeMs);
    if (market.toldMark === 0) triggers.price(market, 'MARK', market.last, timeMs);
    if (market.toldIndex === 0) triggers.price(market, 'INDEX', market.last, timeMs);
  }

  /** Which last prices concern nobody; seats with nothing at stake leave. */
  #refresh(market: Floor): void {
    const { seats } = market;
    let low = -1;
    let high = Number.POSITIVE_INFINITY;
    let kept = 0;
    for (const seat of seats) {
      if (seat.isIdle) {
        seat.isSeated = false;
        continue;
      }
      seats[kept] = seat;
      kept += 1;
      if (seat.takers.length > 0) low = Number.POSITIVE_INFINITY;
      low = Math.max(low, seat.bids.top()?.ticks ?? -1);
      high = Math.min(high, seat.asks.top()?.ticks ?? Number.POSITIVE_INFINITY);
      if (market.toldMark !== 0 || (seat.long === null && seat.short === null)) continue;
      const safe = safePrices(seat);
      low = Math.max(low, safe.low);
      high = Math.min(high, safe.high);
    }
    seats.length = kept;
    if (this.#triggers !== null) {
      const quiet = this.#triggers.quiet(market);
      low = Math.max(low, quiet.low);
      high = Math.min(high, quiet.high);
    }
    market.low = low;
    market.high = high;
  }

  /** @throws InvalidInputError for a symbol that is not traded here */
  market(symbol: string): Floor {
    const market = this.markets.get(symbol);
    if (market === undefined) throw new InvalidInputError(`there is no instrument '${symbol}'`);
    return market;
  }
}
