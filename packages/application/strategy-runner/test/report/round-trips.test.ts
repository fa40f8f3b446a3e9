import { Decimal, PositionSide, Side, type Trade, ZERO } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { Draw } from '../../../../../tooling/test-support/draw.ts';
import { RoundTrips } from '../../src/report/round-trips.ts';

interface Fill {
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly fee?: number;
  readonly realizedPnl?: number;
  readonly positionSide?: PositionSide | null;
  readonly symbol?: string;
}

function play(trips: RoundTrips, fills: readonly Fill[]): RoundTrips {
  for (const [i, fill] of fills.entries()) {
    const { side, quantity, price, fee = 0, realizedPnl = 0, positionSide = null, symbol = 'BTC_USDT' } = fill;
    const trade: Trade = {
      ...{ id: `t${i}`, orderId: `o${i}`, clientOrderId: `c${i}`, symbol, side, positionSide },
      ...{ price: new Decimal(price), quantity: new Decimal(quantity), realizedPnl: new Decimal(realizedPnl) },
      ...{ fee: { asset: 'USDT', amount: new Decimal(fee) }, liquidity: 'TAKER' as const, time: (i + 1) * 1000 },
    };
    trips.fill(trade, trade.fee.amount);
  }
  return trips;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const buy = (quantity: number, price: number, more: Partial<Fill> = {}): Fill => ({
  ...{ side: Side.BUY, quantity, price, ...more },
});
const sell = (quantity: number, price: number, more: Partial<Fill> = {}): Fill => ({
  ...{ side: Side.SELL, quantity, price, ...more },
});

describe('a round trip', () => {
  test('has the average prices of what was opened and closed, all fees, and its result', () => {
    const trips = play(new RoundTrips(), [
      buy(1, 100, { fee: 1 }),
      buy(3, 104, { fee: 2 }),
      sell(2, 110, { fee: 1, realizedPnl: 14 }),
      sell(2, 112, { fee: 1, realizedPnl: 18 }),
    ]);
    expect(plain(trips.list())).toEqual({
      count: 1,
      rows: [
        {
          ...{ symbol: 'BTC_USDT', side: 'LONG', entryTime: 1000, exitTime: 4000 },
          ...{ entryPrice: '103', exitPrice: '111', quantity: '4', fees: '5', result: '27' },
        },
      ],
    });
    expect(trips.hasOpen).toBe(false);
  });

  test('that turns round ends, and the next begins at the same price with its share of the fee', () => {
    const trips = play(new RoundTrips(), [
      buy(1, 100),
      sell(4, 103, { fee: 4, realizedPnl: 3 }),
      buy(3, 101, { realizedPnl: 6 }),
    ]);
    expect(plain(trips.list().rows)).toMatchObject([
      { side: 'LONG', quantity: '1', entryPrice: '100', exitPrice: '103', fees: '1', result: '2' },
      {
        ...{ side: 'SHORT', quantity: '3', entryPrice: '103', exitPrice: '101', fees: '3', result: '3' },
        ...{ entryTime: 2000, exitTime: 3000 },
      },
    ]);
  });

  test('of a position from before the run has its entry price, and no time', () => {
    for (const positionSide of [null, PositionSide.SHORT]) {
      const trips = new RoundTrips();
      trips.seed('BTC_USDT', null, new Decimal(-2), new Decimal(50));
      trips.seed('BTC_USDT', PositionSide.SHORT, new Decimal(-2), new Decimal(50));
      expect(trips.hasOpen).toBe(true);
      play(trips, [buy(2, 40, { positionSide, realizedPnl: 20 })]);
      expect(plain(trips.list().rows)).toMatchObject([
        { side: 'SHORT', entryTime: null, entryPrice: '50', exitPrice: '40', quantity: '2', result: '20' },
      ]);
      expect(trips.hasOpen).toBe(false);
      expect(trips.figures().longestMs).toBeNull();
    }
  });

  test('of long and short in one symbol are two, in hedge mode', () => {
    const trips = play(new RoundTrips(), [
      buy(1, 10, { positionSide: PositionSide.LONG }),
      sell(1, 10, { positionSide: PositionSide.SHORT }),
      sell(1, 12, { positionSide: PositionSide.LONG, realizedPnl: 2 }),
    ]);
    expect(trips.list().count).toBe(1);
    expect(trips.hasOpen).toBe(true);
  });
});

test('figures by hand: two won, one lost, one came to nothing', () => {
  const trip = (result: number): Fill[] => [buy(1, 10), sell(1, 10 + result, { realizedPnl: result })];
  const trips = play(new RoundTrips(), [4, -3, 0, 5].flatMap(trip));
  expect(plain(trips.figures())).toEqual({
    ...{ count: 4, winRate: 0.5, profitFactor: 3, averageWin: '4.5', averageLoss: '-3', longestMs: 1000 },
  });
  expect(plain(new RoundTrips().figures())).toEqual({
    ...{ count: 0, winRate: null, profitFactor: null, averageWin: null, averageLoss: null, longestMs: null },
  });
});

test('of any fills, trips cover each unit once: quantities, fees and results add up to those of the fills', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 60 }), (seed, count) => {
      const draw = new Draw(seed, count);
      const fills: Fill[] = [];
      const position = new Map<string, number>();
      for (let i = 0; i < count; i += 1) {
        const symbol = draw.of(['A', 'B']);
        const [side, quantity] = [draw.of([Side.BUY, Side.SELL]), 1 + draw.below(4)];
        fills.push({
          ...{ symbol, side, quantity, price: 1 + draw.below(9), fee: quantity, realizedPnl: draw.below(5) },
        });
        position.set(symbol, (position.get(symbol) ?? 0) + (side === Side.BUY ? quantity : -quantity));
      }
      // ends flat
      for (const [symbol, quantity] of position) {
        if (quantity === 0) continue;
        const side = quantity > 0 ? Side.SELL : Side.BUY;
        fills.push({ ...{ symbol, side, quantity: Math.abs(quantity), price: 5, fee: Math.abs(quantity) } });
      }
      const trips = play(new RoundTrips(), fills);
      expect(trips.hasOpen).toBe(false);
      const { rows } = trips.list();
      const sum = (values: readonly Decimal[]): string =>
        values
          .reduce((total, value) => total.plus(value), ZERO)
          .toDecimalPlaces(30)
          .toString();
      const ofFills = (name: 'quantity' | 'fee' | 'realizedPnl'): number =>
        fills.reduce((total, fill) => total + (fill[name] ?? 0), 0);
      expect(sum(rows.map(({ quantity }) => quantity))).toBe(String(ofFills('quantity') / 2));
      expect(sum(rows.map(({ fees }) => fees))).toBe(String(ofFills('fee')));
      expect(sum(rows.map(({ result }) => result))).toBe(String(ofFills('realizedPnl') - ofFills('fee')));
    }),
    cases(300),
  );
});
