import { Decimal, MarginMode, OrderType, PositionMode, Side } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { BackendRefusal, type OrderTicket, ScriptedBackend } from '../src/index.ts';

const START = new Decimal(1000);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      side: fc.constantFrom(Side.BUY, Side.SELL),
      effect: fc.constantFrom('OPEN' as const, 'CLOSE' as const),
      type: fc.constantFrom(OrderType.LIMIT, OrderType.LIMIT, ...Object.values(OrderType)),
      volume: fc.integer({ min: 1, max: 12 }),
      price: fc.integer({ min: 795, max: 805 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      price: fc.integer({ min: 790, max: 810 }),
      volume: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('book' as const), mid: fc.integer({ min: 795, max: 805 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('funding' as const), rate: fc.integer({ min: -20, max: 20 }) }),
  },
);

const ticket = ({
  side,
  effect,
  type,
  volume,
  price,
}: {
  side: Side;
  effect: 'OPEN' | 'CLOSE';
  type: OrderType;
  volume: number;
  price: number;
}): OrderTicket => ({
  symbol: 'X_USDT',
  side,
  effect,
  type,
  volume: new Decimal(volume),
  price: type === OrderType.MARKET ? null : new Decimal(price),
  marginMode: MarginMode.ISOLATED,
  leverage: null,
  clientOrderId: null,
  positionMode: null,
  reduceOnly: false,
  stopLoss: null,
  takeProfit: null,
});

describe('the scripted account keeps its books', () => {
  it.each([false, true])(
    'cash is what it began with, and profits, fees and funding to the last digit (inverse: %s)',
    (inverse) => {
      fc.assert(
        fc.property(fc.boolean(), fc.array(step, { minLength: 20, maxLength: 80 }), (hedge, steps) => {
          const clock = new ManualClock(0);
          const symbol = 'X_USDT';
          const coin = inverse ? 'X' : 'USDT';
          const backend = new ScriptedBackend({
            clock,
            contracts: [{ symbol, contractSize: inverse ? 10 : '0.001', tickSize: 1, inverse }],
            accounts: { me: { [coin]: START } },
          });
          const account = backend.account('me');
          if (account === null) throw new Error('there is an account');
          if (hedge) account.setPositionMode(PositionMode.HEDGE);
          backend.trade(symbol, 800, 1);
          for (const one of steps) {
            try {
              if (one.kind === 'order') account.placeOrder(ticket(one));
              else if (one.kind === 'trade') backend.trade(symbol, one.price, one.volume);
              else if (one.kind === 'cancel') account.cancelAllOrders(null);
              else if (one.kind === 'book') {
                const level = (price: number) => [{ price, volume: 200 }];
                backend.setBook(symbol, level(one.mid - 1), level(one.mid + 1));
              } else {
                backend.setFundingRate(symbol, new Decimal(one.rate).div(10_000));
                backend.settleFunding(symbol);
              }
            } catch (error) {
              if (!(error instanceof BackendRefusal)) throw error;
            }
          }
          const all = { symbol: null, from: 0, to: 1 };
          const fills = account.fills(all);
          const expected = [
            ...fills.flatMap(({ realizedPnl, fee }) => [realizedPnl, fee.neg()]),
            ...account.fundingPayments(all).map(({ amount }) => amount),
          ].reduce((sum, part) => sum.plus(part), START);
          const [asset] = account.assets();
          expect(asset?.cash.toString()).toBe(expected.toString());
          expect(asset?.cash.toString()).toBe(
            asset?.available.plus(asset.frozen).plus(asset.positionMargin).toString(),
          );
          // what was bought and not sold again is held
          const bought = fills.reduce(
            (sum, { order, volume }) => (order.side === Side.BUY ? sum.plus(volume) : sum.minus(volume)),
            new Decimal(0),
          );
          const held = account
            .positions()
            .reduce(
              (sum, { side, heldVolume }) => (side === 'LONG' ? sum.plus(heldVolume) : sum.minus(heldVolume)),
              new Decimal(0),
            );
          expect(held.toString()).toBe(bought.toString());
          if (held.isZero() && account.positions().length === 0) expect(asset?.positionMargin.toString()).toBe('0');
          for (const order of [...account.openOrders(null), ...account.orderHistory(all)]) {
            expect(order.filledVolume.lte(order.volume)).toBe(true);
            if (order.status !== 'OPEN') expect(order.frozenMargin.toString()).toBe('0');
          }
          for (const position of account.positions()) expect(position.frozenVolume.lte(position.heldVolume)).toBe(true);
        }),
        cases(150),
      );
    },
  );
});
