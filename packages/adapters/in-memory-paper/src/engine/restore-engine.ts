/** An engine from what save-engine.ts made: what follows is the same as if nothing had happened between. */
import { Decimal, type Instrument, InvalidInputError, PositionSide, Side } from '@prate/domain';
import { restoredStops } from '../triggers/saved-triggers.ts';
import { Chance } from './chance.ts';
import { Engine } from './engine.ts';
import {
  type AccountState,
  type EngineState,
  type MarketState,
  type OrderState,
  type PositionState,
  type RateState,
  VERSION,
} from './engine-state.ts';
import { EngineFill, EngineOrder, EnginePosition, type Seat } from './model.ts';
import type { EngineRules } from './rules.ts';
import type { Rate } from './units.ts';

const rateFrom = ({ num, den }: RateState): Rate => ({ num: BigInt(num), den: BigInt(den) });

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
  account.purse.restoreAssets(state.assets);
  account.positionMode = state.positionMode;
  const seats = new Map<string, Seat>();
  for (const { symbol, terms, bidsLeft, asksLeft } of state.seats) {
    const seat = account.seat(engine.market(symbol));
    for (const side of Object.values(PositionSide)) seat.terms.set(side, terms[side]);
    seat.book.restore(bidsLeft, asksLeft);
    seats.set(symbol, seat);
  }
  const seatOf = (symbol: string): Seat => seats.get(symbol) ?? account.seat(engine.market(symbol));
  const positions = new Map<number, EnginePosition>();
  for (const row of state.positions) positions.set(row.id, restorePosition(row, seatOf(row.symbol)));
  for (const id of state.closed) account.closed.push(positions.get(id) as EnginePosition);
  for (const position of positions.values()) {
    if (position.lots === 0) continue;
    account.addPosition(position);
  }
  for (const row of state.orders) restoreOrder(row, seatOf(row.symbol));
  for (const { id, orderId, lots, ticks, isTaker, money, time } of state.fills) {
    const [value = 0n, fee = 0n, realizedPnl = 0n] = money.map(BigInt);
    const order = account.orders.get(orderId) as EngineOrder;
    account.fills.push(new EngineFill(order, { id, lots, ticks, isTaker, value, fee, realizedPnl, time }));
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
  const { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, clientOrderId, category } = state;
  const { ticks, lots, filled, status, end, closing, positionId, updatedAt, version } = state;
  const terms = { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, category };
  const stops = state.stops === null ? null : restoredStops(state.stops);
  const order = new EngineOrder(state.id, { ...terms, seat, ticks, lots, clientOrderId, stops }, state.createdAt);
  const [frozen = 0n, opening = 0n, filledValue = 0n, makerFee = 0n, takerFee = 0n, usedMargin = 0n, realizedPnl = 0n] =
    state.money.map(BigInt);
  Object.assign(order, { filled, status, end, positionId, updatedAt, version });
  Object.assign(order, { filledValue, makerFee, takerFee, usedMargin, realizedPnl });
  account.orders.add(order);
  if (!order.isOpen) {
    order.finish(status, end);
    return;
  }
  const { arrivesAt, place, sequence, ahead } = state;
  Object.assign(order.live, { frozen, opening, closing, arrivesAt, place, sequence, ahead });
  seat.open.add(order);
  if (side === Side.BUY) {
    seat.closingBuy += closing;
    seat.openingBuy += opening;
  } else {
    seat.closingSell += closing;
    seat.openingSell += opening;
  }
}
