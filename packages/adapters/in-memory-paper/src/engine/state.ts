/** An engine as plain JSON, and back: what follows is the same as if nothing had happened between. */
import {
  Decimal,
  type Instrument,
  InvalidInputError,
  type MarginMode,
  type OrderStatus,
  type OrderType,
  type PositionMode,
  PositionSide,
  Side,
} from '@prate/domain';
import type { OrderCategory, OrderEnd } from '../desk/desk-types.ts';
import { restoredStops, saved } from '../triggers/saved-triggers.ts';
import { Chance } from './chance.ts';
import { Engine } from './engine.ts';
import type { MatchKind, SymbolMarket } from './market.ts';
import type { BookSide } from './market-book.ts';
import {
  type EngineAccount,
  EngineFill,
  EngineOrder,
  EnginePosition,
  type OrderPlace,
  type Seat,
  type Terms,
} from './model.ts';
import type { EngineRules } from './rules.ts';
import type { Rate } from './units.ts';

const VERSION = 1;

/** Plain JSON: money and decimals as text, times in epoch ms, prices in ticks and quantities in lots. */
export interface EngineState {
  readonly version: number;
  readonly seed: number;
  readonly drawn: number;
  readonly lastId: number;
  readonly lastPositionId: number;
  readonly ledger: readonly (readonly [account: string, asset: string, amount: string])[];
  readonly markets: readonly MarketState[];
  readonly accounts: readonly AccountState[];
  /** What `Triggers.save` gave; null without any. */
  readonly triggers: unknown;
}

interface RateState {
  readonly num: string;
  readonly den: string;
}

interface MarketState {
  readonly instrument: Record<string, unknown>;
  readonly match: MatchKind;
  readonly isCalibrated: boolean;
  readonly last: number;
  readonly toldMark: number;
  readonly toldIndex: number;
  readonly settledAt: number | null;
  readonly fundings: readonly (RateState & { readonly settleTime: number })[];
  readonly bids: BookSide;
  readonly asks: BookSide;
}

interface AccountState {
  readonly name: string;
  readonly fees: { readonly maker: RateState; readonly taker: RateState } | null;
  readonly assets: readonly string[];
  readonly positionMode: PositionMode;
  readonly seats: readonly SeatState[];
  readonly positions: readonly PositionState[];
  /** Ids in the order of their closing. */
  readonly closed: readonly number[];
  readonly orders: readonly OrderState[];
  readonly fills: readonly FillState[];
  readonly fundings: readonly FundingState[];
}

interface SeatState {
  readonly symbol: string;
  readonly terms: Record<PositionSide, Terms>;
  readonly bidsLeft: readonly number[] | null;
  readonly asksLeft: readonly number[] | null;
}

interface OrderState {
  readonly id: number;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly positionSide: PositionSide | null;
  readonly reduces: boolean;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly clientOrderId: string;
  readonly category: OrderCategory;
  readonly asked: readonly [ticks: number, lots: number];
  readonly ticks: number;
  readonly lots: number;
  readonly filled: number;
  readonly status: OrderStatus;
  readonly end: OrderEnd;
  /** frozen, opening, filledValue, makerFee, takerFee, usedMargin, realizedPnl */
  readonly money: readonly string[];
  readonly closing: number;
  readonly positionId: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
  readonly arrivesAt: number;
  readonly place: OrderPlace;
  readonly sequence: number;
  readonly ahead: number;
  /** What is attached to it; null where there is nothing. */
  readonly stops: unknown;
}

