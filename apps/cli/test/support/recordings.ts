import { START, TRADES_HEADER } from './data.ts';

/** One trade a second, from 100.1 up by 0.1; ids from 1000. Number 1 is bought by what `buyLines` records. */
export const tape = (count: number, missing: readonly number[] = []): string => {
  const rows = Array.from({ length: count }, (_, i) => {
    const price = (1001 + i) / 10;
    return `${START + i * 1000},${price.toFixed(1)},1.00${i % 9},${i % 2 === 0 ? 'buy' : 'sell'},${1000 + i},`;
  });
  return `${[TRADES_HEADER, ...rows.filter((_row, i) => !missing.includes(i))].join('\n')}\n`;
};

const own = { symbol: 'BTC_USDT', side: 'BUY', positionSide: null, orderId: undefined };
const placed = START + 500;
const traded = START + 1000;

export const order = (change: object = {}): Record<string, unknown> => ({
  ...{ id: '7', clientOrderId: 'mine', symbol: 'BTC_USDT', side: 'BUY', type: 'MARKET', price: null, quantity: '0.5' },
  ...{ filledQuantity: '0', averagePrice: null, status: 'NEW', reduceOnly: false, positionSide: null },
  ...{ createdAt: placed, updatedAt: placed, fee: null },
  ...change,
});

/** 0.5 × 100.2 × 0.0004 */
const fee = { asset: 'USDT', amount: '0.02004' };

export const filledOrder = (): object =>
  order({ filledQuantity: '0.5', averagePrice: '100.2', status: 'FILLED', updatedAt: traded, fee });

export const ownFill = (): object => ({
  ...own,
  ...{ id: 'f1', orderId: '7', clientOrderId: 'mine', price: '100.2', quantity: '0.5', fee },
  ...{ liquidity: 'TAKER', realizedPnl: '0', time: traded },
});

/** A market order that was filled by trade number 1 of the tape. */
export const buyLines = (): string[] =>
  [
    { time: START, kind: 'start', venue: 'mexc' },
    { time: placed, kind: 'order', order: order() },
    { time: traded, kind: 'fill', trade: ownFill() },
    { time: traded, kind: 'order', order: filledOrder() },
    { time: START + 60_000, kind: 'end' },
  ].map((line) => JSON.stringify({ version: 1, ...line }));
