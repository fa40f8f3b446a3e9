import type { Decimal, MarginMode, PositionMode, PositionSide } from '@prate/domain';
import type {
  AccountAsset,
  AccountOrder,
  AccountPosition,
  FeeRates,
  Fill,
  FundingPayment,
  LeverageSetting,
  OrderTicket,
  PlanOrder,
  PlanTicket,
  StopOrder,
  StopPrice,
  StopTicket,
  TrailingOrder,
  TrailingTicket,
} from './account-values.ts';
import type { BackendEvent } from './backend-event.ts';
import type {
  Book,
  BookChange,
  Contract,
  Funding,
  FundingSettlement,
  InsuranceFund,
  Kline,
  KlineInterval,
  PriceSource,
  PublicTrade,
  Ticker,
} from './market-values.ts';

export type Awaitable<T> = T | Promise<T>;

/**
 * The exchange behind the wire server, in plain terms: contracts, orders, positions and money, without a word of JSON,
 * codes or signatures. An engine in memory may answer at once, any other by a promise.
 *
 * - Volumes count contracts; prices and money are exact; times are epoch ms.
 * - Order, plan and fill ids are texts of 18 digits above 2^53 that rise; ids of positions and stops are numbers below it.
 * - What the exchange will not do is a `BackendRefusal`; any other error is a fault of the server, answered with 500.
 * - Every change is told to the listeners before the call that made it resolves, in the order `order`, `fill`, `position`,
 *   `asset` for a fill.
 */
export interface SandboxBackend {
  readonly market: SandboxMarket;
  /** The account behind an API key; the same object each time. Null where there is none. */
  account(apiKey: string): SandboxAccount | null;
  /** Everything from now on, until the returned function is called. */
  subscribe(listener: (event: BackendEvent) => void): () => void;
}

/** Symbols are those of `contracts()`; the server asks for no others. */
export interface SandboxMarket {
  contracts(): Awaitable<readonly Contract[]>;
  book(symbol: string): Awaitable<Book>;
  /** The newest changes, at most `limit`, by rising version. */
  bookChanges(symbol: string, limit: number): Awaitable<readonly BookChange[]>;
  /** Newest first, at most `limit`. */
  trades(symbol: string, limit: number): Awaitable<readonly PublicTrade[]>;
  /** Those that open in `[from, to]`, oldest first, the forming one among them. */
  klines(
    symbol: string,
    interval: KlineInterval,
    source: PriceSource,
    range: { readonly from: number; readonly to: number },
  ): Awaitable<readonly Kline[]>;
  ticker(symbol: string): Awaitable<Ticker>;
  /** As in the ticker; asked for every order with a price. 0 where there is none yet. */
  fairPrice(symbol: string): Awaitable<Decimal>;
  funding(symbol: string): Awaitable<Funding>;
  /** Newest first. */
  fundingHistory(symbol: string): Awaitable<readonly FundingSettlement[]>;
  insuranceFund(symbol: string): Awaitable<InsuranceFund>;
}

/** Rows of the past in `[from, to]`, newest first; of every symbol where none is named. */
export interface HistoryRange {
  readonly symbol: string | null;
  readonly from: number;
  readonly to: number;
}

/** One account. Changes throw `BackendRefusal` where the exchange says no, and have changed nothing then. */
export interface SandboxAccount {
  assets(): Awaitable<readonly AccountAsset[]>;
  feeRates(symbol: string): Awaitable<FeeRates>;

  /** The open ones. */
  positions(): Awaitable<readonly AccountPosition[]>;
  /** Those that were closed, by the time of their closing. */
  positionHistory(range: HistoryRange): Awaitable<readonly AccountPosition[]>;
  fundingPayments(range: HistoryRange): Awaitable<readonly FundingPayment[]>;
  positionMode(): Awaitable<PositionMode>;
  setPositionMode(mode: PositionMode): Awaitable<void>;
  /** Of both sides, the long one first. */
  leverage(symbol: string): Awaitable<readonly LeverageSetting[]>;
  setLeverage(
    symbol: string,
    side: PositionSide,
    setting: { readonly leverage: number; readonly marginMode: MarginMode | null },
  ): Awaitable<void>;
  /** Adds margin to a position, or takes it away where `amount` is below 0. */
  changeMargin(positionId: number, amount: Decimal): Awaitable<void>;
  setAutoAddMargin(positionId: number, enabled: boolean): Awaitable<void>;
  /** Closes at the market, and opens as much the other way. */
  reversePosition(positionId: number, volume: Decimal): Awaitable<void>;
  closeAllPositions(): Awaitable<void>;

  /**
   * Takes an order, checked against its contract but not against the account. Refuses, in this order: a client order id
   * that was used before, a leverage or margin mode that differs from the position's, another position mode, no position
   * or too little of one to close, too little money.
   * @returns its id
   */
  placeOrder(ticket: OrderTicket): Awaitable<string>;
  cancelOrder(orderId: string): Awaitable<void>;
  cancelAllOrders(symbol: string | null): Awaitable<void>;
  /** Replaces an order that has not traded by a new one. @returns the id of that */
  replaceOrder(orderId: string, changes: { readonly price: Decimal; readonly volume: Decimal }): Awaitable<string>;
  order(orderId: string): Awaitable<AccountOrder | null>;
  orderByClientId(symbol: string, clientOrderId: string): Awaitable<AccountOrder | null>;
  /** Newest first. */
  openOrders(symbol: string | null): Awaitable<readonly AccountOrder[]>;
  /** By the time of their creation; open ones are not among them. */
  orderHistory(range: HistoryRange): Awaitable<readonly AccountOrder[]>;
  fills(range: HistoryRange): Awaitable<readonly Fill[]>;
  fillsOfOrder(orderId: string): Awaitable<readonly Fill[]>;

  placePlan(plan: PlanTicket): Awaitable<PlanOrder>;
  changePlan(planId: string, changes: Partial<Omit<PlanTicket, 'cycleHours'>>): Awaitable<void>;
  cancelPlan(planId: string): Awaitable<void>;
  plans(range: HistoryRange): Awaitable<readonly PlanOrder[]>;

  placeStop(stop: StopTicket): Awaitable<StopOrder>;
  changeStop(stopId: number, prices: StopPrices): Awaitable<void>;
  /** Of what is attached to an open order; both null removes it. */
  changeAttachedStop(orderId: string, prices: StopPrices): Awaitable<void>;
  cancelStop(stopId: number): Awaitable<void>;
  stops(range: HistoryRange): Awaitable<readonly StopOrder[]>;

  placeTrailing(trailing: TrailingTicket): Awaitable<TrailingOrder>;
  changeTrailing(
    trailingId: string,
    changes: Partial<Pick<TrailingTicket, 'activationPrice' | 'callback' | 'source'>>,
  ): Awaitable<void>;
  cancelTrailing(trailingId: string): Awaitable<void>;
  trailings(range: HistoryRange): Awaitable<readonly TrailingOrder[]>;
}

export interface StopPrices {
  readonly stopLoss: StopPrice | null;
  readonly takeProfit: StopPrice | null;
}
