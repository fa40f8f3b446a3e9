import { ensure } from '@prate/runtime/conformance';
import type { CandleBatch } from '../candle-store-port.ts';
import { type CandleStoreCase, candle, columns, MINUTE, queryRows, SYMBOL, T0, tradeSeconds } from './context.ts';

const aborted = AbortSignal.abort(Object.assign(new Error('stopped by the caller'), { code: 'STOPPED' }));

export const careCases: readonly CandleStoreCase[] = [
  {
    id: 'CS-C200',
    rule: 'coverage: series by series as series() has them, finest step first, the rows and the watched time',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 100), candle(T0 + 2 * MINUTE, 100)) },
        { columns: tradeSeconds(T0, T0 + 2000, 100), observed: [{ from: T0, to: T0 + 5000 }] },
      ]);
      await store.write('OTHER', { columns: columns('1m', candle(T0, 100)) });
      await store.write('AN_OTHER', { columns: tradeSeconds(T0, T0 + 1000, 100) });
      const found = await store.coverage({ series: SYMBOL });
      ensure.equal(
        found.map(({ step, rows, observed }) => [
          step.text,
          rows,
          observed.map(({ from, to }) => [from - T0, to - T0]),
        ]),
        [
          ['1s', 2, [[0, 5000]]],
          [
            '1m',
            2,
            [
              [0, MINUTE],
              [2 * MINUTE, 3 * MINUTE],
            ],
          ],
        ],
        'the coverage',
      );
      ensure.equal(
        (await store.coverage()).map(({ series, step }) => `${series.symbol} ${step.text}`),
        ['AN_OTHER 1s', `${SYMBOL} 1s`, `${SYMBOL} 1m`, 'OTHER 1m'],
        'all series',
      );
      ensure.equal(
        (await store.series()).map(({ symbol }) => symbol),
        ['AN_OTHER', SYMBOL, 'OTHER'],
        'in the order of the series',
      );
      const [part] = await store.coverage({ series: 'OTHER', from: T0 + 30_000, to: T0 + MINUTE });
      ensure.equal([part?.rows, part?.observed], [0, [{ from: T0 + 30_000, to: T0 + MINUTE }]], 'a part of the time');
      ensure.equal(await store.coverage({ series: 'NONE' }), [], 'an unknown series');
      ensure.equal(await store.coverage({ from: T0 + 9 * MINUTE }), [], 'a time without data');
      await ensure.rejects(store.coverage({ from: Number.NaN }), 'INVALID_INPUT', 'a time that is none');
    },
  },
  {
    id: 'CS-C210',
    rule: 'delete: the rows that open in [from, to) are gone at every step, and their time is unwatched',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 100), candle(T0 + MINUTE, 100)) },
        { columns: tradeSeconds(T0, T0 + 3000, 100) },
      ]);
      ensure.equal(await store.delete({ series: SYMBOL, from: T0, to: T0 + MINUTE }), 4, 'how many');
      ensure.equal((await queryRows(store, '1m', T0, T0 + 9 * MINUTE)).length, 1, 'what is left');
      const [left] = await store.coverage({ series: SYMBOL });
      ensure.equal(left?.observed, [{ from: T0 + MINUTE, to: T0 + 2 * MINUTE }], 'the watched time');
      ensure.equal(await store.delete({ series: 'NONE', from: T0, to: T0 + MINUTE }), 0, 'an unknown series');
    },
  },
  {
    id: 'CS-C212',
    rule: 'delete: what opened before the range stays, and a range that is none deletes nothing',
    async run({ store }) {
      await store.write(SYMBOL, [
        { columns: columns('1m', candle(T0, 100), candle(T0 + MINUTE, 100), candle(T0 + 2 * MINUTE, 100)) },
        { columns: tradeSeconds(T0, T0 + 3000, 100) },
      ]);
      const before = await store.coverage();
      ensure.equal(
        await store.delete({ series: SYMBOL, from: T0 + 2 * MINUTE, to: T0 }),
        0,
        'a range that ends before it begins',
      );
      ensure.equal(await store.delete({ series: SYMBOL, from: T0 + MINUTE, to: T0 + MINUTE }), 0, 'an empty range');
      await ensure.rejects(
        store.delete({ series: SYMBOL, from: Number.NaN, to: T0 + MINUTE }),
        'INVALID_INPUT',
        'no beginning',
      );
      await ensure.rejects(store.delete({ series: SYMBOL, from: T0, to: Number.NaN }), 'INVALID_INPUT', 'no end');
      ensure.equal(await store.coverage(), before, 'the coverage before');
      ensure.equal(
        await store.delete({ series: SYMBOL, from: T0 + 2000, to: T0 + MINUTE + 1 }),
        2,
        'a second and a minute',
      );
      ensure.equal(
        (await store.coverage()).map(({ rows, observed }) => [
          rows,
          observed.map(({ from, to }) => [from - T0, to - T0]),
        ]),
        [
          [2, [[0, 2000]]],
          [
            2,
            [
              [0, MINUTE],
              [2 * MINUTE, 3 * MINUTE],
            ],
          ],
        ],
        'the coverage afterwards',
      );
    },
  },
  {
    id: 'CS-C214',
    rule: 'delete: watched time without rows goes too; a series with nothing left is none; what is written again counts as new',
    async run({ store }) {
      const quiet = { columns: tradeSeconds(T0, T0 + 2000, 100), observed: [{ from: T0, to: T0 + MINUTE }] };
      await store.write(SYMBOL, quiet);
      ensure.equal(
        await store.delete({ series: SYMBOL, from: T0 + 2000, to: T0 + MINUTE }),
        0,
        'how many of the quiet time',
      );
      ensure.equal(
        (await store.coverage()).map(({ observed }) => observed),
        [[{ from: T0, to: T0 + 2000 }]],
        'the watched time',
      );
      ensure.equal(await store.delete({ series: SYMBOL, from: T0, to: T0 + MINUTE }), 2, 'how many');
      ensure.equal(
        [await store.series(), await store.coverage(), (await store.stats()).series],
        [[], [], 0],
        'nothing is left',
      );
      ensure.equal(
        await store.write(SYMBOL, { ...quiet, observed: [] }),
        { added: 2, replaced: 0, unchanged: 0 },
        'the second write',
      );
      ensure.equal(
        (await queryRows(store, '1m', T0, T0 + MINUTE)).map((row) => row.split(' ')[9]),
        ['0.0000'],
        'the coverage',
      );
    },
  },
  {
    id: 'CS-C220',
    rule: 'verify and stats: a sound store has no faults, and counts what it holds',
    async run({ store }) {
      const none = await store.stats();
      ensure.equal(
        [none.rows, none.blocks, none.series, await store.verify()],
        [0, 0, 0, { blocks: 0, rows: 0, faults: [] }],
        'an empty store',
      );
      await store.write(SYMBOL, { columns: columns('1m', candle(T0, 100), candle(T0 + MINUTE, 100)) });
      const { rows, faults } = await store.verify();
      ensure.equal([rows, faults], [2, []], 'verify');
      const stats = await store.stats();
      ensure.equal([stats.rows, stats.series], [2, 1], 'stats');
      ensure.that(stats.bytes > 0 && stats.blocks > 0, 'a store that holds something takes room');
    },
  },
  {
    id: 'CS-C230',
    rule: 'close: may be called twice; afterwards every method throws STORE_CLOSED',
    async run({ store }) {
      await store.close();
      await store.close();
      const query = { series: SYMBOL, interval: '1m', from: T0, to: T0 + 1 };
      const batch = { columns: columns('1m', candle(T0, 100)) };
      for (const [name, call] of [
        ['write', () => store.write(SYMBOL, batch)],
        ['append', () => store.append([{ series: SYMBOL, ...batch }])],
        ['read', () => drain(store.read(query))],
        ['readColumns', () => store.readColumns(query)],
        ['series', () => store.series()],
        ['coverage', () => store.coverage()],
        ['delete', () => store.delete({ series: SYMBOL, from: T0, to: T0 + 1 })],
        ['verify', () => store.verify()],
        ['stats', () => store.stats()],
      ] as const) {
        await ensure.rejects(call(), 'STORE_CLOSED', name);
      }
    },
  },
  {
    id: 'CS-C240',
    rule: 'abort: every method ends with the reason of a signal that is aborted, and changes nothing',
    async run({ store }) {
      const batch = { columns: columns('1m', candle(T0, 100)) };
      await store.write(SYMBOL, batch);
      const options = { signal: aborted };
      const query = { series: SYMBOL, interval: '1m', from: T0, to: T0 + MINUTE };
      for (const [name, call] of [
        ['write', () => store.write('OTHER', batch, options)],
        ['append', () => store.append([{ series: 'OTHER', ...batch }], options)],
        ['read', () => drain(store.read(query, options))],
        ['readColumns', () => store.readColumns(query, options)],
        ['series', () => store.series(options)],
        ['coverage', () => store.coverage({}, options)],
        ['delete', () => store.delete({ series: SYMBOL, from: T0, to: T0 + MINUTE }, options)],
        ['verify', () => store.verify(options)],
        ['stats', () => store.stats(options)],
      ] as const) {
        await ensure.rejects(call(), 'STOPPED', name);
      }
      ensure.equal((await store.stats()).rows, 1, 'the rows');
    },
  },
  {
    id: 'CS-C242',
    rule: 'abort: a write whose source hangs ends too, and changes nothing',
    async run({ store }) {
      const stop = new AbortController();
      async function* hanging(): AsyncGenerator<CandleBatch> {
        yield { columns: columns('1m', candle(T0, 100)) };
        stop.abort(Object.assign(new Error('stopped by the caller'), { code: 'STOPPED' }));
        await new Promise(() => {});
      }
      await ensure.rejects(store.write(SYMBOL, hanging(), { signal: stop.signal }), 'STOPPED', 'the write');
      ensure.equal(await store.series(), [], 'the series');
    },
  },
  {
    id: 'CS-C250',
    rule: 'read: a fill or an interpolation that is none is refused',
    async run({ store }) {
      await store.write(SYMBOL, { columns: columns('1m', candle(T0, 100)) });
      for (const wrong of [{ fill: 'bogus' }, { interpolation: 'bogus' }]) {
        await ensure.rejects(
          queryRows(store, '1m', T0, T0 + MINUTE, wrong as never),
          'INVALID_INPUT',
          JSON.stringify(wrong),
        );
      }
    },
  },
];

async function drain(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}
