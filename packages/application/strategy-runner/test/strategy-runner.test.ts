import { OrderType, PositionMode, Side } from '@prate/domain';
import { TradeColumnsBuilder } from '@prate/domain/candles';
import type { Logger } from '@prate/runtime';
import { describe, expect, test } from 'vitest';
import type { Strategy, StrategyContext } from '../src/index.ts';
import { gate, rig } from './support/rig.ts';
import { candleItem, candlesItem, candlesOfCloses, MINUTE, tradesItem } from './support/scripted-market.ts';
import { AtOnceAccount } from './support/test-accounts.ts';

const market = (side: Side, quantity = '1') => ({ symbol: 'BTC_USDT', side, type: OrderType.MARKET, quantity });
const buy = market(Side.BUY);
const limit = { symbol: 'BTC_USDT', side: Side.BUY, type: OrderType.LIMIT, quantity: '1', price: '1' };

function trade(time: number, price: string) {
  const trades = new TradeColumnsBuilder();
  trades.push(time, price, '0.5', Side.BUY, null);
  trades.push(time, price, '0.25', Side.SELL, null);
  return tradesItem(trades.finish());
}

/** Buys on the first candle and writes down everything it is told, with the time. */
function scribe(log: string[]): Strategy {
  return {
    name: 'scribe',
    onStart: () => void log.push('start'),
    async onCandle({ openTime, close }, { clock, execution }) {
      log.push(`${clock.nowMs()} candle ${openTime} ${close}`);
      if (openTime === 0) await execution.createOrder(market(Side.BUY));
      log.push(`${clock.nowMs()} candle ${openTime} done`);
    },
    onTrade: (trade, { clock }) => void log.push(`${clock.nowMs()} trade ${trade.price} ${trade.quantity}`),
    onExecution(event, { clock }) {
      const what = event.kind === 'order' ? event.order.status : event.kind === 'fill' ? event.trade.price : '';
      log.push(`${clock.nowMs()} ${event.kind} ${what}`);
    },
    onStop: (reason) => void log.push(`stop: ${reason}`),
  };
}

const script = [
  { time: 500, item: trade(500, '100') },
  ...candlesOfCloses([100, 110]),
  { time: 2 * MINUTE + 1, item: trade(2 * MINUTE + 1, '111') },
];

