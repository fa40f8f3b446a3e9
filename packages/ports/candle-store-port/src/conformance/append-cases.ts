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

export const appendCases: readonly CandleStoreCase[] = [
  {
    id: 'CS-C70',
    rule: 'append: a few rows of many series, every field exactly, each to its own series, at any interval at once',
    async run({ store }) {
      const rows = columns(
        '1m',
        candle(T0, 100, { open: '99.55', close: '100.10', volume: '0.00000001', turnover: null, trades: 1 }),
        candle(T0 + MINUTE, 101, { trades: null, turnover: '900719925474099300.1', volume: '9007199254.740993001' }),
      );
      await store.append([
        { series: { venue: 'a', symbol: SYMBOL }, columns: rows },
        { series: { venue: 'b', symbol: SYMBOL }, columns: tradeSeconds(T0, T0 + 2000, 7) },
        { series: SYMBOL, columns: tradeSeconds(T0 + 1000, T0 + 3000, 8) },
      ]);
      const read = (venue: string, interval: string): Promise<string[]> =>
        queryRows(store, interval, T0, T0 + HOUR, { series: { venue, symbol: SYMBOL } });
      ensure.equal(await read('a', '1m'), textRows(rows), 'the minutes');
      ensure.equal(field(await read('b', '1s'), 1), ['7', '7'], 'the seconds');
      ensure.equal(field(await read('default', '1m'), 5), ['4'], 'the volume of the minute that they make');
      ensure.equal(
        await store.series(),
        ['a', 'b', 'default'].map((venue) => ({ venue, symbol: SYMBOL })),
        'the series',
      );
    },
  },
  {
    id: 'CS-C72',
    rule: 'append: many small ones are what one write of all their rows is: rows, watched time and counts',
    async run({ store }) {
      for (let second = 0; second < 150; second += 1) {
        const from = T0 + second * 1000;
        const quiet = second % 5 === 3;
        await store.append(
          ['A', 'B'].map((series) => ({
            series,
            columns: quiet ? columns('1s') : tradeSeconds(from, from + 1000, second + 1),
            observed: second === 77 ? [] : [{ from, to: from + 1000 }],
          })),
        );
      }
      for (const series of ['A', 'B']) {
        const rows = await queryRows(store, '1s', T0, T0 + HOUR, { series });
        ensure.equal(rows.length, 120, 'the seconds');
        ensure.equal(
          (await store.coverage({ series })).map(({ rows: count, observed }) => [
            count,
            observed.map(({ from, to }) => [from - T0, to - T0]),
          ]),
          [
            [
              120,
              [
                [0, 77_000],
                [78_000, 150_000],
              ],
            ],
          ],
          'the coverage',
        );
        const minutes = await queryRows(store, '1m', T0, T0 + HOUR, { series });
        ensure.equal(field(minutes, 7), ['48', '48', '24'], 'the trades of the minutes');
        ensure.equal(field(minutes, 9), ['1.0000', '0.9833', '0.5000'], 'their coverage');
      }
      const [stats, report] = [await store.stats(), await store.verify()];
      ensure.equal([stats.rows, stats.series, report.rows, report.faults], [240, 2, 240, []], 'the counts');
    },
  },
  {
    id: 'CS-C74',
    rule: 'append: it is one more write: of two equal rows the later wins, whichever of write, append and delete came before',
    async run({ store }) {
      const opens = async (): Promise<unknown> => field(await queryRows(store, '1s', T0, T0 + MINUTE), 1);
      const seconds = (to: number, price: number) => ({ columns: tradeSeconds(T0, T0 + to, price) });
      await store.write(SYMBOL, seconds(3000, 1));
      await store.append([
        { series: SYMBOL, ...seconds(2000, 2) },
        { series: SYMBOL, ...seconds(1000, 3) },
      ]);
      ensure.equal(await opens(), ['3', '2', '1'], 'appended over written');
      ensure.equal(
        await store.write(SYMBOL, seconds(2000, 4)),
        { added: 0, replaced: 2, unchanged: 0 },
        'a write over what was appended',
      );
      ensure.equal(await opens(), ['4', '4', '1'], 'written over appended');
      await store.append([{ series: SYMBOL, ...seconds(4000, 5) }]);
      ensure.equal(await store.delete({ series: SYMBOL, from: T0 + 1000, to: T0 + MINUTE }), 3, 'how many are deleted');
      ensure.equal(await opens(), ['5'], 'deleted after it was appended');
      await store.append([{ series: SYMBOL, columns: columns('1s', candle(T0, 50)) }]);
      ensure.equal(await opens(), ['5'], 'an exchange candle over one of trades');
    },
  },
  {
    id: 'CS-C76',
    rule: 'append: atomic as a whole: what write refuses leaves the store as it was; nothing to say makes no series',
    async run({ store }) {
      const good = { series: SYMBOL, columns: tradeSeconds(T0, T0 + 1000, 1) };
      const invented = columns('1m', candle(T0, 100, { source: 'INTERPOLATED' }));
      await ensure.rejects(
        store.append([good, { series: 'OTHER', columns: invented }]),
        'INVALID_ROW',
        'an INTERPOLATED row',
      );
      await ensure.rejects(store.append([good, { ...good, series: '' }]), 'INVALID_INPUT', 'an empty symbol');
      await ensure.rejects(
        store.append([good, { ...good, observed: [{ from: T0 + 1, to: T0 + 1000 }] }]),
        'INVALID_INPUT',
        'watched time of half seconds',
      );
      await store.append([]);
      await store.append([{ series: SYMBOL, columns: columns('1s') }]);
      ensure.equal([await store.series(), (await store.stats()).rows], [[], 0], 'the store');
    },
  },
];
