import { type TimeRange, toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import { ensure } from '@prate/runtime/conformance';
import type { CandleBatch } from '../candle-store-port.ts';
import {
  type CandleStoreCase,
  candle,
  columns,
  MINUTE,
  queryRows,
  SYMBOL,
  T0,
  textRows,
  tradeSeconds,
} from './context.ts';

export const writeCases: readonly CandleStoreCase[] = [
  {
    id: 'CS-C10',
    rule: 'write: what was written is read back, every field exactly',
    async run({ store }) {
      const written = columns(
        '1m',
        candle(T0, 100, { open: '99.55', close: '100.10', volume: '0.00000001', turnover: '0.000001', trades: 1 }),
        candle(T0 + 2 * MINUTE, 101, { trades: null, turnover: null }),
        candle(T0 + 1500 * MINUTE, 7, { turnover: null }),
      );
      const result = await store.write(SYMBOL, { columns: written });
      ensure.equal(result, { added: 3, replaced: 0, unchanged: 0 }, 'the result');
      ensure.equal(await queryRows(store, '1m', T0, T0 + 2000 * MINUTE), textRows(written), 'the rows');
    },
  },
  {
    id: 'CS-C12',
    rule: 'write: numbers beyond 2^53 and numbers that fit no grid are kept',
    async run({ store }) {
      const big = columns('1m', candle(T0, 100, { volume: '9007199254.740993001', turnover: '900719925474099300.1' }));
      const wild = columns('1m', candle(T0, 100, { low: 1e-12, high: 123456.123456789 }));
      await store.write('BIG', { columns: big });
      await store.write('WILD', { columns: wild });
      const range = { interval: '1m', from: T0, to: T0 + MINUTE };
      ensure.equal(textRows(await store.readColumns({ series: 'BIG', ...range })), textRows(big), 'the big numbers');
      ensure.equal(textRows(await store.readColumns({ series: 'WILD', ...range })), textRows(wild), 'the doubles');
    },
  },
  {
    id: 'CS-C14',
    rule: 'write: rows of other decimals join what is stored without a loss',
    async run({ store }) {
      await store.write(SYMBOL, { columns: columns('1m', candle(T0, 100)) });
      await store.write(SYMBOL, {
        columns: columns('1m', candle(T0 + MINUTE, 100, { open: '100.00012345', volume: '0.5' })),
      });
      const rows = await queryRows(store, '1m', T0, T0 + 2 * MINUTE);
      ensure.equal(
        rows.map((row) => row.split(' ')[1]),
        ['100', '100.00012345'],
        'the opens',
      );
    },
  },
  {
    id: 'CS-C20',
    rule: 'write: the same write again changes nothing, another value replaces',
    async run({ store }) {
      const first = { columns: columns('1m', candle(T0, 100), candle(T0 + MINUTE, 101)) };
      await store.write(SYMBOL, first);
      ensure.equal(await store.write(SYMBOL, first), { added: 0, replaced: 0, unchanged: 2 }, 'the second write');
      const second = { columns: columns('1m', candle(T0 + MINUTE, 102), candle(T0 + 2 * MINUTE, 103)) };
      ensure.equal(await store.write(SYMBOL, second), { added: 1, replaced: 1, unchanged: 0 }, 'the third write');
      ensure.equal(
        (await queryRows(store, '1m', T0, T0 + 9 * MINUTE)).map((row) => row.split(' ')[1]),
        ['100', '102', '103'],
        'the opens',
      );
    },
  },
  {
    id: 'CS-C22',
    rule: 'write: late data lands in its place, among what is stored',
    async run({ store }) {
      await store.write(SYMBOL, { columns: tradeSeconds(T0 + 10_000, T0 + 12_000, 100) });
      await store.write(SYMBOL, { columns: tradeSeconds(T0 + 4_000, T0 + 5_000, 99) });
      ensure.equal(
        (await queryRows(store, '1s', T0, T0 + MINUTE)).map((row) => row.split(' ')[0]),
        ['4000', '10000', '11000'],
        'the times',
      );
    },
  },
  {
    id: 'CS-C24',
    rule: 'write: watched time adds up over writes, also within one candle',
    async run({ store }) {
      const watched = (from: number, to: number) => ({
        columns: columns('1m', candle(T0, 100)),
        observed: [{ from: T0 + from, to: T0 + to }],
      });
      const coverage = async (): Promise<string[]> =>
        (await queryRows(store, '1m', T0, T0 + MINUTE)).map((row) => row.split(' ')[9] as string);
      await store.write(SYMBOL, { columns: columns('1m', candle(T0, 100, { coverage: 0.25 })) });
      ensure.equal(await coverage(), ['0.2500'], 'the coverage that a row brings itself');
      await store.write(SYMBOL, watched(30_000, 45_000));
      ensure.equal(await coverage(), ['0.5000'], 'with fifteen seconds more');
      ensure.equal(
        await store.write(SYMBOL, watched(0, 45_000)),
        { added: 0, replaced: 1, unchanged: 0 },
        'the same row, better watched',
      );
      ensure.equal(await coverage(), ['0.7500'], 'without the hole');
    },
  },
  {
    id: 'CS-C26',
    rule: 'write: watched time may come in any order, overlapping, and without a row',
    async run({ store }) {
      const range = (from: number, to: number): TimeRange => ({ from: T0 + from, to: T0 + to });
      const observed = [
        range(50_000, 60_000),
        range(0, 20_000),
        range(10_000, 30_000),
        range(30_000, 40_000),
        range(45_000, 45_000),
      ];
      ensure.equal(
        await store.write(SYMBOL, { columns: columns('1s'), observed }),
        { added: 0, replaced: 0, unchanged: 0 },
        'the result',
      );
      const [found] = await store.coverage({ series: SYMBOL });
      ensure.equal([found?.rows, found?.observed], [0, [range(0, 40_000), range(50_000, 60_000)]], 'the coverage');
      ensure.equal(await store.series(), [{ venue: 'default', symbol: SYMBOL }], 'the series');
    },
  },
  {
    id: 'CS-C28',
    rule: 'write: a batch is used up when the next is asked for: its arrays may be filled again',
    async run({ store }) {
      const rows = 100;
      const all = columns('1m', ...Array.from({ length: 3 * rows }, (_, i) => candle(T0 + i * MINUTE, 100 + i)));
      const used = columns('1m', ...Array.from({ length: rows }, (_, i) => candle(T0 + i * MINUTE, 9)));
      async function* batches(): AsyncGenerator<CandleBatch> {
        for (let from = 0; from < all.length; from += rows) {
          for (const name of ['openTime', 'open', 'high', 'low', 'close'] as const)
            used[name].set(all[name].subarray(from, from + rows));
          yield { columns: used };
        }
      }
      const result = await store.write(SYMBOL, batches());
      ensure.equal(result, { added: 3 * rows, replaced: 0, unchanged: 0 }, 'the result');
      ensure.equal(await queryRows(store, '1m', T0, T0 + 3 * rows * MINUTE), textRows(all), 'the rows');
    },
  },
  {
    id: 'CS-C30',
    rule: 'write: TRADES replaces EXCHANGE at the same step, and never the other way round',
    async run({ store }) {
      const exchange = columns('1s', candle(T0, 50), candle(T0 + 1000, 50));
      await store.write(SYMBOL, { columns: exchange });
      ensure.equal(
        (await store.write(SYMBOL, { columns: tradeSeconds(T0, T0 + 1000, 100) })).replaced,
        1,
        'trades over exchange',
      );
      ensure.equal((await store.write(SYMBOL, { columns: exchange })).unchanged, 2, 'exchange over trades');
      ensure.equal(
        (await queryRows(store, '1s', T0, T0 + 2000)).map((row) => row.split(' ')[8]),
        ['TRADES', 'EXCHANGE'],
        'the sources',
      );
    },
  },
  {
    id: 'CS-C32',
    rule: 'write: a row of watched time is not replaced by one of unwatched time',
    async run({ store }) {
      await store.write(SYMBOL, { columns: columns('1s', candle(T0, 50)) });
      const unwatched = { columns: tradeSeconds(T0, T0 + 1000, 100), observed: [] };
      ensure.equal((await store.write(SYMBOL, unwatched)).unchanged, 1, 'unwatched over watched');
      ensure.equal((await store.write('OTHER', unwatched)).added, 1, 'unwatched into nothing');
      ensure.equal(
        (await store.write('OTHER', { columns: columns('1s', candle(T0, 50)) })).replaced,
        1,
        'watched over unwatched',
      );
    },
  },
  {
    id: 'CS-C34',
    rule: 'write: the batches of one write count as written one after the other',
    async run({ store }) {
      const result = await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 100)) },
        { columns: columns('1m', candle(T0, 101), candle(T0 + MINUTE, 101)) },
        { columns: columns('1m', candle(T0 + MINUTE, 101)) },
      ]);
      ensure.equal(result, { added: 2, replaced: 1, unchanged: 1 }, 'the result');
      ensure.equal(
        (await queryRows(store, '1m', T0, T0 + 9 * MINUTE)).map((row) => row.split(' ')[1]),
        ['101', '101'],
        'the opens',
      );
    },
  },
  {
    id: 'CS-C36',
    rule: 'write: stored rows that a write does not mention stay, also where it watched',
    async run({ store }) {
      await store.write(SYMBOL, { columns: tradeSeconds(T0, T0 + 3000, 100) });
      await store.write(SYMBOL, {
        columns: tradeSeconds(T0 + 1000, T0 + 2000, 101),
        observed: [{ from: T0, to: T0 + MINUTE }],
      });
      ensure.equal(
        (await queryRows(store, '1s', T0, T0 + MINUTE)).map((row) => row.split(' ')[1]),
        ['100', '101', '100'],
        'the opens',
      );
    },
  },
  {
    id: 'CS-C40',
    rule: 'write: INTERPOLATED rows are refused',
    async run({ store }) {
      const invented = columns('1m', candle(T0, 100, { source: 'INTERPOLATED' }));
      await ensure.rejects(store.write(SYMBOL, { columns: invented }), 'INVALID_ROW', 'the write');
      ensure.equal(await store.series(), [], 'the series');
    },
  },
  {
    id: 'CS-C42',
    rule: 'write: rows off the grid, out of order, or of calendar months are refused',
    async run({ store }) {
      const good = columns('1m', candle(T0, 100), candle(T0 + MINUTE, 100));
      const moved = { ...good, openTime: good.openTime.map((time) => time + 1000) };
      const turned = { ...good, openTime: good.openTime.slice().reverse() };
      const months = { ...good, interval: toInterval('1M') };
      await ensure.rejects(store.write(SYMBOL, { columns: moved }), 'INVALID_ROW', 'off the grid');
      await ensure.rejects(store.write(SYMBOL, { columns: turned }), 'INVALID_ROW', 'out of order');
      await ensure.rejects(store.write(SYMBOL, { columns: months }), 'INVALID_INPUT', 'months');
      await ensure.rejects(store.write('', { columns: good }), 'INVALID_INPUT', 'an empty symbol');
    },
  },
  {
    id: 'CS-C44',
    rule: 'write: watched time that is no range of whole seconds, and coverage beyond the width of its candle, are refused',
    async run({ store }) {
      const good = columns('1m', candle(T0, 100), candle(T0 + MINUTE, 100));
      for (const [from, to] of [
        [T0 + 1, T0 + 2000],
        [T0, T0 + 1500],
        [T0 + 2000, T0],
        [T0, Number.NaN],
      ] as const) {
        await ensure.rejects(
          store.write(SYMBOL, { columns: good, observed: [{ from, to }] }),
          'INVALID_INPUT',
          `${from} to ${to}`,
        );
      }
      const long = { ...good, coverage: good.coverage.map(() => 61) };
      await ensure.rejects(store.write(SYMBOL, { columns: long }), 'INVALID_ROW', '61 seconds of a minute');
      ensure.equal(await store.series(), [], 'the series');
    },
  },
  {
    id: 'CS-C50',
    rule: 'write: atomic as a whole: a bad batch or a failing source leaves the store as it was',
    async run({ store }) {
      await store.write(SYMBOL, { columns: columns('1m', candle(T0, 100)) });
      const before = await queryRows(store, '1m', T0, T0 + 100 * MINUTE);
      const bad = columns('1m', candle(T0 + 2 * MINUTE, 100));
      const batches = [
        { columns: columns('1m', candle(T0 + MINUTE, 100)) },
        { columns: { ...bad, high: bad.low.map((low) => low - 1) } },
      ];
      await ensure.rejects(store.write(SYMBOL, batches), 'INVALID_ROW', 'the bad batch');
      async function* failing(): AsyncGenerator<CandleBatch> {
        yield { columns: columns('1m', candle(T0 + MINUTE, 100)) };
        throw new Error('the source failed');
      }
      await ensure.rejects(store.write(SYMBOL, failing()), null, 'the failing source');
      ensure.equal(await queryRows(store, '1m', T0, T0 + 100 * MINUTE), before, 'the rows');
    },
  },
  {
    id: 'CS-C52',
    rule: 'write: one batch, an array, and an async sequence are all taken',
    async run({ store }) {
      async function* sequence(): AsyncGenerator<CandleBatch> {
        yield { columns: columns('1m', candle(T0, 100)) };
        yield { columns: columns('1m', candle(T0 + MINUTE, 100)) };
      }
      ensure.equal((await store.write('A', sequence())).added, 2, 'the async sequence');
      ensure.equal((await store.write('B', [{ columns: columns('1m', candle(T0, 100)) }])).added, 1, 'the array');
      ensure.equal(
        (await store.write('C', { columns: columnsFromCandles([], toInterval('1m')) })).added,
        0,
        'an empty batch',
      );
      const found = await store.series();
      ensure.equal(
        found.map(({ symbol }) => symbol),
        ['A', 'B'],
        'the series: an empty batch makes none',
      );
    },
  },
  {
    id: 'CS-C54',
    rule: 'write: an abort while batches are gathered leaves the store as it was',
    async run({ store }) {
      const stop = new AbortController();
      async function* stopped(): AsyncGenerator<CandleBatch> {
        yield { columns: columns('1m', candle(T0, 100)) };
        stop.abort(Object.assign(new Error('stopped by the caller'), { code: 'STOPPED' }));
        yield { columns: columns('1m', candle(T0 + MINUTE, 100)) };
      }
      await ensure.rejects(store.write(SYMBOL, stopped(), { signal: stop.signal }), 'STOPPED', 'the write');
      ensure.equal(await queryRows(store, '1m', T0, T0 + 9 * MINUTE), [], 'the rows');
    },
  },
  {
    id: 'CS-C60',
    rule: 'series: venues and symbols never mix',
    async run({ store }) {
      await store.write({ venue: 'a', symbol: SYMBOL }, { columns: columns('1m', candle(T0, 100)) });
      await store.write({ venue: 'b', symbol: SYMBOL }, { columns: columns('1m', candle(T0, 200)) });
      await store.write(SYMBOL, { columns: columns('1m', candle(T0, 300)) });
      const read = async (venue: string): Promise<string[]> =>
        queryRows(store, '1m', T0, T0 + MINUTE, { series: { venue, symbol: SYMBOL } });
      ensure.equal(
        [...(await read('a')), ...(await read('b')), ...(await read('default'))].map((row) => row.split(' ')[1]),
        ['100', '200', '300'],
        'the opens',
      );
      ensure.equal(
        await store.series(),
        ['a', 'b', 'default'].map((venue) => ({ venue, symbol: SYMBOL })),
        'the series',
      );
    },
  },
];