describe('order', () => {
  test('callbacks come one by one in the order of events, and a fill before the close of its candle', async () => {
    const log: string[] = [];
    const { runner, market } = await rig(scribe(log));
    await runner.start();
    await market.play(script, () => runner.idle());
    await runner.done;
    expect(log).toEqual([
      'start',
      '500 trade 100 0.5',
      '500 trade 100 0.25',
      '60000 candle 0 100',
      '60000 candle 0 done',
      '60000 order NEW',
      '120000 fill 100',
      '120000 order FILLED',
      '120000 candle 60000 110',
      '120000 candle 60000 done',
      '120001 trade 111 0.5',
      '120001 trade 111 0.25',
      'stop: the candle feed ended',
    ]);
  });

  test("events that pass through other ports' generators keep the same order", async () => {
    const log: string[] = [];
    const { runner, market } = await rig(scribe(log), {}, (m) => new AtOnceAccount(m));
    await runner.start();
    await market.play(script, () => runner.idle());
    await runner.done;
    expect(log.slice(3, 10)).toEqual([
      '60000 candle 0 100',
      '60000 candle 0 done',
      '60000 order NEW',
      '60000 fill 100',
      '60000 order FILLED',
      '120000 candle 60000 110',
      '120000 candle 60000 done',
    ]);
  });

  test('a burst of account events, told before a candle, is handled before it', async () => {
    const log: string[] = [];
    const strategy: Strategy = {
      name: 'burst',
      onCandle: () => void log.push('candle'),
      onExecution: (event) => void log.push(event.kind),
    };
    const { runner, market, account } = await rig(strategy, {}, (m) => new AtOnceAccount(m));
    await runner.start();
    for (let i = 0; i < 50; i += 1)
      account.emit({ kind: 'position', symbol: 'BTC_USDT', positionSide: null, position: null });
    market.emit(candleItem(0, 1, 1));
    await runner.idle();
    expect(log).toEqual([...Array(50).fill('position'), 'candle']);
    await runner.stop();
  });

  test('idle: covers account events without a market event', async () => {
    const log: string[] = [];
    const strategy: Strategy = { name: 'alone', onExecution: (event) => void log.push(event.kind) };
    const { runner, account } = await rig(strategy, {}, (m) => new AtOnceAccount(m));
    expect(runner.idle()).toBeUndefined();
    await runner.start();
    await runner.idle();
    account.emit({ kind: 'position', symbol: 'BTC_USDT', positionSide: null, position: null });
    await runner.idle();
    expect(log).toEqual(['position']);
    await runner.stop();
    expect(runner.idle()).toBeUndefined();
  });

  test('idle: covers the facts of the report, also for a strategy that asks for none of them', async () => {
    const { runner, market, account } = await rig({ name: 'deaf', onStop() {} }, {}, (m) => new AtOnceAccount(m));
    await runner.start();
    market.emit(candleItem(0, 1, 1));
    for (let i = 0; i < 20; i += 1) await account.createOrder(buy);
    await runner.idle();
    expect(runner.report()).toMatchObject({ orders: 20, fills: 20 });
    await runner.stop();
  });

  test('two runs of one script write the same log', async () => {
    const logs: string[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const log: string[] = [];
      const { runner, market } = await rig(scribe(log));
      await runner.start();
      await market.play([...script, ...candlesOfCloses([1, 2, 3, 4]).slice(3)], () => runner.idle());
      log.push(JSON.stringify(await runner.done));
      logs.push(log);
    }
    expect(logs[0]).toEqual(logs[1]);
    expect(logs[0]?.length).toBeGreaterThan(12);
  });

  test('an async callback holds up all that follows', async () => {
    const held = gate();
    const log: string[] = [];
    const { runner, market, account } = await rig({
      name: 'slow',
      async onCandle({ close }) {
        log.push(`in ${close}`);
        if (close === 1) await held.promise;
        log.push(`out ${close}`);
      },
      onExecution: () => void log.push('execution'),
    });
    await runner.start();
    market.emit(candleItem(0, 1, 1));
    market.emit(candleItem(MINUTE, 2, 2));
    account.emit({ kind: 'gap', fromMs: 0, toMs: 1 });
    account.emit({ kind: 'position', symbol: 'BTC_USDT', positionSide: null, position: null });
    // the first event is handled before the candle: it was told before its turn came
    for (let i = 0; i < 100; i += 1) await Promise.resolve();
    expect(log).toEqual(['execution', 'execution', 'in 1']);
    account.emit({ kind: 'gap', fromMs: 1, toMs: 2 });
    for (let i = 0; i < 100; i += 1) await Promise.resolve();
    expect(log).toHaveLength(3);
    const idle = runner.idle();
    held.open();
    await idle;
    expect(log.slice(3)).toEqual(['out 1', 'execution', 'in 2', 'out 2']);
    await runner.stop();
  });

  test('rows of one batch come one by one', async () => {
    const closes: number[] = [];
    const { runner, market } = await rig({ name: 'rows', onCandle: ({ close }) => void closes.push(close) });
    await runner.start();
    const item = candlesItem([1, 2, 3].map((close, i) => ({ openTime: i * MINUTE, open: close, close })));
    await market.play([{ time: 3 * MINUTE, item }], () => runner.idle());
    expect(closes).toEqual([1, 2, 3]);
    expect((await runner.done).candles).toBe(3);
  });

  test('what comes while onStart works waits for it', async () => {
    const held = gate();
    const log: string[] = [];
    const { runner, market } = await rig({
      name: 'warming',
      async onStart() {
        log.push('start');
        await held.promise;
        log.push('started');
      },
      onCandle: () => void log.push('candle'),
    });
    const started = runner.start();
    for (let i = 0; i < 100; i += 1) await Promise.resolve();
    market.emit(candleItem(0, 1, 1));
    expect(runner.idle()).toBeUndefined();
    held.open();
    await started;
    await runner.idle();
    expect(log).toEqual(['start', 'started', 'candle']);
  });
});

