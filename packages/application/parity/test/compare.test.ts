import type { OrderFields } from '@prate/domain';
import { TradeColumnsBuilder } from '@prate/domain/candles';
import type { TradesItem } from '@prate/market-data-port';
import { describe, expect, it } from 'vitest';
import { compareOrders, type TapeScale } from '../src/compare.ts';
import { profitCurve, thinned } from '../src/curve.ts';
import { compareFunding } from '../src/funding.ts';
import { fillOf, type SessionFill } from '../src/recording.ts';
import type { PaperOrder } from '../src/replay.ts';
import { liveSession } from '../src/session.ts';
import { summarise } from '../src/summary.ts';
import { TapeWatch } from '../src/tape.ts';
import { d, fill, filled, order, recorded, seen, tape, trade } from './support.ts';

const tapes = (scale: TapeScale = tape()) => new Map([[scale.symbol, scale]]);
const usdt = (amount: string) => ({ asset: 'USDT', amount: d(amount) });

/** A live order that traded 2 at 100 as a maker, beside what it did on paper. */
function beside(price: string, quantity: string, change: Partial<OrderFields> = {}, scale?: TapeScale) {
  const { side = 'BUY' } = change;
  const live = [
    seen(order('1', change)),
    fill(trade('1', { side })),
    seen(filled('1', { updatedAt: 1500, ...change })),
  ];
  const bought = trade('p', { side, price: d(price), quantity: d(quantity), fee: usdt('0.1') });
  const twin: PaperOrder = {
    order:
      quantity === '2'
        ? filled('p', change)
        : order('p', { ...change, filledQuantity: d(quantity), averagePrice: d(price), status: 'PARTIALLY_FILLED' }),
    refusal: null,
    fills: [fillOf(bought)],
  };
  return compareOrders(liveSession(recorded(live)), { orders: new Map([['1', twin]]), notes: [] }, tapes(scale));
}

describe('an order beside its replay', () => {
  it('difference in ticks and basis points, fee and profit at the last price', () => {
    const { compared } = beside('101', '2');
    const [one] = compared;
    expect(one?.priceDifference).toEqual({ absolute: d(1), ticks: d(2), basisPoints: d(100) });
    expect(one?.differences).toEqual(['price', 'fee']);
    // bought 2 at 100 and at 101; the tape ends at 101
    expect([one?.live.profit, one?.paper.profit].map(String)).toEqual(['2', '0']);
  });

  it.each([
    ['BUY', '101', 'live', '1'],
    ['BUY', '99', 'paper', '-1'],
    ['SELL', '101', 'paper', '-1'],
    ['SELL', '99', 'live', '1'],
  ] as const)('a %s at %s on paper: %s did better', (side, price, _who, better) => {
    const { compared } = beside(price, '2', { side });
    expect(summarise(compared, null).price).toMatchObject({ liveBetterBy: d(better), quantity: d(2) });
  });

  it('shares and weights follow what was filled', () => {
    const { compared } = beside('101', '0.5');
    const summary = summarise(compared, null);
    expect(summary).toMatchObject({ orders: 1, same: 0, filled: { both: 1, onlyLive: 0, onlyPaper: 0, neither: 0 } });
    expect([summary.shareFilled?.live, summary.shareFilled?.paper, summary.price?.quantity].map(String)).toEqual([
      ...['1', '0.25', '0.5'],
    ]);
    expect([summary.fees.live, summary.fees.paper, summary.fees.difference].map(String)).toEqual([
      '0.08',
      '0.1',
      '0.02',
    ]);
    // 2 × (101 − 100) − 0.08 and 0.5 × 0 − 0.1
    expect([summary.netProfit.live, summary.netProfit.paper].map(String)).toEqual(['1.92', '-0.1']);
    expect(compared[0]?.differences).toEqual(['status', 'quantity', 'price', 'fee']);
  });

  it('a post-only order that one venue refuses and another cancels ends alike', () => {
    const change = { type: 'POST_ONLY', status: 'CANCELLED' } as const;
    const twin: PaperOrder = { order: null, refusal: { reason: 'POST_ONLY_WOULD_TAKE', message: 'no' }, fills: [] };
    const live = liveSession(recorded([seen(order('1', change))]));
    const { compared } = compareOrders(live, { orders: new Map([['1', twin]]), notes: [] }, tapes());
    expect(compared[0]).toMatchObject({ differences: [], refusal: 'POST_ONLY_WOULD_TAKE: no' });
  });

  it('what traded on paper after the recording ended is not compared, where the order was still open', () => {
    const late = trade('p', { time: 5000 });
    const twin: PaperOrder = { order: filled('p'), refusal: null, fills: [fillOf(late)] };
    const live = liveSession(recorded([seen(order('1'))], { to: 4000 }));
    const { compared } = compareOrders(live, { orders: new Map([['1', twin]]), notes: [] }, tapes());
    expect(compared[0]).toMatchObject({ differences: [], paper: { status: 'NEW', filledQuantity: d(0) } });
  });
});

