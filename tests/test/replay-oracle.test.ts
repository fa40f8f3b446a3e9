import { Readable } from 'node:stream';
import { type DecimalInput, OrderType, Side } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import { ManualClock, seededRandom, silentLogger } from '@prate/runtime';
import { FileMarket } from '@prate/simulated-market';
import {
  type RunHistory,
  type RunReport,
  type Strategy,
  StrategyRunner,
  type StrategyRunnerOptions,
} from '@prate/strategy-runner';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../../tooling/test-support/cases.ts';
import { Draw } from '../../tooling/test-support/draw.ts';
import { SlowRunner } from './support/slow-runner.ts';

const MINUTE = 60_000;
const SYMBOLS = ['A_USDT', 'B_USDT'];

/** Minutes that wander, with volume 0 and missing rows now and then. */
function klinesOf(draw: Draw, minutes: number): string {
  const rows = ['open_time_ms,open,high,low,close,volume'];
  let ticks = 1000;
  for (let minute = 0; minute < minutes; minute += 1) {
    const open = ticks + draw.below(3) - 1;
    ticks = Math.max(500, open + draw.below(41) - 20);
    if (minute > 0 && draw.once(12)) continue;
    const [high, low] = [Math.max(open, ticks) + draw.below(8), Math.min(open, ticks) - draw.below(8)];
    const volume = draw.once(10) ? 0 : 1 + draw.below(50);
    rows.push([minute * MINUTE, ...[open, high, low, ticks].map((price) => price / 10), volume].join(','));
  }
  return `${rows.join('\n')}\n`;
}

/** A strategy that does anything at any time, awaited or not, and writes down what it was told. */
function anything(seed: number, log: string[]): Strategy {
  const draw = new Draw(seed, 0);
  const calm = 1 + draw.below(12);
  const write = (what: string, value: unknown): void => void log.push(`${what} ${JSON.stringify(value)}`);
  const act = async (execution: ExecutionPort, symbol: string, close: number): Promise<void> => {
    const side = draw.of([Side.BUY, Side.SELL]);
    const quantity = String(1 + draw.below(30));
    const price: DecimalInput = (close + (draw.below(21) - 10) / 10).toFixed(1);
    switch (draw.below(9)) {
      case 0:
        return write('cancelled', await execution.cancelAllOrders(symbol));
      case 1:
        return write('closed', await execution.closePosition({ symbol }));
      case 2:
        return write('positions', await execution.getPositions());
      case 3:
        await execution.settings?.setLeverage(symbol, 1 + draw.below(20));
        return write('leverage', await execution.settings?.getLeverage(symbol));
      case 4:
        return write('balance', await execution.getBalance());
      case 5:
      case 6:
        return write('limit', await execution.createOrder({ symbol, side, type: OrderType.LIMIT, quantity, price }));
      default:
        return write('market', await execution.createOrder({ symbol, side, type: OrderType.MARKET, quantity }));
    }
  };
  const sometimes = (execution: ExecutionPort, symbol: string, close: number): undefined | Promise<void> => {
    if (!draw.once(calm)) return undefined;
    const work = act(execution, symbol, close).catch((error: Error) => void log.push(error.message));
    return draw.once(3) ? undefined : work; // one that nobody waits for
  };
  return {
    name: 'anything',
    onStart: ({ execution }) => sometimes(execution, 'A_USDT', 100),
    onCandle(candle, { execution, clock }) {
      write(`${clock.nowMs()} candle`, candle);
      return sometimes(execution, candle.symbol, candle.close);
    },
    ...(draw.once(2)
      ? {
          onExecution(event, { execution, clock }) {
            write(`${clock.nowMs()} event`, event);
            return event.kind === 'fill'
              ? sometimes(execution, event.trade.symbol, event.trade.price.toNumber())
              : undefined;
          },
        }
      : {}),
    onStop: (reason) => void log.push(reason),
  } satisfies Strategy;
}

