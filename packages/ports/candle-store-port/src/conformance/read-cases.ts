import { CandleBuffers } from '@prate/domain/candles';
import { ensure } from '@prate/runtime/conformance';
import {
  type CandleStoreCase,
  candle,
  columns,
  field,
  HOUR,
  MINUTE,
  queryRows,
  SYMBOL,
  T0,
  textRows,
  tradeSeconds,
} from './context.ts';

export const readCases: readonly CandleStoreCase[] = [
  {
    id: 'CS-C100',
    rule: 'read: the buckets whose open lies in [from, to), each whole',
    async run({ store }) {
      await store.write(SYMBOL, { columns: tradeSeconds(T0, T0 + 30_000, 100) });
      const rows = await queryRows(store, '10s', T0 + 1, T0 + 20_001);
      ensure.equal(field(rows, 0), ['10000', '20000'], 'the opens');
      ensure.equal(field(rows, 7), ['10', '10'], 'the trades of whole buckets');
      ensure.equal(await queryRows(store, '10s', T0 + 20_000, T0 + 20_000), [], 'an empty range');
      ensure.equal(await queryRows(store, '10s', T0 + 20_000, T0), [], 'a range that ends before it begins');
    },
  },
  {
    id: 'CS-C102',
    rule: 'read: an unknown series and a time without data yield nothing',
    async run({ store }) {
      ensure.equal(await queryRows(store, '1s', T0, T0 + HOUR), [], 'an unknown series');
      await store.write(SYMBOL, { columns: tradeSeconds(T0, T0 + 1000, 100) });
      ensure.equal(await queryRows(store, '1s', T0 + HOUR, T0 + 5 * HOUR), [], 'a time without data');
      ensure.equal((await queryRows(store, '1s', -8e15, 8e15)).length, 1, 'all of time');
      await ensure.rejects(queryRows(store, '1s', Number.NaN, T0), 'INVALID_INPUT', 'a time that is none');
      await ensure.rejects(queryRows(store, '5x', T0, T0 + 1), 'INVALID_INPUT', 'an interval that is none');
    },
  },
  {
    id: 'CS-C104',
    rule: 'read: the batches one after the other are what readColumns gives',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: tradeSeconds(T0, T0 + 2 * HOUR, 100) },
        { columns: tradeSeconds(T0 + 50 * HOUR, T0 + 51 * HOUR, 101) },
      ]);
      for (const interval of ['1s', '7s', '1h']) {
        const range = { series: SYMBOL, interval, from: T0, to: T0 + 60 * HOUR };
        const rows: string[] = [];
        for await (const batch of store.read(range)) rows.push(...textRows(batch));
        ensure.equal(rows, textRows(await store.readColumns(range)), `the rows at ${interval}`);
        ensure.that(rows.length > 0, `no rows at ${interval}`);
      }
    },
  },
  {
    id: 'CS-C105',
    rule: 'readColumns: into the caller’s arrays, of whatever size, it is the same answer',
    async run({ store }) {
      await store.write(SYMBOL, { columns: tradeSeconds(T0, T0 + HOUR, 100) });
      await store.write(SYMBOL, { columns: tradeSeconds(T0 + 2 * HOUR, T0 + 3 * HOUR, 101) });
      const into = new CandleBuffers(10);
      for (const [interval, hours] of [
        ['5s', 1],
        ['1s', 3],
        ['7s', 3],
        ['1m', 1],
      ] as const) {
        const range = { series: SYMBOL, interval, from: T0, to: T0 + hours * HOUR };
        const answer = textRows(await store.readColumns(range, { into }));
        ensure.equal(answer, textRows(await store.readColumns(range)), `the rows at ${interval}`);
        ensure.that(answer.length > 10, `no rows at ${interval}`);
      }
      // made of minutes, of minutes and seconds, in several parts with a day between them, flat rows among them
      const minute = (openTime: number, price: number) =>
        columns('1m', candle(openTime, price), candle(openTime + 2 * MINUTE, price));
      await store.write('MADE', [
        { columns: minute(T0, 100), observed: [{ from: T0, to: T0 + 4 * MINUTE }] },
        { columns: minute(T0 + 30 * HOUR, 101) },
        { columns: tradeSeconds(T0 + 30 * HOUR + MINUTE, T0 + 30 * HOUR + 2 * MINUTE, 102) },
      ]);
      for (const [interval, fill, observedOnly] of [
        ['1s', 'none', false],
        ['5s', 'flat', false],
        ['1m', 'flat', true],
        ['90s', 'none', false],
        ['7s', 'none', true],
        ['5s', 'none', false],
      ] as const) {
        const query = { series: 'MADE', interval, fill, observedOnly, from: T0, to: T0 + 31 * HOUR };
        const kept = await store.readColumns(query);
        const rows = textRows(kept);
        const what = `the rows made at ${interval}, ${fill}`;
        ensure.equal(textRows(await store.readColumns(query, { into })), rows, what);
        ensure.equal(textRows(kept), rows, `${what}, read before into fresh memory`);
        ensure.equal(textRows(await store.readColumns(query)), rows, `${what}, once more`);
      }
    },
  },
  {
    id: 'CS-C106',
    rule: 'read: a loop may be left, ends with the reason of an abort or with STORE_CLOSED, and what it gave stays valid',
    async run({ store }) {
      const batches = [0, 50, 100].map((hours) => ({
        columns: tradeSeconds(T0 + hours * HOUR, T0 + hours * HOUR + 2000_000, 100),
      }));
      await store.write(SYMBOL, batches);
      const range = { series: SYMBOL, interval: '1s', from: T0, to: T0 + 200 * HOUR };
      for await (const _ of store.read(range)) break;
      const stop = new AbortController();
      const stopped = store.read(range, { signal: stop.signal })[Symbol.asyncIterator]();
      const first = await stopped.next();
      const rows = textRows(first.value);
      ensure.that(rows.length > 0, 'a first batch');
      stop.abort(Object.assign(new Error('stopped by the caller'), { code: 'STOPPED' }));
      await ensure.rejects(stopped.next(), 'STOPPED', 'the batch after the abort');
      const open = store.read(range)[Symbol.asyncIterator]();
      await open.next();
      await store.delete(range);
      ensure.equal(textRows(first.value), rows, 'the first batch, later');
      await store.close();
      await ensure.rejects(open.next(), 'STORE_CLOSED', 'the batch after the end');
    },
  },
  {
    id: 'CS-C108',
    rule: 'read: times before 1970, and ranges wider than the calendar',
    async run({ store }) {
      const old = Date.UTC(1924, 0);
      const all = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
      await store.write('SECONDS', { columns: tradeSeconds(old, old + 3000, 100) });
      await store.write('DAYS', { columns: columns('1d', candle(old, 100), candle(-24 * HOUR, 100)) });
      const opens = async (series: string, interval: string): Promise<number[]> =>
        Array.from((await store.readColumns({ series, interval, ...all })).openTime);
      ensure.equal(await opens('SECONDS', '1s'), [old, old + 1000, old + 2000], 'the seconds');
      ensure.equal(await opens('DAYS', '1d'), [old, -24 * HOUR], 'the days');
      ensure.equal(await opens('DAYS', '1M'), [old, Date.UTC(1969, 11)], 'the months');
    },
  },
  {
    id: 'CS-C116',
    rule: 'read: weeks begin on Monday, months with the calendar',
    async run({ store }) {
      const day = 24 * HOUR;
      await store.write(SYMBOL, { columns: columns('1d', ...[-1, 0, 6, 7, 31].map((n) => candle(T0 + n * day, 100))) });
      const far = [T0 - 60 * day, T0 + 60 * day] as const;
      ensure.equal(
        field(await queryRows(store, '1w', ...far), 0),
        [-7, 0, 7, 28].map((n) => String(n * day)),
        'the weeks',
      );
      ensure.equal(
        field(await queryRows(store, '1M', ...far), 0),
        [-31, 0, 31].map((n) => String(n * day)),
        'the months',
      );
      ensure.equal(field(await queryRows(store, '1M', ...far), 9)[1], (3 / 31).toFixed(4), 'the coverage of January');
    },
  },
  {
    id: 'CS-C124',
    rule: 'read: a bucket that was partly watched says so',
    async run({ store }) {
      await store.write(SYMBOL, { columns: tradeSeconds(T0, T0 + 15_000, 100) });
      ensure.equal(field(await queryRows(store, '1m', T0, T0 + MINUTE), 9), ['0.2500'], 'the coverage');
    },
  },
  {
    id: 'CS-C136',
    rule: 'read: observedOnly leaves out what holds made-up seconds',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 500)) },
        { columns: tradeSeconds(T0 + MINUTE, T0 + 2 * MINUTE, 100) },
      ]);
      ensure.equal((await queryRows(store, '30s', T0, T0 + 2 * MINUTE)).length, 4, 'all');
      ensure.equal(
        field(await queryRows(store, '30s', T0, T0 + 2 * MINUTE, { observedOnly: true }), 8),
        ['TRADES', 'TRADES'],
        'observed only',
      );
    },
  },
  {
    id: 'CS-C140',
    rule: 'read: turnover and trades of a bucket are known only where all its parts know them',
    async run({ store }) {
      await store.write(SYMBOL, {
        columns: columns(
          '1m',
          candle(T0, 100),
          candle(T0 + MINUTE, 100, { turnover: null }),
          candle(T0 + 2 * MINUTE, 100, { trades: null }),
        ),
      });
      ensure.equal(
        (await queryRows(store, '1m', T0, T0 + 3 * MINUTE)).map((row) => row.split(' ').slice(6, 8).join(' ')),
        ['12000 75', '? 75', '12000 ?'],
        'the minutes',
      );
      ensure.equal(
        (await queryRows(store, '3m', T0, T0 + 3 * MINUTE)).map((row) => row.split(' ').slice(6, 8).join(' ')),
        ['? ?'],
        'the bucket',
      );
    },
  },
];
