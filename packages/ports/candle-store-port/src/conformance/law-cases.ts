import { toInterval } from '@prate/domain';
import { interpolateSeconds, resample } from '@prate/domain/candles';
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

/** The laws of provenance, round trip, associativity, honest gaps, and finest whole data, as a store shows them. */
export const lawCases: readonly CandleStoreCase[] = [
  {
    id: 'CS-C110',
    rule: 'law 2: a minute read in seconds and resampled is the minute again, every field',
    async run({ store }) {
      const minutes = columns(
        '1m',
        candle(T0, 100),
        candle(T0 + MINUTE, 103, { trades: null }),
        candle(T0 + 5 * MINUTE, 99, { turnover: null, trades: 2 }),
      );
      await store.write(SYMBOL, { columns: minutes });
      const seconds = await store.readColumns({ series: SYMBOL, interval: '1s', from: T0, to: T0 + 6 * MINUTE });
      ensure.equal(seconds.length, 180, 'the seconds');
      const again = resample(seconds, toInterval('1m'));
      const values = (rows: string[]): string[] => rows.map((row) => row.split(' ').slice(0, 8).join(' '));
      ensure.equal(values(textRows(again)), values(textRows(minutes)), 'the minutes');
      ensure.equal(new Set(field(textRows(seconds), 8)), new Set(['INTERPOLATED']), 'the source');
      ensure.equal(new Set(field(textRows(seconds), 9)), new Set(['0.0000']), 'the coverage');
      for (let from = T0; from < T0 + 110_000; from += 17_000) {
        const alone = await queryRows(store, '1s', from, from + 3000);
        const first = (from - T0) / 1000;
        ensure.equal(alone, textRows(seconds).slice(first, first + 3), 'three seconds read on their own');
      }
    },
  },
  {
    id: 'CS-C111',
    rule: 'law 2: the model and the seed of a query make its seconds, the same alone or in company, and add up all the same',
    async run({ store }) {
      const minutes = columns('1m', candle(T0, 100), candle(T0 + MINUTE, 101, { trades: null }));
      await store.write(SYMBOL, { columns: minutes });
      const whole = { series: SYMBOL, interval: '1s', from: T0, to: T0 + 2 * MINUTE };
      const asked = [
        undefined,
        'linear',
        'bridge',
        { model: 'bridge', seed: 1 },
        { model: 'bridge', seed: 2 },
      ] as const;
      const answers: string[][] = [];
      for (const interpolation of asked) {
        const seconds = await store.readColumns({ ...whole, interpolation });
        answers.push(textRows(seconds));
        ensure.equal(textRows(seconds), textRows(interpolateSeconds(minutes, interpolation)), 'the seconds');
        for (let from = T0; from < T0 + 110_000; from += 17_000) {
          const alone = await queryRows(store, '1s', from, from + 3000, { interpolation });
          const first = (from - T0) / 1000;
          ensure.equal(alone, textRows(seconds).slice(first, first + 3), 'three seconds read on their own');
        }
        const odd = await queryRows(store, '7s', T0, T0 + 2 * MINUTE, { interpolation });
        const expected = textRows(resample(seconds, toInterval('7s')));
        // the first bucket of seven seconds may open before the minutes
        ensure.equal(odd, expected.slice(expected.length - odd.length), 'buckets of seven seconds');
      }
      const [byDefault, linear, bridge, one, two] = answers;
      ensure.equal(byDefault, linear, 'the model where none is named');
      ensure.equal(bridge, one, 'the seed where none is named');
      ensure.that(String(bridge) !== String(linear), 'linear and bridge give the same seconds');
      ensure.that(String(one) !== String(two), 'two seeds give the same seconds');
      for (const interpolation of [{ model: 'bridge', seed: 0.5 }, 'cubic' as 'linear'] as const)
        await ensure.rejects(
          store.readColumns({ ...whole, interpolation }),
          'INVALID_INPUT',
          'an interpolation that is none',
        );
    },
  },
  {
    id: 'CS-C112',
    rule: 'law 1: 90 s over one whole minute and half of another are covered by two thirds and INTERPOLATED',
    async run({ store }) {
      await store.write(SYMBOL, {
        columns: columns('1m', candle(T0, 100), candle(T0 + MINUTE, 101), candle(T0 + 2 * MINUTE, 102)),
      });
      const rows = await queryRows(store, '90s', T0, T0 + 3 * MINUTE);
      ensure.equal(
        rows.map((row) => row.split(' ').slice(8).join(' ')),
        ['INTERPOLATED 0.6667', 'INTERPOLATED 0.6667'],
        'the provenance',
      );
      ensure.equal(
        (await queryRows(store, '3m', T0, T0 + 3 * MINUTE)).map((row) => row.split(' ').slice(8).join(' ')),
        ['EXCHANGE 1.0000'],
        'at a multiple',
      );
    },
  },
  {
    id: 'CS-C114',
    rule: 'law 3: an odd interval that crosses every edge is what its seconds add up to',
    async run({ store }) {
      await store.write(SYMBOL, { columns: tradeSeconds(T0 + 3590_000, T0 + 3613_000, 100) });
      const seconds = await store.readColumns({ series: SYMBOL, interval: '1s', from: T0, to: T0 + 2 * HOUR });
      ensure.equal(
        await queryRows(store, '7s', T0, T0 + 2 * HOUR),
        textRows(resample(seconds, toInterval('7s'))),
        'the rows at 7 s',
      );
    },
  },
  {
    id: 'CS-C120',
    rule: 'law 5: finer data that covers a bucket whole wins over a coarser candle',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 500), candle(T0 + MINUTE, 500)) },
        { columns: tradeSeconds(T0, T0 + MINUTE, 100) },
      ]);
      ensure.equal(field(await queryRows(store, '1m', T0, T0 + 2 * MINUTE), 1), ['100', '500'], 'the opens');
      ensure.equal(field(await queryRows(store, '2m', T0, T0 + 2 * MINUTE), 8), ['EXCHANGE'], 'a bucket of both');
      ensure.equal(
        field(await queryRows(store, '2m', T0, T0 + 2 * MINUTE), 5),
        ['240'],
        'its volume: 60 seconds of 2 and a minute of 120',
      );
    },
  },
  {
    id: 'CS-C122',
    rule: 'law 5: below a minute whose seconds are partly observed only those seconds exist; the minute itself is the candle',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 500), candle(T0 + MINUTE, 500)) },
        { columns: tradeSeconds(T0 + 10_000, T0 + 13_000, 100) },
      ]);
      ensure.equal(field(await queryRows(store, '1s', T0, T0 + MINUTE), 0), ['10000', '11000', '12000'], 'the seconds');
      ensure.equal(await queryRows(store, '5s', T0 + 30_000, T0 + 45_000), [], 'five seconds that nobody saw');
      ensure.equal(field(await queryRows(store, '1m', T0, T0 + 2 * MINUTE), 1), ['500', '500'], 'the minutes');
      ensure.equal((await queryRows(store, '90s', T0 + 90_000, T0 + 120_000)).length, 1, 'a bucket beside it');
    },
  },
  {
    id: 'CS-C126',
    rule: 'law 5: of three steps each bucket takes the finest that covers it whole',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('5m', candle(T0, 500, { volume: 5 }), candle(T0 + 5 * MINUTE, 510, { volume: 5 })) },
        { columns: columns('1m', candle(T0, 300, { volume: 3 }), candle(T0 + MINUTE, 301, { volume: 3 })) },
        { columns: tradeSeconds(T0, T0 + MINUTE, 100) },
        { columns: tradeSeconds(T0 + 90_000, T0 + 100_000, 101) },
      ]);
      const opens = async (interval: string, from = T0, to = T0 + 10 * MINUTE): Promise<unknown> =>
        field(await queryRows(store, interval, from, to), 1);
      ensure.equal(await opens('1m', T0, T0 + 2 * MINUTE), ['100', '301'], 'minutes: of seconds, then the stored one');
      ensure.equal(await opens('2m', T0, T0 + 2 * MINUTE), ['100'], 'two minutes of both');
      ensure.equal(field(await queryRows(store, '2m', T0, T0 + 2 * MINUTE), 5), ['123'], 'their volume');
      ensure.equal(await opens('5m'), ['500', '510'], 'five minutes that nothing finer covers whole');
      ensure.equal(await opens('10m'), ['500'], 'ten minutes');
      ensure.equal(
        await opens('1m', T0 + 2 * MINUTE, T0 + 5 * MINUTE),
        [],
        'minutes of a partly known five: nobody saw them',
      );
      ensure.equal(await opens('10s', T0 + MINUTE, T0 + 2 * MINUTE), ['101'], 'ten seconds of a partly known minute');
      ensure.equal(
        field(await queryRows(store, '1m', T0 + 5 * MINUTE, T0 + 10 * MINUTE), 8),
        Array(5).fill('INTERPOLATED'),
        'minutes of an unknown five',
      );
    },
  },
  {
    id: 'CS-C128',
    rule: 'law 3: what is read at a fine interval adds up to what is read at a coarse one',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: tradeSeconds(T0, T0 + 17 * MINUTE, 100), observed: [{ from: T0, to: T0 + 20 * MINUTE }] },
        { columns: columns('1m', ...[20, 21, 22, 23, 24].map((n) => candle(T0 + n * MINUTE, 100 + n))) },
      ]);
      const range = { series: SYMBOL, from: T0, to: T0 + 25 * MINUTE };
      const coarse = textRows(await store.readColumns({ ...range, interval: '5m' }));
      for (const interval of ['1m', '5m']) {
        const fine = await store.readColumns({ ...range, interval });
        const values = (rows: string[]): string[] => rows.map((row) => row.split(' ').slice(0, 9).join(' '));
        ensure.equal(
          values(textRows(resample(fine, toInterval('5m')))),
          values(coarse),
          `five minutes from ${interval}`,
        );
      }
      ensure.equal(coarse.length, 5, 'the buckets');
    },
  },
  {
    id: 'CS-C130',
    rule: 'law 4: a quiet second is filled flat on request, an unobserved one is a gap',
    async run({ store }) {
      const observed = [
        { from: T0, to: T0 + 4000 },
        { from: T0 + 6000, to: T0 + 8000 },
      ];
      await store.write(SYMBOL, {
        columns: columns(
          '1s',
          candle(T0 + 1000, 100, { source: 'TRADES' }),
          candle(T0 + 7000, 90, { source: 'TRADES' }),
        ),
        observed,
      });
      ensure.equal(field(await queryRows(store, '1s', T0, T0 + 10_000), 0), ['1000', '7000'], 'unfilled');
      const flat = await queryRows(store, '1s', T0, T0 + 10_000, { fill: 'flat' });
      // no price is known before the first trade, nor after the interruption until the next one
      ensure.equal(
        flat.slice(1, 3),
        ['2000 101 101 101 101 0 0 0 TRADES 1.0000', '3000 101 101 101 101 0 0 0 TRADES 1.0000'],
        'the flat rows',
      );
      ensure.equal(field(flat, 0), ['1000', '2000', '3000', '7000'], 'filled');
    },
  },
  {
    id: 'CS-C132',
    rule: 'law 4: quiet time counts as covered',
    async run({ store }) {
      await store.write(SYMBOL, {
        columns: tradeSeconds(T0 + 3000, T0 + 4000, 100),
        observed: [{ from: T0, to: T0 + 6000 }],
      });
      ensure.equal(field(await queryRows(store, '5s', T0, T0 + 10_000), 9), ['1.0000'], 'the coverage at 5 s');
      ensure.equal(field(await queryRows(store, '10s', T0, T0 + 10_000), 9), ['0.6000'], 'the coverage at 10 s');
    },
  },
  {
    id: 'CS-C134',
    rule: 'law 4: the last price is carried into a query that begins in a quiet stretch, across blocks and days',
    async run({ store }) {
      await store.write(SYMBOL, {
        columns: tradeSeconds(T0, T0 + 1000, 100),
        observed: [{ from: T0, to: T0 + 80 * HOUR }],
      });
      const rows = await queryRows(store, '1h', T0 + 70 * HOUR, T0 + 90 * HOUR, { fill: 'flat' });
      ensure.equal(rows.length, 10, 'the rows');
      ensure.equal(new Set(field(rows, 4)), new Set(['100']), 'the closes');
    },
  },
  {
    id: 'CS-C138',
    rule: 'law 4: quiet minutes of coarser candles are filled flat below and above their own width',
    async run({ store }) {
      await store.write(SYMBOL, {
        columns: columns('1m', candle(T0, 100)),
        observed: [{ from: T0, to: T0 + 5 * MINUTE }],
      });
      const flat = { fill: 'flat' } as const;
      const quiet = '101 101 101 101 0 0 0 EXCHANGE 1.0000';
      ensure.equal(
        (await queryRows(store, '1m', T0 + MINUTE, T0 + 9 * MINUTE, flat)).map((row) =>
          row.split(' ').slice(1).join(' '),
        ),
        Array(4).fill(quiet),
        'minutes',
      );
      ensure.equal(
        await queryRows(store, '1s', T0 + 2 * MINUTE, T0 + 2 * MINUTE + 1000, flat),
        [`120000 ${quiet}`],
        'a second',
      );
      ensure.equal(
        field(await queryRows(store, '10m', T0, T0 + HOUR, flat), 9),
        ['0.5000'],
        'ten minutes, half of them watched',
      );
      ensure.equal(
        (await queryRows(store, '1s', T0, T0 + 5 * MINUTE, { ...flat, observedOnly: true })).length,
        240,
        'the quiet seconds were observed',
      );
    },
  },
  {
    id: 'CS-C142',
    rule: 'law 5: a slot that one stream calls quiet and a finer one does not is not whole; a coarser candle is used there',
    async run({ store }) {
      const range = { from: T0 + 5 * MINUTE, to: T0 + 10 * MINUTE };
      await store.write(SYMBOL, { columns: columns('5m', candle(range.from, 100)) });
      await store.write(SYMBOL, { columns: columns('5s'), observed: [{ from: T0, to: range.to }] });
      await store.write(SYMBOL, { columns: tradeSeconds(range.from, range.from + 1000, 50) });
      const candles = columns('5m', candle(range.from, 100));
      ensure.equal(await queryRows(store, '5m', range.from, range.to), textRows(candles), 'the five minutes');
      const [hour] = await queryRows(store, '1h', T0, T0 + HOUR);
      ensure.equal(hour?.split(' ').slice(1, 6), ['100', '103', '98', '101', '120'], 'the hour');
      ensure.equal(field(await queryRows(store, '1m', T0, T0 + HOUR), 5), ['2'], 'the minutes: only the second exists');
    },
  },
];
