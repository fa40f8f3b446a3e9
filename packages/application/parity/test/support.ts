/** Orders, fills and recordings in a few words. */
import { Decimal, makeOrder, type Order, type OrderFields, type Trade } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import type { TapeScale } from '../src/compare.ts';
import type { Recording } from '../src/recording.ts';

export const d = (value: string | number): Decimal => new Decimal(value);

export const order = (id: string, change: Partial<OrderFields> = {}): Order =>
  makeOrder({
    ...{ id, clientOrderId: `c-${id}`, symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', price: d(100), quantity: d(2) },
    ...{ filledQuantity: d(0), averagePrice: null, status: 'NEW', reduceOnly: false, positionSide: null },
    ...{ createdAt: 1000, updatedAt: change.createdAt ?? 1000, fee: null },
    ...change,
  });

export const filled = (id: string, change: Partial<OrderFields> = {}): Order =>
  order(id, { filledQuantity: d(2), averagePrice: d(100), status: 'FILLED', ...change });

let lastTrade = 0;
export const trade = (orderId: string, change: Partial<Trade> = {}): Trade => {
  lastTrade += 1;
  return {
    ...{ id: `t${lastTrade}`, orderId, clientOrderId: `c-${orderId}`, symbol: 'BTC_USDT', side: 'BUY' as const },
    ...{ positionSide: null, price: d(100), quantity: d(2), fee: { asset: 'USDT', amount: d('0.08') } },
    ...{ liquidity: 'MAKER' as const, realizedPnl: d(0), time: 1500 },
    ...change,
  };
};

export const seen = (one: Order): ExecutionEvent => ({ kind: 'order', order: one });
export const fill = (one: Trade): ExecutionEvent => ({ kind: 'fill', trade: one });

export const recorded = (events: readonly ExecutionEvent[], change: Partial<Recording> = {}): Recording => ({
  ...{ from: null, to: null },
  events: events.map((event) => ({ time: timeOf(event), event })),
  ...change,
});

const timeOf = (event: ExecutionEvent): number => {
  if (event.kind === 'order') return event.order.updatedAt;
  if (event.kind === 'fill') return event.trade.time;
  return event.kind === 'gap' ? event.toMs : 0;
};

export const tape = (change: Partial<TapeScale> = {}): TapeScale => ({
  ...{ symbol: 'BTC_USDT', trades: 10, from: 0, to: 10_000, gaps: [], mark: d(101), prices: [] },
  ...{ tickSize: d('0.5'), quoteAsset: 'USDT' },
  ...change,
});
