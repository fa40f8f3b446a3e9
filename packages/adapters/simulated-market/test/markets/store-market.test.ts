import { CandleSource } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { StoreMarket, type StoreMarketOptions } from '../../src/index.ts';
import { errorOf } from '../files/file-text.ts';
import { flatCandle, memoryStore } from './memory-store.ts';
import { Recorder } from './recorder.ts';

const MINUTE = 60_000;
/** Candles in minutes 1, 2, 5 and 8 of ten; watched but for minute 3. */
const CANDLES = [1, 2, 5, 8].map((minute) => flatCandle(minute * MINUTE, minute));
const OBSERVED = [
  { from: 0, to: 3 * MINUTE },
  { from: 4 * MINUTE, to: 10 * MINUTE },
];

async function open(
  change: Partial<StoreMarketOptions> = {},
): Promise<{ market: StoreMarket; heard: Recorder; clock: ManualClock }> {
  const clock = change.clock ?? new ManualClock();
  const market = await StoreMarket.open({
    store: memoryStore(CANDLES, '1m', OBSERVED),
    series: { venue: 'mexc', symbol: 'BTC_USDT' },
    interval: '1m',
    from: 0,
    to: 10 * MINUTE,
    clock,
    ...change,
  });
  const heard = new Recorder(() => clock.nowMs());
  market.candles(['BTC_USDT'], change.interval ?? '1m', heard.take);
  return { market, heard, clock };
}

