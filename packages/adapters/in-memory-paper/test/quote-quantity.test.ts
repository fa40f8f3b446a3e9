import { Decimal, type DecimalInput, Side } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { Rig } from './rig.ts';

const costOf = async (rig: Rig): Promise<Decimal> =>
  (await rig.port.history.getTrades({})).reduce((sum, one) => sum.plus(one.price.mul(one.quantity)), new Decimal(0));

const withAsks = async (...asks: readonly (readonly [DecimalInput, DecimalInput])[]): Promise<Rig> => {
  const rig = await Rig.open('book', { balance: { USDT: 1e9 } });
  rig.market.setBook([[99, 50]], asks);
  return rig;
};

describe('quoteQuantity of a market order', () => {
  it('with a book: the most whole lots that cost no more, walked over the levels', async () => {
    const rig = await withAsks([100, 1], [200, 50]);
    const order = await rig.accepted({ quoteQuantity: 1000 });
    expect([order.quantity.toString(), order.status]).toEqual(['5.5', 'FILLED']);
    expect((await costOf(rig)).toString()).toBe('1000');
  });

  it('with a book: a sell is walked down the bids', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [
        [100, 1],
        [50, 50],
      ],
      [[101, 1]],
    );
    const order = await rig.accepted({ side: Side.SELL, quoteQuantity: '200.01' });
    expect(order.quantity.toString()).toBe('3');
  });

  it('with a book that offers less: the rest is valued at the last level, and cancelled', async () => {
    const rig = await withAsks([100, 1], [200, 2]);
    const order = await rig.accepted({ quoteQuantity: 900 });
    expect([order.quantity.toString(), order.filledQuantity.toString(), order.status]).toEqual(['5', '3', 'CANCELLED']);
  });

  it('with an empty book it is NO_LIQUIDITY', async () => {
    const rig = await withAsks();
    expect(await rig.create({ quoteQuantity: 900 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
  });

  it('0 and below are INVALID_QUANTITY', async () => {
    const rig = await withAsks([100, 1]);
    for (const quoteQuantity of [0, -5]) {
      const message = `quoteQuantity ${quoteQuantity} is not above 0`;
      expect(await rig.create({ quoteQuantity })).toMatchObject({ reason: 'INVALID_QUANTITY', message });
    }
  });

  it('without a book it is sized by the last price', async () => {
    const rig = await Rig.open('trades');
    rig.print(100, 1);
    expect((await rig.accepted({ quoteQuantity: 1000 })).quantity.toString()).toBe('10');
  });

  it('with any book: it costs no more than asked, and one lot more would', async () => {
    const level = fc.record({ step: fc.integer({ min: 1, max: 50 }), lots: fc.integer({ min: 1, max: 5000 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(level, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 2_000_000 }),
        async (levels, cents) => {
          let ticks = 990;
          const asks = levels.map(({ step, lots }) => {
            ticks += step;
            // half a lot more than can be traded in whole lots
            return [new Decimal(ticks).div(10), new Decimal(lots).plus('0.5').div(1000)] as const;
          });
          const quote = new Decimal(cents).div(100);
          const rig = await withAsks(...asks);
          const outcome = await rig.create({ quoteQuantity: quote });
          if (outcome.kind !== 'accepted') {
            expect(quote.lt(new Decimal('0.002').mul(ticks).div(10))).toBe(true);
            return;
          }
          expect((await costOf(rig)).lte(quote)).toBe(true);
          let left = outcome.order.quantity.plus('0.001');
          let costOfOneMore = new Decimal(0);
          asks.forEach(([price, quantity], i) => {
            const isLast = i === asks.length - 1;
            const part = isLast ? left : Decimal.min(left, quantity.minus('0.0005'));
            costOfOneMore = costOfOneMore.plus(part.mul(price));
            left = left.minus(part);
          });
          expect(costOfOneMore.gt(quote)).toBe(true);
        },
      ),
      cases(60),
    );
  });
});