describe('feeds', () => {
  test('trades are subscribed only by a strategy that wants them', async () => {
    const without = await rig({ name: 'a', onCandle() {} });
    await without.runner.start();
    expect(without.market.tradeFeeds).toHaveLength(0);
    const withTrades = await rig({ name: 'b', onTrade() {} }, { interval: 5 });
    await withTrades.runner.start();
    expect(withTrades.market.tradeFeeds).toHaveLength(1);
    expect(withTrades.market.intervals.at(-1)?.text).toBe('5s');
  });

  test('a gap that both feeds tell is counted once, and seen by the strategy in its place', async () => {
    const seen: unknown[] = [];
    const note = (_: unknown, { feed }: StrategyContext) => void seen.push(feed.lastGap?.fromMs ?? null);
    const { runner, market } = await rig({ name: 'gaps', onCandle: note, onTrade: note });
    await runner.start();
    market.emit(candleItem(0, 1, 1));
    market.emit({ kind: 'gap', fromMs: MINUTE, toMs: 2 * MINUTE });
    market.emit(candleItem(2 * MINUTE, 1, 1));
    await runner.idle();
    expect(seen).toEqual([null, MINUTE]);
    expect(runner.report()?.gaps).toBe(1);
  });

  test('gaps of several symbols are counted once each, though both feeds tell them in turn', async () => {
    const { runner, market } = await rig({ name: 'gaps', onCandle() {}, onTrade() {} });
    await runner.start();
    const of = (symbol: string) => ({ kind: 'gap', fromMs: MINUTE, toMs: 2 * MINUTE, symbols: [symbol] }) as const;
    for (const symbol of ['A', 'B', 'A', 'B']) market.emit(of(symbol));
    await runner.idle();
    expect(runner.report()?.gaps).toBe(2);
  });

  test('a market feed that fails ends the run with its error', async () => {
    const reasons: string[] = [];
    const { runner, market } = await rig({ name: 'a', onStop: (reason) => void reasons.push(reason) });
    await runner.start();
    market.candleFeeds.at(-1)?.fail(new Error('socket closed'));
    await expect(runner.done).rejects.toThrow('socket closed');
    expect(reasons).toEqual(['a market feed failed']);
  });

  test("the account's events that break off, or end, end the run", async () => {
    const broken = await rig({ name: 'a', onCandle() {} });
    await broken.runner.start();
    broken.account.breakEvents(new Error('no more'));
    await expect(broken.runner.done).rejects.toThrow('no more');
    const disconnected = await rig({ name: 'a', onCandle() {} });
    await disconnected.runner.start();
    await disconnected.account.disconnect();
    await expect(disconnected.runner.done).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    // and the orders that it can no longer cancel are told too
    expect(disconnected.runner.report()?.errors.map(({ code }) => code)).toContain('END_POLICY_FAILED');
  });

  test('a strategy slower than its feed fails the run: nothing is dropped in silence', async () => {
    const held = gate();
    const { runner, market } = await rig({ name: 'slow', onCandle: () => held.promise }, { maxWaiting: 3 });
    await runner.start();
    market.emit(candleItem(0, 1, 1));
    for (let i = 0; i < 100; i += 1) await Promise.resolve(); // the strategy is busy with it
    for (let i = 1; i <= 3; i += 1) market.emit(candleItem(i * MINUTE, 1, 1));
    expect(runner.report()?.errors).toEqual([]);
    market.emit(candleItem(4 * MINUTE, 1, 1));
    held.open();
    await expect(runner.done).rejects.toMatchObject({ code: 'STRATEGY_TOO_SLOW' });
    await expect(runner.done).rejects.toThrow("more than 3 events wait for strategy 'slow'");
  });

  test("orders and fills of other symbols are not the run's", async () => {
    const log: string[] = [];
    const { runner, market, account } = await rig({
      name: 'a',
      onExecution: (event) => void log.push(event.kind),
    });
    await runner.start();
    await account.createOrder({ ...buy, symbol: 'ETH_USDT' });
    market.emit(candleItem(0, 1, 1, 'ETH_USDT'));
    await runner.idle();
    await runner.stop();
    expect(log).toEqual([]);
    expect(runner.report()).toMatchObject({ orders: 0, fills: 0 });
  });
});

