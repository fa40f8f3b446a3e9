/** A recorded session beside its replay on paper, order by order: exact decimals, and quotients to 60 digits. */
import { type Decimal, type Order, OrderStatus, Side, ZERO } from '@prate/domain';
import { type SessionFill, type SessionOrder, sumOf } from './recording.ts';
import type { PaperOrder, PaperSession } from './replay.ts';
import type { LiveSession } from './session.ts';
import { signed } from './start.ts';
import type { TapeSeen } from './tape.ts';

/** Why an order cannot be compared. */
export const NotComparedReason = {
  /** No trades of its symbol were given. */
  NO_TRADES_OF_SYMBOL: 'NO_TRADES_OF_SYMBOL',
  /** It came after the last trade that was given, or had ended before the first. */
  NO_TRADES_AT_THAT_TIME: 'NO_TRADES_AT_THAT_TIME',
  /** It came, traded or ended where ids say that trades are missing. */
  TRADES_MISSING: 'TRADES_MISSING',
  /** The venue refused it: paper was not asked. */
  REFUSED_LIVE: 'REFUSED_LIVE',
  /** It traded, and the recording does not tell at which price. */
  PRICE_UNKNOWN: 'PRICE_UNKNOWN',
} as const;
export type NotComparedReason = (typeof NotComparedReason)[keyof typeof NotComparedReason];

/** What an order came to in one of the two sessions. Amounts are in the quote asset. */
export interface OrderSide {
  readonly status: OrderStatus;
  readonly filledQuantity: Decimal;
  /** Null without a fill, as for the times. */
  readonly averagePrice: Decimal | null;
  /** Paid above 0; null where it is not known, or was paid in another asset than the other fees of its symbol. */
  readonly fee: Decimal | null;
  readonly firstFillAt: number | null;
  readonly lastFillAt: number | null;
  /** As the venue counts it, fees not included; null where a fill does not tell it. */
  readonly realizedPnl: Decimal | null;
  /** What its fills are worth at the last price of the session, before fees. */
  readonly profit: Decimal;
}

export type Difference = 'status' | 'quantity' | 'price' | 'fee' | 'time' | 'realizedPnl';

export interface OrderComparison {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: Order['type'];
  readonly price: Decimal | null;
  readonly quantity: Decimal;
  readonly createdAt: number;
  readonly live: OrderSide;
  readonly paper: OrderSide;
  /** Why paper refused it; null where it did not. */
  readonly refusal: string | null;
  /** Average on paper less average live; null unless both traded. */
  readonly priceDifference: PriceDifference | null;
  /** In which the two differ; empty where they are the same. */
  readonly differences: readonly Difference[];
}

export interface PriceDifference {
  readonly absolute: Decimal;
  readonly ticks: Decimal;
  /** Ten-thousandths of the live price. */
  readonly basisPoints: Decimal;
}

export interface NotCompared {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly createdAt: number;
  readonly reason: NotComparedReason;
}

/** What a symbol's tape is measured by. */
export interface TapeScale extends TapeSeen {
  readonly tickSize: Decimal;
  readonly quoteAsset: string;
}

export interface ComparedOrders {
  readonly compared: readonly OrderComparison[];
  readonly notCompared: readonly NotCompared[];
  /** Fills of what was compared: the profit of both sessions follows from them. */
  readonly fills: { readonly live: readonly SessionFill[]; readonly paper: readonly SessionFill[] };
  /** Orders that lived through a time of which trades are missing, and were compared all the same. */
  readonly throughGaps: number;
}

export function compareOrders(
  live: LiveSession,
  paper: PaperSession,
  tapes: ReadonlyMap<string, TapeScale>,
): ComparedOrders {
  const compared: OrderComparison[] = [];
  const notCompared: NotCompared[] = [];
  const fills: { live: SessionFill[]; paper: SessionFill[] } = { live: [], paper: [] };
  let throughGaps = 0;
  for (const order of live.orders.values()) {
    const { id, clientOrderId, symbol, createdAt } = order.first;
    const tape = tapes.get(symbol);
    const reason = tape === undefined ? NotComparedReason.NO_TRADES_OF_SYMBOL : whyNot(order, tape, live.to);
    if (reason !== null || tape === undefined) {
      notCompared.push({
        id,
        clientOrderId,
        symbol,
        createdAt,
        reason: reason ?? NotComparedReason.NO_TRADES_OF_SYMBOL,
      });
      continue;
    }
    const twin = paper.orders.get(id) ?? { order: null, refusal: null, fills: [] };
    // what is still open when the recording ends may trade later: nobody knows what it did live
    const known = order.last.isActive ? { ...twin, fills: twin.fills.filter(({ time }) => time <= live.to) } : twin;
    compared.push(compareOrder(order, known, tape));
    fills.live.push(...order.fills);
    fills.paper.push(...known.fills);
    if (tape.gaps.some(({ fromMs, toMs }) => fromMs < endOf(order, live.to) && order.first.createdAt < toMs))
      throughGaps += 1;
  }
  return { compared, notCompared, fills, throughGaps };
}

const endOf = ({ last }: SessionOrder, to: number): number => (last.isActive ? to : last.updatedAt);

