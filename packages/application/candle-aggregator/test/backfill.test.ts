import { InvalidInputError } from '@prate/domain';
import { describe, expect, test } from 'vitest';
import { type BackfillProgress, BadAnswerError, CandleAggregator } from '../src/index.ts';
import { dump, fill, minutes, range, tradesAt, watched } from './support/backfill-setup.ts';
import { FakeStore } from './support/fake-store.ts';
import { HistoryMarket, ShakyError } from './support/history-market.ts';
import { MINUTE, offsets, T0 } from './support/values.ts';

const LATER = T0 + 1000 * MINUTE;
const market = (...numbers: readonly number[]): HistoryMarket =>
  new HistoryMarket({ candles: { A: minutes(...numbers), B: minutes(...numbers) }, nowMs: LATER });

describe('backfill: what is asked for', () => {
  test('an empty store: all of it, page by page; a second run asks for nothing', async () => {
    const store = new FakeStore();
    const source = market(...range(0, 20));
    expect(await fill(store, source)).toEqual({
      symbols: [
        { symbol: 'A', interval: '1m', asked: 10, added: 10, replaced: 0, unchanged: 0, gaps: [], failure: null },
      ],
      complete: true,
    });
    expect(await watched(store, '1m')).toEqual([[0, 10 * MINUTE]]);
    expect(source.asked.map(({ from, to }) => [(from - T0) / MINUTE, (to - T0) / MINUTE])).toEqual(
      [0, 2, 4, 6, 8].map((from) => [from, 10]),
    );
    expect(await fill(store, source)).toMatchObject({ symbols: [{ asked: 0, added: 0, gaps: [] }], complete: true });
    expect(source.asked).toHaveLength(5);
  });

  test('what is stored at another step does not count, what is stored at this one does', async () => {
    const store = new FakeStore();
    const candles = new CandleAggregator({ store });
    const series = { venue: 'scripted', symbol: 'A' };
    await candles.store(series, { columns: minutes(3, 4) });
    const seconds = { openTime: T0, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    await candles.processAndStore([seconds], series, { interval: '1s', observed: [{ from: T0, to: T0 + 2 * MINUTE }] });
    const source = market(...range(0, 10));
    expect(await fill(store, source)).toMatchObject({ symbols: [{ asked: 8, added: 8 }], complete: true });
    expect(source.asked.map(({ from, to }) => [(from - T0) / MINUTE, (to - T0) / MINUTE])).toEqual([
      [0, 3],
      [2, 3],
      [5, 10],
      [7, 10],
      [9, 10],
    ]);
  });

  test('a bucket that was watched in part is asked for whole', async () => {
    const store = new FakeStore();
    const observed = [
      { from: T0, to: T0 + 2.5 * MINUTE },
      { from: T0 + 2.75 * MINUTE, to: T0 + 10 * MINUTE },
    ];
    await new CandleAggregator({ store }).store({ venue: 'scripted', symbol: 'A' }, { columns: minutes(0), observed });
    const source = market(...range(0, 10));
    expect(await fill(store, source)).toMatchObject({ symbols: [{ asked: 1, added: 1 }], complete: true });
    expect(source.asked).toMatchObject([{ from: T0 + 2 * MINUTE, to: T0 + 3 * MINUTE }]);
  });

  test('from and to off the grid: the buckets that open between them, each whole', async () => {
    const source = market(...range(0, 20));
    const store = new FakeStore();
    await fill(store, source, { from: T0 + 1, to: T0 + 2 * MINUTE + 1 });
    expect(await watched(store, '1m')).toEqual([[MINUTE, 3 * MINUTE]]);
  });

  test('several symbols and intervals: a report each, in the order given', async () => {
    const candles = { A: minutes(...range(0, 10)), B: minutes(...range(0, 5)) };
    const store = new FakeStore();
    const trades = { A: tradesAt([[0, 1]]), B: tradesAt([[59_000, 1]]) };
    const source = new HistoryMarket({ candles, trades, nowMs: LATER });
    const { symbols, complete } = await fill(store, source, {
      symbols: ['B', 'A'],
      intervals: ['1m', '1s'],
      to: T0 + MINUTE,
    });
    expect(symbols.map(({ symbol, interval, asked, added }) => [symbol, interval, asked, added])).toEqual([
      ['B', '1m', 1, 1],
      ['B', '1s', 60, 1],
      ['A', '1m', 1, 1],
      ['A', '1s', 60, 1],
    ]);
    expect(complete).toBe(false);
    expect(await watched(store, '1s', 'B')).toEqual([[59_000, 60_000]]);
  });
});

describe('backfill: what is stored', () => {
  test('the candle that is forming, and those beyond the time of the market, never are', async () => {
    const store = new FakeStore();
    const candles = { A: minutes(...range(0, 20)) };
    const source = new HistoryMarket({ candles, nowMs: T0 + 4.5 * MINUTE });
    expect(await fill(store, source)).toMatchObject({ symbols: [{ asked: 4, added: 4, gaps: [] }], complete: true });
    expect(await watched(store, '1m')).toEqual([[0, 4 * MINUTE]]);
    expect(await fill(store, source, { to: undefined })).toMatchObject({ symbols: [{ asked: 0 }], complete: true });
  });

  test('missing rows: a gap that is reported, and asked for again', async () => {
    const store = new FakeStore();
    const first = await fill(store, market(2, 3, 6, 7));
    expect(first.complete).toBe(false);
    const gaps = [
      [0, 2 * MINUTE],
      [4 * MINUTE, 6 * MINUTE],
      [8 * MINUTE, 10 * MINUTE],
    ];
    expect(first.symbols.map((entry) => offsets(entry.gaps))).toEqual([gaps]);
    const source = market(...range(0, 10));
    expect(await fill(store, source)).toMatchObject({ symbols: [{ asked: 6, added: 6, gaps: [] }], complete: true });
  });

  test('missing: quiet: the market is taken at its word', async () => {
    const store = new FakeStore();
    const report = await fill(store, market(2, 3, 6), { missing: 'quiet' });
    expect(report).toMatchObject({ symbols: [{ asked: 10, added: 3, gaps: [] }], complete: true });
    const flat = await new CandleAggregator({ store }).getAggregatedCandles(
      { venue: 'scripted', symbol: 'A' },
      ...([T0, T0 + 10 * MINUTE, '1m', { fill: 'flat' }] as const),
    );
    expect(flat.map(({ openTime }) => (openTime - T0) / MINUTE)).toEqual(range(2, 10));
  });

  test('missing: quiet: a row that says it was watched in part stays one', async () => {
    const half = { ...minutes(2), coverage: Uint32Array.of(30) };
    const store = new FakeStore();
    const source = new HistoryMarket({ candles: { A: half }, nowMs: LATER });
    expect(await fill(store, source, { missing: 'quiet' })).toMatchObject({ complete: false });
    expect(await watched(store, '1m')).toEqual([
      [0, 2.5 * MINUTE],
      [3 * MINUTE, 10 * MINUTE],
    ]);
  });

  test('the cache of the aggregator does not keep what was there before', async () => {
    const aggregator = new CandleAggregator({ store: new FakeStore() });
    const read = () => aggregator.getColumns({ venue: 'scripted', symbol: 'A' }, T0, T0 + 10 * MINUTE, '1m');
    expect((await read()).length).toBe(0);
    await fill(new FakeStore(), market(...range(0, 10)), { aggregator });
    expect((await read()).length).toBe(10);
  });
});

describe('backfill: seconds from trades', () => {
  const filled = async (rows: readonly (readonly [number, number])[], options: Parameters<typeof fill>[2] = {}) => {
    const store = new FakeStore();
    const source = new HistoryMarket({ trades: { A: tradesAt(rows) }, nowMs: LATER });
    const report = await fill(store, source, { intervals: ['1s'], to: T0 + 10_000, ...options });
    return { store, source, gaps: offsets(report.symbols[0]?.gaps ?? []), times: await watched(store, '1s') };
  };

  test('are watched from the second of the first to that of the last trade', async () => {
    const { gaps, times } = await filled([
      [1500, 1],
      [1700, 2],
      [7200, 3],
    ]);
    expect(times).toEqual([[1000, 8000]]);
    expect(gaps).toEqual([
      [0, 1000],
      [8000, 10_000],
    ]);
  });

  test('a jump of ids makes every second that it touches unwatched, unless ids mean nothing', async () => {
    const rows = [
      [0, 1],
      [3500, 2],
      [5000, 9],
      [9999, 10],
    ] as const;
    expect((await filled(rows)).times).toEqual([
      [0, 3000],
      [6000, 10_000],
    ]);
    expect((await filled(rows, { idGaps: false })).times).toEqual([[0, 10_000]]);
  });

  test('missing: quiet: the whole stretch was watched, but for jumps of ids', async () => {
    expect((await filled([[4500, 1]], { missing: 'quiet' })).times).toEqual([[0, 10_000]]);
    expect((await filled([], { missing: 'quiet' })).times).toEqual([[0, 10_000]]);
    const jump = [
      [4500, 1],
      [6500, 5],
    ] as const;
    expect((await filled(jump, { missing: 'quiet' })).times).toEqual([
      [0, 4000],
      [7000, 10_000],
    ]);
  });

  test('a market without trades is asked for candles of a second', async () => {
    const store = new FakeStore();
    const second = { ...minutes(0), interval: { text: '1s', seconds: 1, anchorMs: 0 }, coverage: Uint32Array.of(1) };
    const source = new HistoryMarket({ candles: { A: second }, nowMs: LATER });
    await fill(store, source, { intervals: [1], to: T0 + 2000 });
    expect(await watched(store, '1s')).toEqual([[0, 1000]]);
  });
});

describe('backfill: trouble', () => {
  test('a symbol that cannot be read says why, and the others go on', async () => {
    const store = new FakeStore();
    const source = new HistoryMarket({
      candles: { A: minutes(...range(0, 10)), B: minutes(...range(0, 10)) },
      nowMs: LATER,
      onAsk: ({ symbol, from }) => {
        if (symbol === 'A' && from > T0 + 3 * MINUTE) throw new InvalidInputError('no such symbol any more');
      },
    });
    const { symbols, complete } = await fill(store, source, { symbols: ['A', 'B'] });
    expect(complete).toBe(false);
    expect(symbols[0]).toMatchObject({ added: 4, failure: { code: 'INVALID_INPUT' } });
    expect(offsets(symbols[0]?.gaps ?? [])).toEqual([[4 * MINUTE, 10 * MINUTE]]);
    expect(symbols[1]).toMatchObject({ added: 10, gaps: [], failure: null });
  });

  test('pages that do not go on, and rows that break a rule, are failures of their symbol', async () => {
    const source = market(...range(0, 10));
    const stuck = Object.assign(market(), {
      getCandles: async () => ({ columns: minutes(0), next: T0 }),
    });
    const [entry] = (await fill(new FakeStore(), stuck)).symbols;
    expect(entry?.failure).toBeInstanceOf(BadAnswerError);
    const { getCandles } = source;
    const bad = Object.assign(source, {
      async getCandles(...args: Parameters<typeof getCandles>) {
        const page = await getCandles.apply(source, args);
        return { ...page, columns: { ...page.columns, high: page.columns.low } };
      },
    });
    expect((await fill(new FakeStore(), bad)).symbols).toMatchObject([{ added: 0, failure: { code: 'INVALID_ROW' } }]);
  });

  test('a store that fails ends everything, and nothing is under way any more', async () => {
    const store = new FakeStore();
    const candles = Object.fromEntries(['A', 'B', 'C'].map((symbol) => [symbol, minutes(...range(0, 10))]));
    const source = new HistoryMarket({ candles, nowMs: LATER });
    store.failure = { method: 'write', error: new Error('the disk is gone') };
    await expect(fill(store, source, { symbols: ['A', 'B', 'C'] })).rejects.toThrow('the disk is gone');
    const { asked, inFlight } = source;
    expect(inFlight).toBe(0);
    const count = asked.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(count);
  });

  test('a mistake in a program is not retried and not reported: it is thrown', async () => {
    const source = market();
    await expect(fill(new FakeStore(), source, { symbols: ['X'] })).rejects.toThrow(TypeError);
    expect(source.asked).toEqual([]);
  });

  test('an abort rejects with its reason; what was answered is stored, and the next run goes on from there', async () => {
    const store = new FakeStore();
    const stop = new AbortController();
    const onAsk = ({ from }: { from: number }): void => {
      if (from === T0 + 4 * MINUTE) stop.abort(new ShakyError('enough'));
    };
    const source = new HistoryMarket({ candles: { A: minutes(...range(0, 10)) }, nowMs: LATER, onAsk });
    await expect(fill(store, source, { signal: stop.signal })).rejects.toThrow('enough');
    expect(await watched(store, '1m')).toEqual([[0, 4 * MINUTE]]);
    const rest = market(...range(0, 10));
    expect(await fill(store, rest)).toMatchObject({ symbols: [{ asked: 6, added: 6 }], complete: true });
    const whole = new FakeStore();
    await fill(whole, market(...range(0, 10)));
    expect(await dump(store, '1m')).toEqual(await dump(whole, '1m'));
    await expect(fill(store, rest, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  test('options that cannot be meant are refused, with what would be right', async () => {
    const refused = (options: Parameters<typeof fill>[2]) => fill(new FakeStore(), market(), options);
    await expect(refused({ symbols: [] })).rejects.toThrow(/symbols must be one at least/);
    await expect(refused({ symbols: ['A', 'A'] })).rejects.toThrow(/none of them twice/);
    await expect(refused({ intervals: ['1m', '60s'] })).rejects.toThrow(/none of them twice/);
    await expect(refused({ intervals: ['1M'] })).rejects.toThrow(/fetch 1d, and query it at 1M/);
    await expect(refused({ from: T0 + 20 * MINUTE })).rejects.toThrow(/from ≤ to/);
    await expect(refused({ parallel: 0 })).rejects.toThrow(/parallel must be/);
    await expect(refused({ requestsPerSecond: 0 })).rejects.toThrow(/requestsPerSecond must be above 0/);
    await expect(refused({ retry: { attempts: 0 } })).rejects.toThrow(/retry needs attempts/);
    const onlyTrades = new HistoryMarket({ trades: {}, nowMs: LATER });
    await expect(fill(new FakeStore(), onlyTrades)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  test('progress: counts every bucket once, up to the total', async () => {
    const seen: BackfillProgress[] = [];
    const onProgress = (progress: BackfillProgress): void => void seen.push(progress);
    await fill(new FakeStore(), market(...range(0, 3)), { symbols: ['A', 'B'], onProgress });
    expect(seen.every(({ total }) => total === 20)).toBe(true);
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(20);
  });
});