interface Played {
  readonly log: readonly string[];
  readonly report: RunReport;
  readonly history: RunHistory;
}

type Way = 'slow' | 'each close' | 'marks at close';

async function play(seed: number, minutes: number, way: Way): Promise<Played> {
  const draw = new Draw(seed, minutes);
  const symbols = SYMBOLS.slice(0, 1 + draw.below(2));
  const files = symbols.map((symbol) => ({
    symbol,
    interval: '1m',
    source: {
      name: `${symbol}.csv`,
      stream: Readable.from([Buffer.from(klinesOf(draw, minutes))], { objectMode: false }),
    },
  }));
  const clock = new ManualClock();
  const market = await FileMarket.open({ files, clock });
  const random = seededRandom(seed);
  const feed = { kind: 'candles', interval: '1m' } as const;
  const execution = new InMemoryPaperExecution({ market, clock, random, balance: 20_000, feed });
  await execution.connect();
  const log: string[] = [];
  const options: StrategyRunnerOptions = {
    ...{ strategy: anything(seed, log), execution, market, candleFeed: market, clock, log: silentLogger, symbols },
    ...{ interval: '1m', candles: { getAggregatedCandles: async () => [] }, marksAtClose: way === 'marks at close' },
    onEnd: draw.of(['keep-orders', 'cancel-orders', 'close-positions'] as const),
  };
  if (way === 'slow') {
    const runner = new SlowRunner(options);
    await runner.start();
    await market.play({ settled: () => runner.idle() });
    return { log, report: await runner.finish(), history: runner.history() };
  }
  const runner = new StrategyRunner(options);
  await runner.start();
  await market.play({ settled: () => runner.idle() });
  const report = await runner.done;
  return { log, report, history: runner.history() as RunHistory };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Shares of plain numbers may differ in their last digits. */
function expectSameReport(fast: RunReport, slow: RunReport): void {
  const { gaps: _, exposure, ...rest } = fast;
  const { gaps: __, exposure: expected, ...slowRest } = slow;
  expect(plain(rest)).toEqual(plain(slowRest));
  expect(exposure.time).toBe(expected.time);
  for (const name of ['average', 'greatest'] as const) {
    if (expected[name] === null) expect(exposure[name]).toBeNull();
    else expect(exposure[name]).toBeCloseTo(expected[name], 9);
  }
}

/** The value of a curve at a moment: that of the last point up to it. */
const valueAt = <V>(curve: readonly { readonly time: number; readonly value: V }[], time: number): string =>
  String(curve.findLast((point) => point.time <= time)?.value);

/** Runs of few candles lose no point by thinning. */
function expectSameHistory(fast: RunHistory, slow: RunHistory): void {
  for (const { time } of slow.equity) {
    expect(valueAt(fast.equity, time)).toBe(valueAt(slow.equity, time));
    expect(valueAt(fast.drawdown, time)).toBe(valueAt(slow.drawdown, time));
  }
  for (const name of ['hold', 'days', 'months', 'trips', 'fills', 'funding'] as const)
    expect(plain(fast[name])).toEqual(plain(slow[name]));
}

const LONG_MS = 1_200_000;

it(
  'any strategy over any candles: the same calls, events and report as the plain way that awaits everything',
  async () => {
    const seen = { fills: 0, falls: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 31), fc.integer({ min: 2, max: 120 }), async (seed, minutes) => {
        const slow = await play(seed, minutes, 'slow');
        for (const way of ['each close', 'marks at close'] as const) {
          const fast = await play(seed, minutes, way);
          expect(fast.log).toEqual(slow.log);
          expectSameReport(fast.report, slow.report);
          expectSameHistory(fast.history, slow.history);
        }
        const { fills, maxDrawdown } = slow.report;
        seen.fills += fills;
        if (maxDrawdown > 0) seen.falls += 1;
      }),
      cases(150),
    );
    expect(seen.fills).toBeGreaterThan(500);
    expect(seen.falls).toBeGreaterThan(50);
  },
  LONG_MS,
);
