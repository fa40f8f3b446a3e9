import { type Decimal, makeOrder, type Order, OrderStatus, type Trade, ZERO } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';

/** One event of an account, and when it was seen, epoch ms. */
export interface RecordedEvent {
  readonly time: number;
  readonly event: ExecutionEvent;
}

/** What happened to an account while somebody watched. */
export interface Recording {
  /** When the watching began and ended, epoch ms; null where that is not told. */
  readonly from: number | null;
  readonly to: number | null;
  /** In the order in which they came. */
  readonly events: readonly RecordedEvent[];
}

/** Which of two things at one moment came first is not known: a fill is told first, so that it says nothing of other orders. */
const Rank = { FILL: 0, CREATED: 1, FINAL: 2 } as const;

/** Orders that are final, and their fills where those are known, as the events that an account would have told of them. */
export function recordingOfHistory(orders: readonly Order[], fills: readonly Trade[]): Recording {
  const created = orders.map((order) => ({ rank: Rank.CREATED, ...at(order.createdAt, asCreated(order)) }));
  const traded = fills.map((trade) => ({ rank: Rank.FILL, time: trade.time, event: { kind: 'fill', trade } as const }));
  const ended = orders.map((order) => ({ rank: Rank.FINAL, ...at(order.updatedAt, order) }));
  const events = [...created, ...traded, ...ended].sort((a, b) => a.time - b.time || a.rank - b.rank);
  return { from: null, to: null, events: events.map(({ time, event }) => ({ time, event })) };
}

const at = (time: number, order: Order): RecordedEvent => ({ time, event: { kind: 'order', order } });

const asCreated = (order: Order): Order =>
  order.status === OrderStatus.REJECTED
    ? order
    : makeOrder({
        ...order,
        status: OrderStatus.NEW,
        filledQuantity: ZERO,
        averagePrice: null,
        fee: null,
        updatedAt: order.createdAt,
      });

/** What an order traded. */
export interface SessionFill {
  readonly symbol: string;
  readonly side: Order['side'];
  readonly positionSide: Order['positionSide'];
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Null where it is not known. */
  readonly fee: Order['fee'];
  readonly liquidity: Trade['liquidity'] | null;
  readonly realizedPnl: Decimal | null;
  readonly time: number;
}

/** One order of a session: as it was last seen, and what it traded meanwhile. */
export interface SessionOrder {
  /** As it was first seen. */
  readonly first: Order;
  readonly last: Order;
  /** What it had traded before the session. */
  readonly filledBefore: Decimal;
  readonly fills: readonly SessionFill[];
}

export const fillOf = (trade: Trade): SessionFill => {
  const { symbol, side, positionSide, price, quantity, fee, liquidity, realizedPnl, time } = trade;
  return { symbol, side, positionSide, price, quantity, fee, liquidity, realizedPnl, time };
};

export const sumOf = (amounts: readonly Decimal[]): Decimal => amounts.reduce((sum, amount) => sum.plus(amount), ZERO);

/** In the order in which they came. */
export function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