describe('errors', () => {
  for (const callback of ['onStart', 'onCandle', 'onTrade', 'onExecution'] as const) {
    test(`${callback}: what it throws ends the run as a StrategyError that names it`, async () => {
      const cause = new RangeError('oops');
      const stops: string[] = [];
      const strategy: Strategy = {
        name: 'bad',
        async onCandle(_, { execution }) {
          await execution.createOrder(limit);
        },
        onStop: (reason) => void stops.push(reason),
      };
      strategy[callback] = () => {
        throw cause;
      };
      const { runner, market, account } = await rig(strategy);
      const events = [...script, { time: 3 * MINUTE, item: trade(3 * MINUTE, '5') }];
      const expected = { code: 'STRATEGY_FAILED', callback, strategy: 'bad', cause };
      if (callback === 'onStart') await expect(runner.start()).rejects.toMatchObject(expected);
      else {
        await runner.start();
        await market.play(events, () => runner.idle());
      }
      await expect(runner.done).rejects.toMatchObject(expected);
      expect(runner.report()?.errors).toEqual([
        { code: 'STRATEGY_FAILED', message: `strategy 'bad' threw in ${callback}: oops` },
      ]);
      expect(runner.report()?.reason).toBe('the strategy failed');
      expect(account.calls).toEqual(['cancelAllOrders BTC_USDT']);
      expect(await account.getOpenOrders()).toEqual([]);
      expect(stops).toEqual([]);
      expect(runner.idle()).toBeUndefined();
    });
  }

  test('onStop: what it throws is reported, and the end policy still applies', async () => {
    const errors: string[] = [];
    const log: Logger = { debug() {}, info() {}, warn() {}, error: (_, message) => void errors.push(message) };
    const strategy: Strategy = {
      name: 'bad',
      onStart: ({ execution }) => void execution.createOrder(limit),
      onStop: () => Promise.reject(new Error('late')),
    };
    const { runner, account } = await rig(strategy, { log });
    await runner.start();
    await runner.stop();
    await expect(runner.done).rejects.toMatchObject({ callback: 'onStop' });
    expect(account.calls).toEqual(['cancelAllOrders BTC_USDT']);
    expect(errors).toEqual(["run of strategy 'bad': strategy 'bad' threw in onStop: late"]);
  });

  test('after a failure no callback is called any more', async () => {
    let calls = 0;
    const { runner, market } = await rig({
      name: 'bad',
      onCandle() {
        calls += 1;
        throw new Error('once');
      },
    });
    await runner.start();
    for (let i = 0; i < 5; i += 1) market.emit(candleItem(i * MINUTE, 1, 1));
    await expect(runner.done).rejects.toThrow('once');
    market.emit(candleItem(5 * MINUTE, 1, 1));
    await Promise.resolve();
    expect(calls).toBe(1);
  });
});

