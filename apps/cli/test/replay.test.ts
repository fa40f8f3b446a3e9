import { toInterval } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import { LogHash } from '@prate/in-memory-paper';
import { ManualClock, silentLogger } from '@prate/runtime';
import { StoreMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { maCross } from '@prate/strategy-runner';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../src/secrets.ts';
import { runSession } from '../src/session/session.ts';
import { buildSession } from '../src/session/wiring.ts';
import { KLINES_HEADER, kline, lines, MINUTE, START } from './support/data.ts';
import { Desk } from './support/desk.ts';

/** Minutes whose averages cross now and then. */
const wave = lines(
  KLINES_HEADER,
  ...Array.from({ length: 400 }, (_, i) => {
    const price = (at: number): string => (100 + Math.abs((at % 60) - 30)).toFixed(2);
    const [open, close] = [price(i), price(i + 1)];
    const [high, low] = open > close ? [open, close] : [close, open];
    return kline(i, { open, close, high, low });
  }),
);

interface ReplayJson {
  readonly logHash: string;
  readonly fills: number;
}

describe('the log hash', () => {
  it('three replays have one, another balance another; without orders it is that of nothing', async () => {
    using desk = new Desk().write({ 'wave.csv': wave, 'idle.mjs': "export default { name: 'idle', onCandle() {} };" });
    await desk.output('candles import wave.csv --symbol S');
    const replay = (more = ''): Promise<ReplayJson> => desk.json<ReplayJson>(`replay --symbol S${more}`);
    const first = await replay();
    expect(first.fills).toBeGreaterThan(5);
    expect(first.logHash).toMatch(/^[0-9a-f]{64}$/);
    expect([(await replay()).logHash, (await replay()).logHash]).toEqual([first.logHash, first.logHash]);
    expect((await replay(' --balance 20000')).logHash).not.toBe(first.logHash);
    expect((await replay(' --strategy idle.mjs')).logHash).toBe(new LogHash().digest());
  });
});

it("the account's events are told between candles: after the candle that caused them, and what the strategy did then", async () => {
  using desk = new Desk().write({ 'wave.csv': wave });
  await desk.output('candles import wave.csv --symbol S');
  const store = SqliteCandleStore.open(`${desk.folder}/data/prate.db`);
  const [clock, interval] = [new ManualClock(), toInterval('1m')];
  const market = await StoreMarket.open({ store, series: 'S', interval, from: START, to: START + 400 * MINUTE, clock });
  const container = buildSession({
    ...({ store, market, clock, pace: 'played', seed: 1, log: silentLogger, candlesFrom: 'candles' } as const),
    paper: { balance: '10000', feed: { kind: 'candles', interval } },
    run: { strategy: maCross(), symbols: ['S'], interval },
  });
  const source = {
    ...({
      pace: 'played',
      kind: 'candles',
      isSynthetic: false,
      market,
      clock,
      symbols: ['S'],
      interval,
      stored: null,
      liveFrom: null,
    } as const),
    description: 'a wave',
  };
  let open = 0;
  const seen = { fills: 0, orders: 0 };
  const onExecution = (event: ExecutionEvent): void => {
    if (event.kind === 'fill') {
      expect(event.trade.time).toBe(open);
      seen.fills += 1;
    } else if (event.kind === 'order' && event.order.status === 'NEW') {
      expect(event.order.createdAt).toBe(open + MINUTE);
      seen.orders += 1;
    }
  };
  await runSession(container, source, {
    ...{ interval, signal: new AbortController().signal, secrets: new Secrets(), speed: null, onExecution },
    onCandles: (_, candles) => {
      open = candles.openTime[0] as number;
    },
  });
  await container.unbindAllAsync();
  await store.close();
  expect(seen.fills).toBeGreaterThan(5);
  expect(seen.orders).toBeGreaterThanOrEqual(seen.fills);
});
