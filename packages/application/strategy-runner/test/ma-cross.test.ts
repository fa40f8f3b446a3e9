import { CandleSource, Decimal, type Instrument, OrderType, PositionMode, Side } from '@prate/domain';
import type { Logger } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { type CandleHistory, type MaCrossOptions, maCross, type RunReport } from '../src/index.ts';
import { CrossDetector } from '../src/strategies/cross-detector.ts';
import { rig } from './support/rig.ts';
import { candlesOfCloses, MINUTE, type ScriptedEvent } from './support/scripted-market.ts';
import { AtOnceAccount } from './support/test-accounts.ts';

type Trend = 'up' | 'down' | null;

/** On which side of the slow average the fast one is, worked out anew for each candle, in whole cents. */
function slowSides(cents: readonly number[], fast: number, slow: number): Trend[] {
  const sum = (end: number, count: number): bigint =>
    cents.slice(end - count + 1, end + 1).reduce((total, close) => total + BigInt(close), 0n);
  return cents.map((_, i) => {
    if (i + 1 < slow) return null;
    const difference = sum(i, fast) * BigInt(slow) - sum(i, slow) * BigInt(fast);
    if (difference === 0n) return null;
    return difference > 0n ? 'up' : 'down';
  });
}

/** Where the averages cross. */
function slowOracle(cents: readonly number[], fast: number, slow: number): Trend[] {
  const sides = slowSides(cents, fast, slow);
  return sides.map((side, i) => {
    const before = sides.slice(0, i).findLast((earlier) => earlier !== null);
    return side !== null && before !== undefined && before !== side ? side : null;
  });
}

/** Few different prices make many ties; prices of many digits make rounding show. */
const walk = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 }),
  fc.array(fc.integer({ min: 1, max: 10_000_000_000_000 }), { maxLength: 60 }),
);
const lengths = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .map(([fast, more]) => ({ fast, slow: fast + more }));

/** `time side quantity` of every order that ma-cross sends. */
async function ordersOf(
  cents: readonly number[],
  options: MaCrossOptions,
  candles?: CandleHistory,
): Promise<{ readonly orders: string[]; readonly warnings: string[] }> {
  const warnings: string[] = [];
  const log: Logger = { debug() {}, info() {}, error() {}, warn: (_, message) => void warnings.push(message) };
  const overrides = candles === undefined ? { log } : { log, candles };
  const { runner, market, account } = await rig(maCross(options), overrides, (m) => new AtOnceAccount(m));
  await runner.start();
  await market.play(candlesOfCloses(cents.map((close) => close / 100)), () => runner.idle());
  await runner.done;
  const orders = [...account.orders.values()];
  return { orders: orders.map(({ createdAt, side, quantity }) => `${createdAt} ${side} ${quantity}`), warnings };
}

/** What a long-only strategy does with those crosses: buys when flat, sells when not. */
function expectedOrders(crosses: readonly Trend[]): string[] {
  const orders: string[] = [];
  for (const [i, cross] of crosses.entries()) {
    if (cross === 'up') orders.push(`${(i + 1) * MINUTE} BUY 1`);
    else if (cross === 'down' && orders.length % 2 === 1) orders.push(`${(i + 1) * MINUTE} SELL 1`);
  }
  return orders;
}

const history = (cents: readonly number[]): CandleHistory => ({
  getAggregatedCandles: (_symbol, start, end) =>
    Promise.resolve(
      cents
        .map((close, i) => ({ openTime: i * MINUTE, close: close / 100 }))
        .filter(({ openTime }) => openTime >= start && openTime < end)
        .map(({ openTime, close }) => ({
          openTime,
          open: close,
          high: close,
          low: close,
          close,
          volume: 0,
          turnover: null,
          trades: null,
          source: CandleSource.EXCHANGE,
          coverage: 1,
        })),
    ),
});

describe('crosses', () => {
  test('are told exactly when a slow oracle tells them', () => {
    fc.assert(
      fc.property(walk, lengths, (cents, { fast, slow }) => {
        const detector = new CrossDetector(fast, slow);
        const told = cents.map((close) => detector.push(new Decimal(close).div(100)));
        expect(told).toEqual(slowOracle(cents, fast, slow));
      }),
      cases(300),
    );
  }, 120_000);

  test('the oracle and the detector see crosses both ways, ties, and none too early', () => {
    const cents = [1, 2, 3, 3, 3, 3, 4, 1, 1, 9];
    const detector = new CrossDetector(1, 2);
    const told = cents.map((close) => detector.push(new Decimal(close)));
    //                     up shown  ties            up again: no cross
    expect(told).toEqual([null, null, null, null, null, null, null, 'down', null, 'up']);
    expect(slowOracle(cents, 1, 2)).toEqual(told);
  });
});

