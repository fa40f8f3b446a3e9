import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  candlesFromTrades,
  pickTrades,
  publicTradesOf,
  sliceTrades,
  type TradeColumns,
  TradeColumnsBuilder,
  toDouble,
  tradeIdAt,
} from '../../src/candles/index.ts';
import { Decimal, InvalidInputError, InvalidRowError, Side, toInterval } from '../../src/index.ts';
import { exactRows, provenance } from './support.ts';

interface Tick {
  readonly time: number;
  readonly price: string;
  readonly quantity: string;
}

const SECOND = toInterval('1s');

const toColumns = (ticks: readonly Tick[]): TradeColumns => {
  const builder = new TradeColumnsBuilder();
  for (const { time, price, quantity } of ticks) builder.push(time, price, quantity, Side.BUY, null);
  return builder.finish();
};

const amount = (largest: number, decimals: number): fc.Arbitrary<string> =>
  fc
    .oneof(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: largest }))
    .map((units) => new Decimal(units).div(10 ** decimals).toString());

/** Trades in ascending time, several in a second, of everyday size and of such that products exceed 2^53. */
const ticks: fc.Arbitrary<Tick[]> = fc
  .tuple(fc.boolean(), fc.integer({ min: -20_000, max: 20_000 }))
  .chain(([big, start]) =>
    fc
      .array(
        fc.record({
          wait: fc.constantFrom(0, 0, 1, 300, 999, 1000, 2500, 9000),
          price: big ? amount(2 ** 40, 2) : amount(9_999_999, 2),
          quantity: big ? amount(2 ** 50, 3) : amount(99_999, 3),
        }),
        { maxLength: 20 },
      )
      .map((list) => {
        let time = start;
        return list.map(({ wait, price, quantity }) => {
          time += wait;
          return { time, price, quantity };
        });
      }),
  );

/** Candles by hand: one trade after the other, in exact decimals. */
function naiveRows(list: readonly Tick[], width: number): string[] {
  const buckets = new Map<number, Tick[]>();
  for (const tick of list) {
    const open = Math.floor(tick.time / width) * width;
    buckets.set(open, [...(buckets.get(open) ?? []), tick]);
  }
  return [...buckets].map(([open, part]) => {
    const prices = part.map((tick) => new Decimal(tick.price));
    const volume = part.reduce((sum, tick) => sum.plus(tick.quantity), new Decimal(0));
    const turnover = part.reduce((sum, tick) => sum.plus(new Decimal(tick.price).mul(tick.quantity)), new Decimal(0));
    return [
      open,
      prices[0],
      Decimal.max(...prices),
      Decimal.min(...prices),
      prices.at(-1),
      volume,
      turnover,
      part.length,
    ].join(',');
  });
}

describe('candlesFromTrades', () => {
  it('equals candles made by hand in exact decimals', () => {
    fc.assert(
      fc.property(ticks, fc.constantFrom(1, 5, 7, 60), (list, seconds) => {
        const columns = candlesFromTrades(toColumns(list), toInterval(seconds));
        if (columns.turnoverDecimals !== null) expect(exactRows(columns)).toEqual(naiveRows(list, seconds * 1000));
        else expect(list.some((tick) => new Decimal(tick.price).mul(tick.quantity).gt(1e12))).toBe(true);
      }),
      cases(500),
    );
  });

  it('open and close follow the order given, also within a millisecond', () => {
    const list = ['3', '1', '2'].map((price) => ({ time: 1500, price, quantity: '1' }));
    expect(exactRows(candlesFromTrades(toColumns(list), SECOND))).toEqual(['1000,3,3,1,2,3,6,3']);
  });

  it('coverage is what the feed watched of the bucket; by default all of it', () => {
    const trades = toColumns([{ time: 61_000, price: '1', quantity: '1' }]);
    const minute = toInterval('1m');
    expect(provenance(candlesFromTrades(trades, minute))).toEqual(['TRADES 60/60']);
    const observed = [
      { from: 0, to: 5000 },
      { from: 50_000, to: 70_000 },
      { from: 110_000, to: 300_000 },
    ];
    expect(provenance(candlesFromTrades(trades, minute, observed))).toEqual(['TRADES 20/60']);
    expect(provenance(candlesFromTrades(trades, minute, []))).toEqual(['TRADES 0/60']);
  });

  it('turnover that fits no grid is the nearest double, and marked', () => {
    const trades = toColumns([{ time: 0, price: '0.000000000001', quantity: '0.00000000003' }]);
    const { turnover, turnoverDecimals } = candlesFromTrades(trades, SECOND);
    expect([turnoverDecimals, turnover[0]]).toEqual([null, 1e-12 * 3e-11]);
    const huge = candlesFromTrades(
      toColumns([{ time: 0, price: '9007199254740991', quantity: '9007199254740991' }]),
      SECOND,
    );
    expect([huge.turnoverDecimals, toDouble(huge.turnover[0] as number, null)]).toEqual([
      null,
      Number(9007199254740991n ** 2n),
    ]);
  });

  it('descending time is refused with its row', () => {
    const trades = toColumns([2000, 1999].map((time) => ({ time, price: '1', quantity: '1' })));
    expect(() => candlesFromTrades(trades, SECOND)).toThrow(InvalidRowError);
    expect(() => candlesFromTrades(trades, SECOND)).toThrow('row 1: time 1999 comes after 2000');
  });
});