function whyNot(order: SessionOrder, tape: TapeScale, to: number): NotComparedReason | null {
  const { first, last, fills, filledBefore } = order;
  if (last.status === OrderStatus.REJECTED) return NotComparedReason.REFUSED_LIVE;
  const end = endOf(order, to);
  if (first.createdAt > tape.to || end < tape.from) return NotComparedReason.NO_TRADES_AT_THAT_TIME;
  const moments = [first.createdAt, end, ...fills.map(({ time }) => time)];
  if (tape.gaps.some(({ fromMs, toMs }) => moments.some((time) => time >= fromMs && time < toMs)))
    return NotComparedReason.TRADES_MISSING;
  const told = sumOf(fills.map((fill) => fill.quantity)).plus(filledBefore);
  return told.lt(last.filledQuantity) ? NotComparedReason.PRICE_UNKNOWN : null;
}

function compareOrder(order: SessionOrder, twin: PaperOrder, tape: TapeScale): OrderComparison {
  const { last, filledBefore } = order;
  const { id, clientOrderId, symbol, side, type, price, createdAt } = last;
  const quantity = last.quantity.minus(filledBefore);
  const live = sideOf(last.status, quantity, order.fills, tape);
  const paper = sideOf(twin.order?.status ?? OrderStatus.REJECTED, quantity, twin.fills, tape);
  return {
    ...{ id, clientOrderId, symbol, side, type, price, quantity, createdAt, live, paper },
    refusal: twin.refusal === null ? null : `${twin.refusal.reason}: ${twin.refusal.message}`,
    priceDifference: priceDifference(live, paper, tape),
    differences: differencesOf(live, paper, order.fills.every(isTold)),
  };
}

function sideOf(
  status: OrderStatus,
  quantity: Decimal,
  fills: readonly SessionFill[],
  { mark, quoteAsset }: TapeScale,
): OrderSide {
  const filledQuantity = sumOf(fills.map((fill) => fill.quantity));
  const value = sumOf(fills.map((fill) => fill.price.mul(fill.quantity)));
  const times = fills.map(({ time }) => time);
  const fee = fills.every((fill) => fill.fee?.asset === quoteAsset)
    ? sumOf(fills.map((fill) => fill.fee?.amount ?? ZERO))
    : null;
  return {
    status: statusOf(status, filledQuantity, quantity),
    filledQuantity,
    averagePrice: filledQuantity.isZero() ? null : value.div(filledQuantity),
    fee,
    firstFillAt: times.length === 0 ? null : Math.min(...times),
    lastFillAt: times.length === 0 ? null : Math.max(...times),
    realizedPnl: fills.every((fill) => fill.realizedPnl !== null)
      ? sumOf(fills.map((fill) => fill.realizedPnl ?? ZERO))
      : null,
    profit: profitOf(fills, mark),
  };
}

/** What fills are worth when what they hold is valued at this price, before fees. */
const profitOf = (fills: readonly SessionFill[], price: Decimal): Decimal =>
  sumOf(fills.map((fill) => price.minus(fill.price).mul(signed(fill))));

const ENDED: readonly OrderStatus[] = [OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.EXPIRED];

/** What is open is told by what it traded in this session alone. */
function statusOf(status: OrderStatus, filled: Decimal, quantity: Decimal): OrderStatus {
  if (ENDED.includes(status)) return status;
  if (filled.isZero()) return OrderStatus.NEW;
  return filled.lt(quantity) ? OrderStatus.PARTIALLY_FILLED : OrderStatus.FILLED;
}

function priceDifference(live: OrderSide, paper: OrderSide, { tickSize }: TapeScale): PriceDifference | null {
  if (live.averagePrice === null || paper.averagePrice === null) return null;
  const absolute = paper.averagePrice.minus(live.averagePrice);
  const basisPoints = absolute.div(live.averagePrice).mul(10_000);
  return { absolute, ticks: absolute.div(tickSize), basisPoints };
}

/** A fill that only the order tells of has no time of its own. */
const isTold = ({ liquidity }: SessionFill): boolean => liquidity !== null;

function differencesOf(live: OrderSide, paper: OrderSide, timesTold: boolean): Difference[] {
  const same = (a: Decimal | null, b: Decimal | null): boolean => (a === null || b === null ? a === b : a.eq(b));
  // a fee or a profit that the recording does not tell differs from nothing
  const differs = (a: Decimal | null, b: Decimal | null): boolean => a !== null && b !== null && !a.eq(b);
  const checks: readonly (readonly [Difference, boolean])[] = [
    ['status', !sameEnd(live, paper)],
    ['quantity', !live.filledQuantity.eq(paper.filledQuantity)],
    ['price', !same(live.averagePrice, paper.averagePrice)],
    ['fee', differs(live.fee, paper.fee)],
    ['time', timesTold && (live.firstFillAt !== paper.firstFillAt || live.lastFillAt !== paper.lastFillAt)],
    ['realizedPnl', differs(live.realizedPnl, paper.realizedPnl)],
  ];
  return checks.flatMap(([difference, found]) => (found ? [difference] : []));
}

/** Ended without a fill is one end: a post-only order that would take is refused by one venue and cancelled by another. */
const sameEnd = (live: OrderSide, paper: OrderSide): boolean =>
  live.status === paper.status ||
  (ENDED.includes(live.status) &&
    ENDED.includes(paper.status) &&
    live.filledQuantity.isZero() &&
    paper.filledQuantity.isZero());

/** How much better live did than paper in this order's direction, for one of the base asset; below 0 paper did. */
export const liveBetterBy = ({ side, priceDifference }: OrderComparison): Decimal =>
  (side === Side.BUY ? priceDifference?.absolute : priceDifference?.absolute.neg()) ?? ZERO;