describe('orders', () => {
  test('it buys at crosses up and closes at crosses down, one position at a time', async () => {
    await fc.assert(
      fc.asyncProperty(walk, lengths, async (cents, { fast, slow }) => {
        const { orders } = await ordersOf(cents, { fast, slow, quantity: 1 });
        expect(orders).toEqual(expectedOrders(slowOracle(cents, fast, slow)));
      }),
      cases(60),
    );
  }, 120_000);

  test('it warms up from what is stored just before the first candle, however little, and joins the trend that it finds', async () => {
    await fc.assert(
      fc.asyncProperty(walk, lengths, fc.nat(20), async (cents, { fast, slow }, at) => {
        const stored = cents.slice(0, at);
        const live = cents.slice(at);
        const clockStart = stored.length * MINUTE;
        const log: string[] = [];
        const { runner, market, account } = await rig(
          maCross({ fast, slow, quantity: 1 }),
          { candles: history(cents) }, // the store also has what is still to come: it must not look there
          (m) => new AtOnceAccount(m),
        );
        await runner.start();
        await market.play(candlesOfCloses(cents.map((close) => close / 100)).slice(stored.length), () => runner.idle());
        await runner.done;
        for (const { createdAt, side } of account.orders.values()) log.push(`${createdAt - clockStart} ${side} 1`);
        const known = stored.slice(-2 * slow);
        const crosses = slowOracle([...known, ...live], fast, slow).slice(known.length);
        const sides = slowSides([...known, ...live], fast, slow).slice(0, known.length + 1);
        if (live.length > 0 && sides.slice(0, -1).some((side) => side !== null))
          crosses[0] ??= sides.findLast((side) => side !== null) ?? null;
        expect(log).toEqual(expectedOrders(crosses));
      }),
      cases(60),
    );
  }, 120_000);

  test('a share of the equity is rounded down to the lot', async () => {
    // 10,000 × 0.1 ÷ 333 = 3.003003…, and the lot is 0.001
    const { orders } = await ordersOf([20_000, 10_000, 33_300], { fast: 1, slow: 2 });
    expect(orders).toEqual([`${3 * MINUTE} BUY 3.003`]);
  });

  test('a share too small for one lot is no order', async () => {
    const { orders } = await ordersOf([20_000, 10_000, 33_300], { fast: 1, slow: 2, share: '0.00001' });
    expect(orders).toEqual([]);
  });

  test('a share worth more than the venue allows at once is cut to the most it allows', async () => {
    const { runner, market, account } = await rig(maCross({ fast: 1, slow: 2 }), {}, (m) => new AtOnceAccount(m));
    const [instrument] = await market.getInstruments();
    market.getInstruments = () => Promise.resolve([{ ...(instrument as Instrument), maxQuantity: new Decimal('1.5') }]);
    await runner.start();
    await market.play(candlesOfCloses([200, 100, 333]), () => runner.idle());
    expect([...account.orders.values()].map(({ quantity }) => quantity.toString())).toEqual(['1.5']);
  });

  test('a candle that is told twice, or revised, counts once', async () => {
    const { runner, market, account } = await rig(maCross({ fast: 1, slow: 2 }), {}, (m) => new AtOnceAccount(m));
    const [first, second] = candlesOfCloses([200, 100]) as [ScriptedEvent, ScriptedEvent];
    await runner.start();
    // taken as a third candle, the first would cross up
    await market.play([first, second, { ...first, time: second.time }], () => runner.idle());
    expect((await runner.done).candles).toBe(3);
    expect(account.orders.size).toBe(0);
  });

  test('an entry that has not filled is cancelled at the next cross down', async () => {
    const { runner, market, account } = await rig(maCross({ fast: 1, slow: 2, quantity: 1 }), { onEnd: 'keep-orders' });
    const create = account.createOrder.bind(account);
    // this venue lets every order rest
    account.createOrder = (request) =>
      request.type === OrderType.MARKET
        ? create({ symbol: request.symbol, side: request.side, type: OrderType.LIMIT, price: 1, quantity: 1 })
        : create(request);
    await runner.start();
    await market.play(candlesOfCloses([2, 1, 2, 1]), () => runner.idle());
    await runner.done;
    expect([...account.orders.values()].map(({ side, status }) => `${side} ${status}`)).toEqual(['BUY CANCELLED']);
  });

  test('refusals are counted by reason, the first of each is a warning, and the run goes on', async () => {
    const warnings: string[] = [];
    const log: Logger = { debug() {}, info() {}, error() {}, warn: (_, message) => void warnings.push(message) };
    const { runner, market, account } = await rig(maCross({ fast: 1, slow: 2, quantity: 1 }), { log });
    account.createOrder = () =>
      Promise.resolve({ kind: 'rejected', reason: 'INSUFFICIENT_BALANCE', message: 'too poor', clientOrderId: 'x' });
    await runner.start();
    await market.play(candlesOfCloses([2, 1, 2, 1, 2]), () => runner.idle());
    const { errors, rejected } = await runner.done;
    expect(errors).toEqual([]);
    expect(rejected).toEqual({ INSUFFICIENT_BALANCE: 2 });
    expect(warnings).toEqual(['an order was rejected: too poor']);
  });
});