describe('what cannot be compared', () => {
  const reason = (change: Partial<OrderFields>, scale: TapeScale) =>
    beside('100', '2', change, scale).notCompared.map((one) => one.reason);

  it.each([
    ['no trades of its symbol', {}, tape({ symbol: 'ETH_USDT' }), 'NO_TRADES_OF_SYMBOL'],
    ['it came after the last trade', {}, tape({ to: 999 }), 'NO_TRADES_AT_THAT_TIME'],
    ['it had ended before the first', {}, tape({ from: 1501 }), 'NO_TRADES_AT_THAT_TIME'],
    ['it came in a gap', {}, tape({ gaps: [{ fromMs: 1000, toMs: 1001 }] }), 'TRADES_MISSING'],
    ['it traded in a gap', {}, tape({ gaps: [{ fromMs: 1400, toMs: 1600 }] }), 'TRADES_MISSING'],
  ])('%s', (_rule, change, scale, expected) => {
    expect(reason(change, scale)).toEqual([expected]);
  });

  it('a gap between its creation and its end is told, and does not keep it from being compared', () => {
    const compared = beside('100', '2', {}, tape({ gaps: [{ fromMs: 1100, toMs: 1200 }] }));
    expect(compared).toMatchObject({ notCompared: [], throughGaps: 1 });
  });

  it('an order that the venue refused, and one that traded at a price that nobody tells', () => {
    const nowhere = { type: 'MARKET', price: null, averagePrice: null } as const;
    const events = [order('1', { status: 'REJECTED' }), filled('2', nowhere)].map(seen);
    const { notCompared } = compareOrders(liveSession(recorded(events)), { orders: new Map(), notes: [] }, tapes());
    expect(notCompared.map((one) => one.reason)).toEqual(['REFUSED_LIVE', 'PRICE_UNKNOWN']);
  });
});

describe('funding', () => {
  const payment = { symbol: 'BTC_USDT', amount: d('-0.3'), asset: 'USDT', rate: d('0.0001'), time: 3000 };
  const bought = (quantity: string): SessionFill[] => [fillOf(trade('1', { quantity: d(quantity) }))];
  const symbols = new Set(['BTC_USDT']);

  it('paper pays in proportion to its position', () => {
    const { payments } = compareFunding([payment], { live: bought('3'), paper: bought('2') }, [], symbols);
    expect(payments[0]).toMatchObject({ live: d('-0.3'), paper: d('-0.2'), livePosition: d(3), paperPosition: d(2) });
  });

  it('a payment for a position that no order explains is not compared', () => {
    const sold = [...bought('3'), fillOf(trade('2', { side: 'SELL', quantity: d(3), time: 2000 }))];
    expect(compareFunding([payment], { live: sold, paper: [] }, [], symbols)).toMatchObject({
      payments: [],
      notCompared: [payment],
    });
  });
});

describe('the picture', () => {
  it('profit: cash, and what is held at the price of the moment, less fees, with funding', () => {
    const prices = [1000, 1500, 2000, 3000].map((time, i) => ({ time, price: 100 + i }));
    const fills = { live: [fillOf(trade('1'))], paper: [] };
    const paid = { time: 2500, live: d('-0.5'), paper: d(0), symbol: 'BTC_USDT', asset: 'USDT', rate: d(0) };
    const curve = profitCurve(prices, fills, [{ ...paid, livePosition: d(2), paperPosition: d(0) }]);
    // 2 at 100, fee 0.08
    expect(curve.map(({ live }) => live)).toEqual([0, 1.92, 3.92, 5.42]);
    expect(curve.map(({ paper }) => paper)).toEqual([0, 0, 0, 0]);
  });

  it('thinned prices keep both ends, every peak of a stretch, and the moments of fills', () => {
    const prices = Array.from({ length: 10_000 }, (_, i) => ({ time: i * 1000, price: i === 5678 ? 999 : i % 7 }));
    const shown = thinned(prices, 400, [4_321_500]);
    expect(shown.length).toBeLessThan(500);
    expect([shown[0]?.time, shown.at(-1)?.time]).toEqual([0, 9_999_000]);
    expect(shown.map(({ time }) => time)).toEqual(shown.map(({ time }) => time).toSorted((a, b) => a - b));
    for (const time of [5_678_000, 4_322_000]) expect(shown.some((one) => one.time === time)).toBe(true);
    expect(thinned(prices.slice(0, 5), 400, [])).toEqual(prices.slice(0, 5));
  });
});

describe('the tape', () => {
  const print = (time: number, price: string): TradesItem => {
    const trades = new TradeColumnsBuilder();
    trades.push(time, price, '1', 'BUY', null);
    return { kind: 'trades', symbol: 'BTC_USDT', trades: trades.finish() };
  };

  it('profit is counted at the last price of the session, however long the tape goes on', () => {
    const watch = new TapeWatch('BTC_USDT', 2000);
    for (const item of [print(1000, '100'), print(2000, '101.5'), print(2001, '200')]) watch.see(item);
    expect(watch.seen()).toMatchObject({ mark: d('101.5'), trades: 3, from: 1000, to: 2001 });
    expect(watch.last).toEqual(d(200));
  });

  it('the price of every second is its last one; gaps are kept; nothing traded is nothing seen', () => {
    const watch = new TapeWatch('BTC_USDT', 9000);
    expect(watch.seen()).toBe(null);
    watch.see({ kind: 'gap', fromMs: 0, toMs: 500 });
    for (const item of [print(1000, '100'), print(1999, '101'), print(2000, '102')]) watch.see(item);
    watch.see({ kind: 'heartbeat', timeMs: 3000 });
    expect(watch.seen()).toMatchObject({
      gaps: [{ fromMs: 0, toMs: 500 }],
      prices: [
        { time: 1999, price: 101 },
        { time: 2000, price: 102 },
      ],
    });
  });
});
