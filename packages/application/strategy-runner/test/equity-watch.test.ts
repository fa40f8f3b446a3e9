import { Decimal, makeBalance, type Position, PositionSide, toInterval, ZERO } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { EquityWatch } from '../src/equity-watch.ts';
import type { Strategy } from '../src/index.ts';
import { RunRecord } from '../src/run-report.ts';
import { rig } from './support/rig.ts';
import { candlesOfCloses } from './support/scripted-market.ts';
import { AtOnceAccount } from './support/test-accounts.ts';

const SYMBOL = 'BTC_USDT';

const held = (positionSide: PositionSide, quantity: number, symbol = SYMBOL): Position =>
  ({ symbol, positionSide, quantity: new Decimal(quantity) }) as unknown as Position;

/** Equity that rises and falls with a close: `quantity` below 0 is short. */
const balanceAt = (close: number, quantity: number) =>
  makeBalance({
    asset: 'USDT',
    available: new Decimal(1000),
    frozen: ZERO,
    positionMargin: ZERO,
    unrealizedPnl: new Decimal(close).minus(100).mul(quantity),
  });

function recordOf(closes: readonly number[], quantity: number, asks: (close: number) => boolean) {
  const start = {
    strategy: 's',
    symbols: [SYMBOL],
    interval: toInterval('1m'),
    balance: balanceAt(100, 0),
    positions: [],
  };
  const record = new RunRecord(start);
  let reads = 0;
  for (const [i, close] of closes.entries()) {
    if (!asks(close)) continue;
    reads += 1;
    record.balance(i, balanceAt(close, quantity));
  }
  return { reads, maxDrawdown: record.report(null).maxDrawdown };
}

describe('equity at closes', () => {
  const closesArb = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 200 }).map((steps) =>
    steps.map(
      (
        (close) => (step: number) =>
          (close = Math.max(50, Math.min(150, close + step)))
      )(100),
    ),
  );

  test('a position of one symbol: what is read gives the deepest fall of all closes', () => {
    fc.assert(
      fc.property(closesArb, fc.constantFrom(-7, -1, 1, 7), (closes, quantity) => {
        const watch = new EquityWatch(true);
        watch.takeChange();
        watch.hold([held(quantity > 0 ? PositionSide.LONG : PositionSide.SHORT, Math.abs(quantity))]);
        const all = recordOf(closes, quantity, () => true);
        const asked = recordOf(closes, quantity, (close) => watch.asks(SYMBOL, close));
        expect(asked.maxDrawdown).toBe(all.maxDrawdown);
      }),
      cases(500),
    );
  });

  test('a long walk is read at few of its closes', () => {
    const watch = new EquityWatch(true);
    watch.takeChange();
    watch.hold([held(PositionSide.LONG, 1)]);
    const closes = Array.from({ length: 10_000 }, (_, i) => 100 + 30 * Math.round(10 * Math.sin(i / 50)));
    expect(recordOf(closes, 1, (close) => watch.asks(SYMBOL, close)).reads).toBeLessThan(50);
  });

  test('it is read after a change, and at every close where something else counts too', () => {
    const watch = new EquityWatch(true);
    expect(watch.asks(SYMBOL, 1)).toBe(true);
    expect(watch.takeChange()).toBe(true);
    watch.hold([]);
    expect([watch.asks(SYMBOL, 2), watch.asks(SYMBOL, 3)]).toEqual([false, false]);
    watch.change();
    expect(watch.asks(SYMBOL, 3)).toBe(true);
    expect(watch.takeChange()).toBe(true);
    watch.hold([held(PositionSide.LONG, 1), held(PositionSide.LONG, 1, 'ETH_USDT')]);
    expect([watch.asks(SYMBOL, 3), watch.asks(SYMBOL, 3)]).toEqual([true, true]);
    watch.hold([held(PositionSide.LONG, 1, 'ETH_USDT')]);
    expect([watch.asks(SYMBOL, 3), watch.asks('ETH_USDT', 3), watch.asks('ETH_USDT', 3)]).toEqual([false, true, false]);
    const elsewhere = new EquityWatch(false);
    elsewhere.takeChange();
    elsewhere.hold([held(PositionSide.LONG, 1)]);
    expect([elsewhere.asks(SYMBOL, 3), elsewhere.asks(SYMBOL, 3)]).toEqual([true, true]);
  });

  test('it is read at the candle at which the account was used, though what it tells comes later', async () => {
    const strategy: Strategy = {
      name: 'once',
      async onCandle({ openTime }, { execution }) {
        if (openTime === 60_000)
          await execution.createOrder({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '1' });
      },
    };
    const { runner, market, account } = await rig(strategy, {}, (m) => new AtOnceAccount(m));
    const reads: number[] = [];
    const { getBalance } = account;
    account.getBalance = () => {
      reads.push(market.clock.nowMs() / 60_000);
      return getBalance.call(account);
    };
    await runner.start();
    await market.play(candlesOfCloses([1, 2, 3, 4]), () => runner.idle());
    await runner.done;
    expect(reads).toEqual([0, 1, 2, 3, 4, 4]); // at the start, after it, at the order, while it is held, at the end
  });

  test('a flat account that tells nothing is read once', async () => {
    const { runner, market, account } = await rig({ name: 'idle', onCandle() {} });
    let reads = 0;
    const { getBalance } = account;
    account.getBalance = () => {
      reads += 1;
      return getBalance.call(account);
    };
    await runner.start();
    await market.play(candlesOfCloses(Array.from({ length: 50 }, (_, i) => i + 1)), () => runner.idle());
    await runner.done;
    expect(reads).toBe(3); // at the start, at the first candle, at the end
  });
});