describe('options', () => {
  for (const [what, options, message] of [
    ['fast not below slow', { fast: 30, slow: 30 }, '0 < fast < slow, such as 10 and 30, not 30 and 30'],
    ['a fraction', { fast: 1.5 }, 'not 1.5 and 30'],
    ['zero', { fast: 0 }, 'not 0 and 30'],
    ['both sizes', { quantity: 1, share: 1 }, 'give either quantity or share, not both'],
    ['a quantity of 0', { quantity: 0 }, 'quantity must be above 0, not 0'],
    [
      'a share that is no number',
      { share: 'half' },
      "ma-cross: share must be a decimal number such as '0.001', not 'half'",
    ],
  ] as const) {
    test(`${what}: refused`, () => {
      expect(() => maCross(options)).toThrow(message);
    });
  }

  test('a quantity off the lot is refused at the start, with both neighbours', async () => {
    const { runner } = await rig(maCross({ quantity: '0.0015' }));
    await expect(runner.start()).rejects.toThrow('0.001 and 0.002 are');
  });

  test('an account in HEDGE mode is refused at the start', async () => {
    const { runner, account } = await rig(maCross());
    const settings = { getPositionMode: () => Promise.resolve(PositionMode.HEDGE) };
    Object.defineProperty(account, 'settings', { value: settings });
    await expect(runner.start()).rejects.toThrow('works in position mode ONE_WAY');
  });
});

/** One account fills at a close, the other at the open after it: a minute later by the clock. */
const withoutTimes = ({ maxDrawdown: _, deepestFall: __, exposure: ___, ...report }: RunReport) => report;

test('swap: the same strategy object runs on two different accounts', async () => {
  // crosses at 5 (up), 8 (down) and 11 (up)
  const closes = [100, 90, 80, 95, 110, 120, 90, 80, 70, 95, 120, 130];
  const strategy = maCross({ fast: 2, slow: 4, quantity: 1 });
  const nextOpen = await rig(strategy);
  await nextOpen.runner.start();
  await nextOpen.market.play(candlesOfCloses(closes), () => nextOpen.runner.idle());
  const atOnce = await rig(strategy, {}, (m) => new AtOnceAccount(m));
  await atOnce.runner.start();
  await atOnce.market.play(candlesOfCloses(closes), () => atOnce.runner.idle());
  const orders = (account: typeof atOnce.account | typeof nextOpen.account): string[] =>
    [...account.orders.values()].map(({ createdAt, side }) => `${createdAt / MINUTE} ${side}`);
  expect(orders(nextOpen.account)).toEqual([`5 ${Side.BUY}`, `8 ${Side.SELL}`, `11 ${Side.BUY}`]);
  expect(orders(atOnce.account)).toEqual(orders(nextOpen.account));
  // here each candle opens where the last closed, so the fills agree; the one account only learns of them a candle later
  const first = withoutTimes(await nextOpen.runner.done);
  const second = withoutTimes(await atOnce.runner.done);
  expect(JSON.stringify(first)).toBe(JSON.stringify(second));
  expect(first.netPnl.toString()).toBe('-20.31');
});
