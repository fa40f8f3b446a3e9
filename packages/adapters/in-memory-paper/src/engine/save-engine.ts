/** An engine as plain JSON; restore-engine.ts is the way back. */
import { PositionSide } from '@prate/domain';
import { saved } from '../triggers/saved-triggers.ts';
import type { Engine } from './engine.ts';
import {
  type AccountState,
  type EngineState,
  type FillState,
  type MarketState,
  type OrderState,
  type PositionState,
  type RateState,
  VERSION,
} from './engine-state.ts';
import type { SymbolMarket } from './market.ts';
import type { EngineAccount, EngineFill, EngineOrder, EnginePosition, Seat } from './model.ts';
import type { Rate } from './units.ts';

const texts = (...money: readonly bigint[]): readonly string[] => money.map(String);
const rateState = ({ num, den }: Rate): RateState => ({ num: String(num), den: String(den) });
const symbolOf = ({ market }: Seat): string => market.instrument.symbol;

/** How rows are written that cannot change any more. */
type Final = <Row>(make: () => Row) => Row;

const AT_ONCE: Final = (make) => make();
/** When it becomes JSON. */
const LATER: Final = <Row>(make: () => Row) => ({ toJSON: make }) as Row;

/** @param isWholeLater rows that cannot change any more are written when the state becomes JSON */
export function saveEngine(engine: Engine, isWholeLater = false): EngineState {
  const final = isWholeLater ? LATER : AT_ONCE;
  return {
    version: VERSION,
    seed: engine.chance.seed,
    drawn: engine.chance.drawn,
    lastId: engine.lastId,
    lastPositionId: engine.lastPositionId,
    ledger: engine.ledger.lines().map(({ account, asset, amount }) => [account, asset, String(amount)] as const),
    markets: [...engine.markets.values()].map(saveMarket),
    accounts: [...engine.accounts.values()].map((account) => saveAccount(account, final)),
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

function saveAccount(account: EngineAccount, final: Final): AccountState {
  const { fees } = account;
  return {
    name: account.name,
    fees: fees === null ? null : { maker: rateState(fees.maker), taker: rateState(fees.taker) },
    assets: account.purse.assets(),
    positionMode: account.positionMode,
    seats: [...account.seats.values()].map((seat) => {
      const { bids, asks } = seat.book.left();
      const terms = { LONG: seat.terms.of(PositionSide.LONG), SHORT: seat.terms.of(PositionSide.SHORT) };
      return { symbol: symbolOf(seat), terms, bidsLeft: bids, asksLeft: asks };
    }),
    positions: [
      ...account.closed.map((position) => final(() => savePosition(position))),
      ...[...account.positions.values()].map(savePosition),
    ],
    closed: account.closed.map(({ id }) => id),
    orders: account.orders.all().map((order) => (order.isOpen ? saveOrder(order) : final(() => saveOrder(order)))),
    fills: account.fills.map((fill) => final(() => saveFill(fill))),
    fundings: account.fundings.map(({ id, position, value, amount, rate, time }) =>
      final(() => ({
        id,
        positionId: position.id,
        money: texts(value, amount),
        rate: rateState(rate),
        time,
      })),
    ),
  };
}

function saveFill({ id, order, lots, ticks, isTaker, value, fee, realizedPnl, time }: EngineFill): FillState {
  return { id, orderId: order.id, lots, ticks, isTaker, money: texts(value, fee, realizedPnl), time };
}

function saveOrder(order: EngineOrder): OrderState {
  const { terms, live } = order;
  return {
    id: order.id,
    symbol: symbolOf(order.seat),
    ...terms,
    clientOrderId: order.clientOrderId,
    asked: [order.ticks, order.lots],
    ticks: order.ticks,
    lots: order.lots,
    filled: order.filled,
    status: order.status,
    end: order.end,
    money: texts(
      live.frozen,
      live.opening,
      order.filledValue,
      order.makerFee,
      order.takerFee,
      order.usedMargin,
      order.realizedPnl,
    ),
    closing: live.closing,
    positionId: order.positionId,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    version: order.version,
    arrivesAt: live.arrivesAt,
    place: live.place,
    sequence: live.sequence,
    ahead: live.ahead,
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