describe('TradeColumnsBuilder', () => {
  it('keeps trades as written', () => {
    const builder = new TradeColumnsBuilder();
    builder.push(1, '10.50', 0.1, Side.BUY, '90071992547409931');
    builder.push(2, '11', '9007199254740993', Side.SELL, '90071992547409932');
    const columns = builder.finish();
    expect(columns.quantity).toBeInstanceOf(BigInt64Array);
    expect([...publicTradesOf('BTC_USDT', columns)]).toEqual([
      {
        id: '90071992547409931',
        symbol: 'BTC_USDT',
        time: 1,
        price: new Decimal('10.5'),
        quantity: new Decimal('0.1'),
        side: 'BUY',
      },
      {
        id: '90071992547409932',
        symbol: 'BTC_USDT',
        time: 2,
        price: new Decimal(11),
        quantity: new Decimal('9007199254740993'),
        side: 'SELL',
      },
    ]);
  });

  it.each([
    { ids: ['7', '0', '9007199254740991'], kept: Float64Array.of(7, 0, 2 ** 53 - 1) },
    { ids: ['7', null, '9'], kept: Float64Array.of(7, -1, 9) },
    { ids: ['7', '9007199254740992'], kept: ['7', '9007199254740992'] },
    { ids: ['7', '007'], kept: ['7', '007'] },
    { ids: ['7', null, 'a'], kept: ['7', '', 'a'] },
    { ids: ['7', '-1'], kept: ['7', '-1'] },
    { ids: ['1e3'], kept: ['1e3'] },
  ])('ids $ids: numbers where all are, text where not, and the same text comes out', ({ ids, kept }) => {
    const builder = new TradeColumnsBuilder();
    for (const [i, id] of ids.entries()) builder.push(i, 1, 1, Side.BUY, id);
    const trades = builder.finish();
    expect(trades.ids).toEqual(kept);
    expect([...publicTradesOf('S', trades)].map(({ id }) => id)).toEqual(ids);
    const last = ids.length - 1;
    expect(tradeIdAt(sliceTrades(trades, last, last + 1), 0)).toBe(ids[last]);
    expect(tradeIdAt(pickTrades(trades, [last, 0]), 0)).toBe(ids[last]);
  });

  it('a batch without ids has none', () => {
    const builder = new TradeColumnsBuilder();
    builder.push(1, 1, 1, Side.BUY, null);
    expect(builder.finish().ids).toBeNull();
    expect(new TradeColumnsBuilder().finish()).toMatchObject({ length: 0, ids: null });
  });

  it.each([
    ['x', '1'],
    ['1', 'x'],
    ['1', -1],
  ])('price %s, quantity %s: refused, and the trades before stay as they were', (price, quantity) => {
    const builder = new TradeColumnsBuilder();
    builder.push(1, '1.5', '2', Side.BUY, 'a');
    expect(() => builder.push(2, price, quantity, Side.SELL, 'b')).toThrow(InvalidInputError);
    builder.push(3, '2', '3', Side.SELL, 'c');
    expect(
      [...publicTradesOf('S', builder.finish())].map((trade) => `${trade.id} ${trade.price} ${trade.quantity}`),
    ).toEqual(['a 1.5 2', 'c 2 3']);
  });
});
