import { OrderStatus, OrderType } from '@prate/domain';
import { cancelOrder, keepHold, leave, NOTHING } from './leaving.ts';
import { directionOf, EngineFill, type EngineOrder, EnginePosition, type Seat, type Touched } from './model.ts';
import { ceilDiv, partOf } from './units.ts';
import { type FillMoney, netOf } from './wallet.ts';

/** What a fill would do. */
interface Plan {
  readonly lots: number;
  readonly value: bigint;
  /** The part that closes, and the position that it closes. */
  readonly closing: number;
  readonly closed: EnginePosition | null;
  readonly closingValue: bigint;
  readonly closedCost: bigint;
  readonly openingValue: bigint;
  readonly money: FillMoney;
  /** By how much available changes. */
  readonly net: bigint;
  /** What the rest of the order goes on holding. */
  readonly kept: bigint;
}

/**
 * Trades at most `wanted` lots of an open order at a price. An order that may only reduce trades no more than stands against
 * it; what the account cannot pay for does not open: in both cases the rest of the order is cancelled.
 * @returns how many lots were traded
 */
export function fillOrder(order: EngineOrder, ticks: number, wanted: number, isTaker: boolean, timeMs: number): number {
  const { seat } = order;
  const offered = Math.min(wanted, order.left);
  if (offered === 0) return 0;
  const closed = seat.closes(order.terms);
  const closable = closed?.lots ?? 0;
  let plan = planFill(order, closed, ticks, order.reduces ? Math.min(offered, closable) : offered, isTaker);
  let cannotPay = false;
  if (plan.money.marginTaken > 0n && seat.wallet.available + plan.net < 0n) {
    plan = planFill(order, closed, ticks, Math.min(plan.lots, closable), isTaker);
    cannotPay = true;
  }
  const isCut = plan.lots < offered;
  const end = cannotPay ? 'INSUFFICIENT_BALANCE' : 'NO_POSITION';
  if (plan.lots === 0 || (isCut && order.type === OrderType.FOK)) {
    cancelOrder(order, end, timeMs);
    return 0;
  }
  bookFill(order, ticks, plan, isTaker, timeMs);
  if (isCut && order.isOpen) cancelOrder(order, end, timeMs);
  return plan.lots;
}

function planFill(
  order: EngineOrder,
  closed: EnginePosition | null,
  ticks: number,
  lots: number,
  isTaker: boolean,
): Plan {
  const { seat, terms, left } = order;
  const { grid } = seat.market;
  const costs = seat.terms.costs(terms.leverage);
  const product = grid.product(ticks, lots);
  const value = grid.valueOf(product);
  const closing = closed === null ? 0 : Math.min(lots, closed.lots);
  const opening = lots - closing;
  let closingValue = 0n;
  let closedCost = 0n;
  let marginReleased = 0n;
  let realizedPnl = 0n;
  if (closed !== null && closing > 0) {
    const share = closed.shareOf(closing);
    closingValue = opening === 0 ? value : grid.value(ticks, closing);
    closedCost = share.cost;
    marginReleased = share.margin;
    realizedPnl = closed.gain(share.cost, closingValue);
  }
  let openingValue = 0n;
  let marginTaken = 0n;
  if (opening > 0) {
    const opened = closing === 0 ? product : grid.product(ticks, opening);
    openingValue = closing === 0 ? value : grid.valueOf(opened);
    marginTaken = costs.margin(opened);
  }
  // the rest keeps its share of what is held, rounded up; the last fill sets all of it free
  const { frozen } = order.live;
  const kept = lots === left || frozen === 0n ? 0n : ceilDiv(frozen * BigInt(left - lots), BigInt(left));
  const unfrozen = kept === 0n ? frozen : frozen - kept;
  const money = { unfrozen, marginReleased, marginTaken, realizedPnl, fee: costs.fee(product, isTaker) };
  return { lots, value, closing, closed, closingValue, closedCost, openingValue, money, net: netOf(money), kept };
}

function bookFill(order: EngineOrder, ticks: number, plan: Plan, isTaker: boolean, timeMs: number): void {
  const { seat } = order;
  const { account, wallet } = seat;
  const { lots, value, closing, closed, money } = plan;
  const { fee, realizedPnl } = money;
  wallet.settleFill(money, plan.net);
  const stillOpen = lots < order.left;
  order.filled += lots;
  order.filledValue = plus(order.filledValue, value);
  order.realizedPnl = plus(order.realizedPnl, realizedPnl);
  order.usedMargin = plus(order.usedMargin, money.marginTaken);
  if (isTaker) order.takerFee = plus(order.takerFee, fee);
  else order.makerFee = plus(order.makerFee, fee);
  if (stillOpen) {
    order.status = OrderStatus.PARTIALLY_FILLED;
    const { live, left: rest } = order;
    const stillClosing = Math.min(Math.max(live.closing - closing, 0), rest);
    const opening = partOf(live.opening, rest, rest + lots);
    keepHold(order, { frozen: plan.kept, closing: stillClosing, opening });
  } else {
    leave(order);
    keepHold(order, NOTHING);
    seat.open.remove(order);
    order.finish(OrderStatus.FILLED, order.end);
  }
  const touched = move(order, plan, timeMs);
  order.touch(timeMs);
  const id = account.engine.nextId();
  const fill = new EngineFill(order, { id, lots, value, ticks, isTaker, fee, realizedPnl, time: timeMs });
  account.fills.push(fill);
  account.tellFill(fill, touched);
  if (closed !== null && closed.lots === 0) dropReducing(closed, timeMs);
}

/** Most sums begin with nothing, and most parts are nothing. */
const plus = (sum: bigint, part: bigint): bigint => (part === 0n ? sum : sum === 0n ? part : sum + part);

/** Ends what the order may end, and opens the rest; a fee is shared between the two by their lots. */
function move(order: EngineOrder, plan: Plan, timeMs: number): Touched {
  const { seat } = order;
  const { closed, closing, lots, money } = plan;
  let opened: EnginePosition | null = null;
  const closingFee = closing === 0 ? 0n : partOf(money.fee, closing, lots);
  if (closed !== null && closing > 0) {
    const { closedCost: cost, closingValue } = plan;
    closed.close(closing, closingValue, { cost, margin: money.marginReleased, realizedPnl: money.realizedPnl });
    closed.fees += closingFee;
    closed.touch(timeMs);
    order.positionId = closed.id;
    if (closed.lots === 0) seat.account.endPosition(closed);
  }
  if (lots > closing) {
    const side = directionOf(order.side);
    opened = seat.held(side) ?? begin(seat, order, timeMs);
    opened.open(lots - closing, plan.openingValue, money.marginTaken);
    opened.fees += money.fee - closingFee;
    opened.touch(timeMs);
    order.positionId = opened.id;
  }
  seat.market.disturb();
  return { closed: closing > 0 ? closed : null, opened };
}

function begin(seat: Seat, { side, terms: asked }: EngineOrder, timeMs: number): EnginePosition {
  const { account } = seat;
  const terms = { side: directionOf(side), marginMode: asked.marginMode, leverage: asked.leverage };
  const position = new EnginePosition(account.engine.nextPositionId(), seat, terms, timeMs);
  account.addPosition(position);
  return position;
}

/** With a position goes what its reducing orders were for. */
export function dropReducing(position: EnginePosition, timeMs: number): void {
  const { seat } = position;
  if (seat.open.reducing === 0) return;
  for (const order of seat.open.list()) {
    const closes = directionOf(order.side) !== position.side;
    if (order.isOpen && order.reduces && closes) cancelOrder(order, 'NO_POSITION', timeMs);
  }
}