interface PositionState {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly leverage: number;
  readonly lots: number;
  /** cost, margin, originalMargin, realizedPnl, funding, fees, openedValue, closedValue */
  readonly money: readonly string[];
  readonly openedLots: number;
  readonly closedLots: number;
  readonly autoAddMargin: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

interface FillState {
  readonly id: number;
  readonly orderId: number;
  readonly lots: number;
  readonly ticks: number;
  readonly isTaker: boolean;
  /** value, fee, realizedPnl */
  readonly money: readonly string[];
  readonly time: number;
}

interface FundingState {
  readonly id: number;
  readonly positionId: number;
  /** value, amount */
  readonly money: readonly string[];
  readonly rate: RateState;
  readonly time: number;
}

const texts = (...money: readonly bigint[]): readonly string[] => money.map(String);
const rateState = ({ num, den }: Rate): RateState => ({ num: String(num), den: String(den) });
const rateFrom = ({ num, den }: RateState): Rate => ({ num: BigInt(num), den: BigInt(den) });
const symbolOf = ({ market }: Seat): string => market.instrument.symbol;

export function saveEngine(engine: Engine): EngineState {
  return {
    version: VERSION,
    seed: engine.chance.seed,
    drawn: engine.chance.drawn,
    lastId: engine.lastId,
    lastPositionId: engine.lastPositionId,
    ledger: engine.ledger.lines().map(({ account, asset, amount }) => [account, asset, String(amount)] as const),
    markets: [...engine.markets.values()].map(saveMarket),
    accounts: [...engine.accounts.values()].map(saveAccount),
    triggers: engine.triggers?.save() ?? null,
  };
}

function saveMarket(market: SymbolMarket): MarketState {
  const { grid, book } = market;
  return {
    // decimals are text in JSON
    instrument: JSON.parse(JSON.stringify(market.instrument)) as Record<string, unknown>,
    match: market.match,
    isCalibrated: market.isCalibrated,
    last: market.last,
    toldMark: market.toldMark,
    toldIndex: market.toldIndex,
    settledAt: Number.isFinite(market.settledAt) ? market.settledAt : null,
    fundings: market.fundings.map(({ settleTime, rate }) => ({ settleTime, ...rateState(rate) })),
    bids: book.bids(grid),
    asks: book.asks(grid),
  };
}

function saveAccount(account: EngineAccount): AccountState {
  const { fees } = account;
  return {
    name: account.name,
    fees: fees === null ? null : { maker: rateState(fees.maker), taker: rateState(fees.taker) },
    assets: account.assets(),
    positionMode: account.positionMode,
    seats: [...account.seats.values()].map((seat) => {
      const { bids, asks } = seat.left();
      const terms = { LONG: seat.terms(PositionSide.LONG), SHORT: seat.terms(PositionSide.SHORT) };
      return { symbol: symbolOf(seat), terms, bidsLeft: bids, asksLeft: asks };
    }),
    positions: [...account.closed, ...account.positions.values()].map(savePosition),
    closed: account.closed.map(({ id }) => id),
    orders: account.orders.all().map(saveOrder),
    fills: account.fills.map(({ id, order, lots, ticks, isTaker, value, fee, realizedPnl, time }) => ({
      id,
      orderId: order.id,
      lots,
      ticks,
      isTaker,
      money: texts(value, fee, realizedPnl),
      time,
    })),
    fundings: account.fundings.map(({ id, position, value, amount, rate, time }) => ({
      id,
      positionId: position.id,
      money: texts(value, amount),
      rate: rateState(rate),
      time,
    })),
  };
}

function saveOrder(order: EngineOrder): OrderState {
  const { ticket } = order;
  const { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, clientOrderId, category } = ticket;
  return {
    id: order.id,
    symbol: symbolOf(order.seat),
    ...{ side, type, positionSide, reduces, reduceOnly, leverage, marginMode, clientOrderId, category },
    asked: [ticket.ticks, ticket.lots],
    ticks: order.ticks,
    lots: order.lots,
    filled: order.filled,
    status: order.status,
    end: order.end,
    money: texts(
      order.frozen,
      order.opening,
      order.filledValue,
      order.makerFee,
      order.takerFee,
      order.usedMargin,
      order.realizedPnl,
    ),
    closing: order.closing,
    positionId: order.positionId,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    version: order.version,
    arrivesAt: order.arrivesAt,
    place: order.place,
    sequence: order.sequence,
    ahead: order.ahead,
    stops: order.stops === null ? null : saved(order.stops),
  };
}

function savePosition(position: EnginePosition): PositionState {
  const { cost, margin, originalMargin, realizedPnl, funding, fees, openedValue, closedValue } = position;
  return {
    id: position.id,
    symbol: symbolOf(position.seat),
    side: position.side,
    marginMode: position.marginMode,
    leverage: position.leverage,
    lots: position.lots,
    money: texts(cost, margin, originalMargin, realizedPnl, funding, fees, openedValue, closedValue),
    openedLots: position.openedLots,
    closedLots: position.closedLots,
    autoAddMargin: position.autoAddMargin,
    version: position.version,
    createdAt: position.createdAt,
    updatedAt: position.updatedAt,
  };
}

/** @throws InvalidInputError for what `saveEngine` did not make */
export function restoreEngine(state: EngineState, rules: EngineRules): Engine {
  if (state?.version !== VERSION) {
    throw new InvalidInputError(`a saved paper exchange must be of version ${VERSION}, not ${String(state?.version)}`);
  }
  const engine = new Engine(rules, new Chance(state.seed, state.drawn));
  engine.lastId = state.lastId;
  engine.lastPositionId = state.lastPositionId;
  for (const [account, asset, amount] of state.ledger) engine.ledger.line(account, asset).amount = BigInt(amount);
  for (const market of state.markets) restoreMarket(engine, market);
  for (const account of state.accounts) restoreAccount(engine, account);
  for (const market of engine.markets.values()) engine.settleIn(market);
  return engine;
}

function restoreMarket(engine: Engine, state: MarketState): void {
  const market = engine.addMarket(instrumentFrom(state.instrument), state.match);
  market.isCalibrated = state.isCalibrated;
  market.last = state.last;
  market.toldMark = state.toldMark;
  market.toldIndex = state.toldIndex;
  market.settledAt = state.settledAt ?? Number.NEGATIVE_INFINITY;
  for (const due of state.fundings) market.fundings.push({ settleTime: due.settleTime, rate: rateFrom(due) });
  market.book.restore(state.bids, state.asks);
}

const DECIMALS = [
  'tickSize',
  'lotSize',
  'contractSize',
  'minQuantity',
  'maxQuantity',
  'minNotional',
  'makerFee',
  'takerFee',
];

function instrumentFrom(state: Record<string, unknown>): Instrument {
  const read = (value: unknown): Decimal | null => (value === null ? null : new Decimal(value as string));
  const decimals = Object.fromEntries(DECIMALS.map((name) => [name, read(state[name])]));
  const riskTiers = (state['riskTiers'] as Record<string, unknown>[]).map((tier) => ({
    maxNotional: read(tier['maxNotional']),
    maxLeverage: tier['maxLeverage'] as number,
    maintenanceMarginRate: read(tier['maintenanceMarginRate']),
  }));
  return { ...state, ...decimals, riskTiers } as unknown as Instrument;
}

function restoreAccount(engine: Engine, state: AccountState): void {
  const fees = state.fees === null ? null : { maker: rateFrom(state.fees.maker), taker: rateFrom(state.fees.taker) };
  const account = engine.open(state.name, fees);
  account.restoreAssets(state.assets);
  account.positionMode = state.positionMode;
  const seats = new Map<string, Seat>();
  for (const { symbol, terms, bidsLeft, asksLeft } of state.seats) {
    const seat = account.seat(engine.market(symbol));
    for (const side of Object.values(PositionSide)) seat.setTerms(side, terms[side]);
    seat.restoreLeft(bidsLeft, asksLeft);
    seats.set(symbol, seat);
  }
  const seatOf = (symbol: string): Seat => seats.get(symbol) ?? account.seat(engine.market(symbol));
  const positions = new Map<number, EnginePosition>();
  for (const row of state.positions) positions.set(row.id, restorePosition(row, seatOf(row.symbol)));
  for (const id of state.closed) account.closed.push(positions.get(id) as EnginePosition);
  for (const position of positions.values()) {
    if (position.lots === 0) continue;
    account.positions.set(position.id, position);
    position.seat.hold(position.side, position);
  }
  for (const row of state.orders) restoreOrder(row, seatOf(row.symbol));
  for (const { id, orderId, lots, ticks, isTaker, money, time } of state.fills) {
    const [value = 0n, fee = 0n, realizedPnl = 0n] = money.map(BigInt);
    const order = account.orders.get(orderId) as EngineOrder;
    account.fills.push(new EngineFill({ id, order, lots, ticks, isTaker, value, fee, realizedPnl, time }));
  }
  for (const { id, positionId, money, rate, time } of state.fundings) {
    const [value = 0n, amount = 0n] = money.map(BigInt);
    const position = positions.get(positionId) as EnginePosition;
    account.fundings.push({ id, position, value, amount, rate: rateFrom(rate), time });
  }
  for (const seat of account.seats.values()) if (!seat.isIdle) engine.take(seat);
}

function restorePosition(state: PositionState, seat: Seat): EnginePosition {
  const position = new EnginePosition(state.id, seat, state, state.createdAt);
  const [
    cost = 0n,
    margin = 0n,
    originalMargin = 0n,
    realizedPnl = 0n,
    funding = 0n,
    fees = 0n,
    opened = 0n,
    closed = 0n,
  ] = state.money.map(BigInt);
  Object.assign(position, { cost, margin, originalMargin, realizedPnl, funding, fees });
  position.openedValue = opened;
  position.closedValue = closed;
  position.lots = state.lots;
  position.openedLots = state.openedLots;
  position.closedLots = state.closedLots;
  position.autoAddMargin = state.autoAddMargin;
  position.version = state.version;
  position.updatedAt = state.updatedAt;
  return position;
}

/** As it was, but not yet where it waits: see `Engine.settleIn`. */
function restoreOrder(state: OrderState, seat: Seat): void {
  const { account } = seat;
  const [ticks, lots] = state.asked;
  const { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, clientOrderId, category } = state;
  const order = new EngineOrder(
    state.id,
    { seat, side, type, ticks, lots, positionSide, reduces, reduceOnly, leverage, marginMode, clientOrderId, category },
    state.createdAt,
  );
  const [frozen = 0n, opening = 0n, filledValue = 0n, makerFee = 0n, takerFee = 0n, usedMargin = 0n, realizedPnl = 0n] =
    state.money.map(BigInt);
  Object.assign(order, { frozen, opening, filledValue, makerFee, takerFee, usedMargin, realizedPnl });
  const { filled, status, end, closing, positionId, updatedAt, version, arrivesAt, place, sequence, ahead } = state;
  Object.assign(order, {
    filled,
    status,
    end,
    closing,
    positionId,
    updatedAt,
    version,
    arrivesAt,
    place,
    sequence,
    ahead,
  });
  order.ticks = state.ticks;
  order.lots = state.lots;
  order.stops = state.stops === null ? null : restoredStops(state.stops);
  account.orders.add(order);
  if (!order.isOpen) return;
  seat.open.add(order);
  if (side === Side.BUY) {
    seat.closingBuy += closing;
    seat.openingBuy += opening;
  } else {
    seat.closingSell += closing;
    seat.openingSell += opening;
  }
}