describe('start', () => {
  test('an account that is not connected keeps it from starting, and no order is touched', async () => {
    const { runner, account } = await rig({ name: 'a', onCandle() {} });
    await account.disconnect();
    await expect(runner.start()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await expect(runner.done).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    expect(account.calls).toEqual([]);
    expect(runner.report()).toBeNull();
  });

  test('a symbol that the market does not have is named, with some that it has', async () => {
    const { runner } = await rig({ name: 'a', onCandle() {} }, { symbols: ['DOGE_USDT'] });
    await expect(runner.start()).rejects.toThrow(
      'the market has no DOGE_USDT; it has 2 symbols, such as BTC_USDT, ETH_USDT',
    );
  });

  test('it starts once', async () => {
    const { runner } = await rig({ name: 'a', onCandle() {} });
    await runner.start();
    await expect(runner.start()).rejects.toThrow(TypeError);
  });

  test('bad options are refused', async () => {
    const strategy: Strategy = { name: 'a', onCandle() {} };
    await expect(rig(strategy, { symbols: [] })).rejects.toThrow('symbols must be one or more');
    await expect(rig(strategy, { symbols: ['A', 'A'] })).rejects.toThrow('symbols must be one or more');
    await expect(rig(strategy, { interval: '5x' })).rejects.toThrow('interval must be');
    await expect(rig(strategy, { maxWaiting: 0 })).rejects.toThrow('maxWaiting must be');
    await expect(rig({ name: 'a' })).rejects.toThrow('not a strategy');
  });

  test('the context gives the instruments of the run, by default the first', async () => {
    let context: StrategyContext | undefined;
    const { runner } = await rig(
      {
        name: 'a',
        onStart: (given) => {
          context = given;
        },
      },
      { symbols: ['ETH_USDT', 'BTC_USDT'] },
    );
    await runner.start();
    expect(context?.instrument().symbol).toBe('ETH_USDT');
    expect(context?.instrument('BTC_USDT').symbol).toBe('BTC_USDT');
    expect(() => context?.instrument('SOL_USDT')).toThrow("'SOL_USDT' is not a symbol of this run");
  });
});

describe('stop', () => {
  test('the callback under way finishes, what waits is left, and onStop comes last', async () => {
    const held = gate();
    const log: string[] = [];
    const { runner, market } = await rig({
      name: 'a',
      async onCandle({ close }) {
        await held.promise;
        log.push(`candle ${close}`);
      },
      onStop: (reason) => void log.push(reason),
    });
    await runner.start();
    market.emit(candleItem(0, 1, 1));
    market.emit(candleItem(MINUTE, 2, 2));
    for (let i = 0; i < 100; i += 1) await Promise.resolve();
    const stopped = runner.stop('enough');
    const again = runner.stop('more than enough');
    held.open();
    await stopped;
    await again;
    expect(log).toEqual(['candle 1', 'enough']);
    expect((await runner.done).reason).toBe('enough');
    expect(market.candleFeeds.at(-1)?.open).toBe(false);
  });

  test('before the start it keeps the run from starting', async () => {
    const { runner } = await rig({ name: 'a', onCandle() {} });
    await runner.stop();
    await expect(runner.done).rejects.toMatchObject({ code: 'RUN_STOPPED' });
    await expect(runner.start()).rejects.toThrow(TypeError);
  });

  test('during the start it ends the start', async () => {
    const { runner, account } = await rig({ name: 'a', onCandle() {} });
    const started = runner.start();
    started.catch(() => {});
    await runner.stop('changed my mind');
    await expect(started).rejects.toThrow('the run was stopped before it had started: changed my mind');
    expect(account.isConnected()).toBe(true);
  });

  const hold: Strategy = {
    name: 'holder',
    async onCandle({ openTime }, { execution }) {
      if (openTime !== 0) return;
      await execution.createOrder(market(Side.BUY));
      await execution.createOrder(limit);
    },
  };

  test('keep-orders touches nothing', async () => {
    const { runner, market, account } = await rig(hold, { onEnd: 'keep-orders' });
    await runner.start();
    await market.play(candlesOfCloses([1, 2, 3]), () => runner.idle());
    await runner.done;
    expect(account.calls).toEqual([]);
    expect(await account.getOpenOrders()).toHaveLength(1);
  });

  test('cancel-orders leaves positions', async () => {
    const { runner, market, account } = await rig(hold, { onEnd: 'cancel-orders', symbols: ['BTC_USDT', 'ETH_USDT'] });
    await runner.start();
    await market.play(candlesOfCloses([1, 2, 3]), () => runner.idle());
    await runner.done;
    expect(account.calls).toEqual(['cancelAllOrders BTC_USDT', 'cancelAllOrders ETH_USDT']);
    expect(await account.getPositions()).toHaveLength(1);
  });

  test('close-positions closes, and the closing fill is in the report', async () => {
    const { runner, market, account } = await rig(hold, { onEnd: 'close-positions' }, (m) => new AtOnceAccount(m));
    await runner.start();
    await market.play(candlesOfCloses([1, 2, 3]), () => runner.idle());
    const report = await runner.done;
    expect(account.calls).toEqual(['cancelAllOrders BTC_USDT', 'closePosition BTC_USDT']);
    expect(await account.getPositions()).toEqual([]);
    expect(report).toMatchObject({ fills: 2, orders: 3, wins: 1 });
    expect(report.realizedPnl.toString()).toBe('2');
  });

  test('close-positions names the side in HEDGE mode, cancels trigger orders last, and tells of refusals', async () => {
    const { runner, market, account } = await rig(hold, { onEnd: 'close-positions' }, (m) => new AtOnceAccount(m));
    const settings = { getPositionMode: () => Promise.resolve(PositionMode.HEDGE) };
    const triggers = {
      cancelAll(symbol: string): Promise<[]> {
        account.calls.push(`triggers ${symbol}`);
        return Promise.resolve([]);
      },
    };
    Object.defineProperties(account, { settings: { value: settings }, triggers: { value: triggers } });
    account.closePosition = (request) => {
      account.calls.push(`close ${JSON.stringify(request)}`);
      return Promise.resolve({ kind: 'rejected', reason: 'OTHER', message: 'not now', clientOrderId: 'x' });
    };
    await runner.start();
    await market.play(candlesOfCloses([1, 2, 3]), () => runner.idle());
    await expect(runner.done).rejects.toThrow('closing positions: BTC_USDT LONG: rejected (OTHER: not now)');
    expect(account.calls).toEqual([
      'cancelAllOrders BTC_USDT',
      'close {"symbol":"BTC_USDT","positionSide":"LONG"}',
      'triggers BTC_USDT',
    ]);
  });

  test('an order that could not be cancelled for sure is an error of the run', async () => {
    const { runner, account } = await rig({ name: 'a', onCandle() {} });
    const cause = Object.assign(new Error('timed out'), { code: 'X', retryable: true });
    account.cancelAllOrders = () =>
      Promise.resolve([{ ref: { symbol: 'BTC_USDT', orderId: '7' }, outcome: { kind: 'unknown', cause } }]);
    await runner.start();
    await runner.stop();
    await expect(runner.done).rejects.toThrow(
      'cancelling the orders of BTC_USDT: order 7 may still be open (timed out)',
    );
  });
});

describe('a callback that does not come back', () => {
  test('is cut off: the run has failed at once, and what it orders afterwards is refused', async () => {
    const held = gate();
    let refused: unknown = null;
    const strategy: Strategy = {
      name: 'stuck',
      async onCandle(_candle, { execution }) {
        await held.promise;
        refused = await execution.createOrder(buy).catch((error: unknown) => error);
        await execution.cancelAllOrders();
      },
      onStop: () => expect.unreachable('there is no goodbye'),
    };
    const { runner, market, account } = await rig(strategy);
    await runner.start();
    await account.createOrder(limit);
    void market.play(candlesOfCloses([100]), () => undefined);
    await new Promise((resolve) => setImmediate(resolve)); // it is in its callback now
    await Promise.race([runner.stop(), new Promise((resolve) => setImmediate(resolve))]);
    runner.abandon('enough');
    await expect(runner.done).rejects.toThrow(
      "a callback of strategy 'stuck' did not come back: it was cut off (enough)",
    );
    expect(runner.report()).toMatchObject({ errors: [expect.objectContaining({ code: 'RUN_STOPPED' })] });
    expect(await account.getOpenOrders()).toHaveLength(1); // no end policy
    held.open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(refused).toMatchObject({ code: 'RUN_STOPPED' });
    expect(await account.getOpenOrders()).toHaveLength(0); // cancelling it may
    await runner.stop();
  });

  test('a run that has ended is left as it ended', async () => {
    const { runner } = await rig({ name: 'quiet', onCandle() {} });
    await runner.start();
    await runner.stop('fine');
    runner.abandon('late');
    expect(await runner.done).toMatchObject({ reason: 'fine', errors: [] });
  });
});
