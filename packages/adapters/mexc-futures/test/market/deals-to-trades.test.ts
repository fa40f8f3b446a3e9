import { Decimal } from '@prate/domain';
import { publicTradesOf } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { dealsToTrades } from '../../src/market/deals-to-trades.ts';
import { repairOf } from '../../src/market/trade-feed.ts';
import type { WireDeal } from '../../src/wire/deals.ts';

const deal = (more: Partial<WireDeal> = {}): WireDeal => ({
  price: '80000.5',
  vol: '13',
  takerSide: 1,
  time: 1_767_225_600_000,
  id: '16435741160',
  ...more,
});
const lines = (deals: readonly WireDeal[], contractSize: Decimal): string[] =>
  [...publicTradesOf('S', dealsToTrades(deals, contractSize))].map(
    ({ id, time, price, quantity, side }) => `${id} ${time} ${price} ${quantity} ${side}`,
  );

describe('trades of a push', () => {
  it('in the base asset, with the side of the taker and their ids', () => {
    expect(lines([deal(), deal({ takerSide: 2, id: null, price: '0.5' })], new Decimal('0.0001'))).toEqual([
      '16435741160 1767225600000 80000.5 0.0013 BUY',
      'null 1767225600000 0.5 0.0013 SELL',
    ]);
  });

  it('ids beyond 2^53 keep every digit', () => {
    expect(lines([deal({ id: '739113577038255617' })], new Decimal(1))[0]).toMatch(/^739113577038255617 /);
  });

  it('oldest first, those of one moment in the order in which they came', () => {
    const deals = [deal({ time: 5, id: '1' }), deal({ time: 5, id: '2' }), deal({ time: 4, id: '3' })];
    expect(lines(deals, new Decimal(1)).map((line) => line.slice(0, 3))).toEqual(['3 4', '1 5', '2 5']);
  });

  it('any price and volume, as Decimal has them', () => {
    const number = (most: bigint): fc.Arbitrary<string> =>
      fc
        .tuple(fc.bigInt(1n, most), fc.nat(6))
        .map(([digits, decimals]) => new Decimal(String(digits)).div(new Decimal(10).pow(decimals)).toString());
    // the largest do not fit the quick way
    const row = fc.record({ price: number(10n ** 9n), vol: fc.oneof(number(10n ** 9n), number(10n ** 17n)) });
    const size = fc.constantFrom('0.0001', '1', '10', '0.003', '1234');
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), size, (rows, text) => {
        const contractSize = new Decimal(text);
        const quantities = rows.map(({ vol }) => contractSize.mul(vol));
        const decimals = Math.max(...quantities.map((quantity) => quantity.decimalPlaces()));
        // beyond 2^63 columns hold doubles, and say so
        fc.pre(quantities.every((quantity) => quantity.mul(new Decimal(10).pow(decimals)).lt('9e18')));
        expect(lines(rows.map(deal), contractSize)).toEqual(
          rows.map(({ price }, i) => `16435741160 1767225600000 ${price} ${quantities[i]} BUY`),
        );
      }),
      cases(500),
    );
  });
});

describe('a repair by the last 100 trades', () => {
  const span = { fromMs: 100, toMs: 200 };
  const rows = (count: number, oldest: number): WireDeal[] =>
    Array.from({ length: count }, (_, i) => deal({ id: null, time: oldest + i })).reverse();

  it('is whole where there are fewer, or where they reach back behind the loss', () => {
    expect(repairOf(rows(99, 150), span)).toMatchObject({ missing: [], items: { length: 51 } });
    expect(repairOf(rows(100, 99), span)).toMatchObject({ missing: [], items: { length: 99 } });
    expect(repairOf([], span)).toEqual({ missing: [], items: [] });
  });

  it('else the time before the oldest is missing, its own millisecond included', () => {
    const { items, missing } = repairOf(rows(100, 150), span);
    expect(missing).toEqual([{ fromMs: 100, toMs: 150 }]);
    expect(items[0]?.time).toBe(151);
    expect(repairOf(rows(100, 300), span)).toEqual({ items: [], missing: [span] });
  });
});