describe('store market', () => {
  it('tells each candle at its close, watched quiet time by a heartbeat, and other time as a gap', async () => {
    const { market, heard, clock } = await open();
    await market.play();
    expect(heard.lines).toEqual([
      'beat 60000',
      'BTC_USDT candle 60000 1',
      'BTC_USDT candle 120000 2',
      'gap 180000-240000',
      'beat 300000',
      'BTC_USDT candle 300000 5',
      'beat 480000',
      'BTC_USDT candle 480000 8',
      'beat 600000',
    ]);
    expect(heard.times).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10].map((minute) => minute * MINUTE));
    expect(clock.nowMs()).toBe(10 * MINUTE);
    expect(market.venue).toBe('mexc');
  });

  it('batches of any size tell the same', async () => {
    const all = await Promise.all(
      [1, 2, 100].map(async (batchRows) => {
        const { market, heard } = await open({ store: memoryStore(CANDLES, '1m', OBSERVED, batchRows) });
        await market.play();
        return heard.lines;
      }),
    );
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
  });

  it('begins where the clock stands; what lies before is history, at any interval', async () => {
    const { market, heard } = await open({ clock: new ManualClock(6 * MINUTE) });
    const { columns } = await market.getCandles({ symbol: 'BTC_USDT', interval: '1m', from: 0, to: 10 * MINUTE });
    expect(Array.from(columns.openTime)).toEqual([MINUTE, 2 * MINUTE, 5 * MINUTE]);
    await market.play();
    expect(heard.data).toEqual(['BTC_USDT candle 300000 5', 'BTC_USDT candle 480000 8']);
  });

  it('plays a coarser interval of the store', async () => {
    const { market, heard } = await open({ interval: '5m', allowInterpolated: true });
    await market.play();
    expect(heard.data).toEqual(['BTC_USDT candle 0 2', 'BTC_USDT candle 300000 8']);
  });

  it('a bucket that was watched in part ends the replay, with its time and what would accept it', async () => {
    const candles = [flatCandle(0, 1), flatCandle(MINUTE, 2, { coverage: 0.5 }), flatCandle(2 * MINUTE, 3)];
    const store = memoryStore(candles, '1m', [
      { from: 0, to: 90_000 },
      { from: 2 * MINUTE, to: 3 * MINUTE },
    ]);
    const { market, heard } = await open({ store });
    const message =
      'the 1m candle of 1970-01-01T00:01:00.000Z was watched only in part (coverage 0.5000): replays refuse it; whole are those from 1970-01-01T00:00:00.000Z to 1970-01-01T00:01:00.000Z (--from, --to); --allow-interpolated accepts such candles';
    expect(await errorOf(market.play())).toMatchObject({ code: 'INVALID_INPUT', message });
    expect(heard.data).toEqual(['BTC_USDT candle 0 1']);
    // it stays refused, and nothing after it is told
    expect(await errorOf(market.play())).toMatchObject({ message });
    const history = market.getCandles({ symbol: 'BTC_USDT', interval: '1m', from: 0, to: MINUTE });
    expect((await history).columns.length).toBe(1);
    const allowed = await open({ store, allowInterpolated: true });
    await allowed.market.play();
    expect(allowed.heard.data).toHaveLength(3);
  });

  it('what was watched in part before the clock began is no reason to refuse what comes after', async () => {
    const candles = [flatCandle(0, 1, { coverage: 0.5 }), flatCandle(MINUTE, 2), flatCandle(2 * MINUTE, 3)];
    const store = memoryStore(candles, '1m', [{ from: 30_000, to: 3 * MINUTE }]);
    const { market, heard } = await open({ store, clock: new ManualClock(2 * MINUTE), to: 3 * MINUTE });
    await market.play();
    expect(heard.data).toEqual(['BTC_USDT candle 60000 2', 'BTC_USDT candle 120000 3']);
  });

  it('so does an interpolated one, also in history', async () => {
    const candles = [flatCandle(0, 1, { source: CandleSource.INTERPOLATED, coverage: 0 }), flatCandle(MINUTE, 2)];
    const store = memoryStore(candles, '1m', [{ from: MINUTE, to: 2 * MINUTE }]);
    const { market } = await open({ store });
    expect(String(await errorOf(market.play()))).toContain('the 1m candle of 1970-01-01T00:00:00.000Z is interpolated');
    const later = await open({ store, clock: new ManualClock(5 * MINUTE) });
    const history = later.market.getCandles({ symbol: 'BTC_USDT', interval: '1m', from: 0, to: 2 * MINUTE });
    expect(String(await errorOf(history))).toContain('is interpolated');
  });

  it('history comes in pages', async () => {
    const candles = Array.from({ length: 4100 }, (_, i) => flatCandle(i * 1000, 1 + i));
    const store = memoryStore(candles, '1s', [{ from: 0, to: 4_100_000 }], 3000);
    const { market } = await open({ store, interval: '1s', to: 4_100_000, clock: new ManualClock(5_000_000) });
    const sizes: number[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const page: Awaited<ReturnType<StoreMarket['getCandles']>> = await market.getCandles({
        symbol: 'BTC_USDT',
        interval: '1s',
        from,
        to: 4_100_000,
      });
      sizes.push(page.columns.length);
      from = page.next;
    }
    expect(sizes).toEqual([2000, 2000, 100]);
  });

  it('tick and lot are the decimal places of the candles', async () => {
    const store = memoryStore([flatCandle(0, 1.25, { volume: '0.125' })], '1m', []);
    const { market } = await open({ store });
    const [instrument] = await market.getInstruments();
    expect([instrument?.tickSize, instrument?.lotSize].map(String)).toEqual(['0.01', '0.001']);
  });

  it('a range without candles, and a bad one, are refused when it is opened', async () => {
    expect(String(await errorOf(open({ from: 20 * MINUTE, to: 30 * MINUTE })))).toContain(
      'the store has no candles of mexc/BTC_USDT from 1970-01-01T00:20:00.000Z to 1970-01-01T00:30:00.000Z; import or backfill them first',
    );
    expect(String(await errorOf(open({ from: 5, to: 1 })))).toContain(
      'a range must be whole epoch milliseconds from ≤ to',
    );
    expect(String(await errorOf(open({ interval: '7x' })))).toContain('interval must be');
  });

  it('a stream of another interval is refused', async () => {
    const { market } = await open();
    expect(() => market.candles(['BTC_USDT'], '5m', () => {})).toThrow('this replay plays 1m candles, not 5m ones');
  });
});
