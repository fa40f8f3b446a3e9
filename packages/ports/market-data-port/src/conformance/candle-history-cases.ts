import { bucketEnd, bucketOpen, type CandleColumns, type TimeRange, toInterval } from '@prate/domain';
import { INTERPOLATED_CODE } from '@prate/domain/candles';
import { ensure } from '@prate/runtime/conformance';
import type { MarketDataCase, MarketDataContext } from './context.ts';
import { NO_SUCH_SYMBOL } from './context.ts';
import { allPages, candleLines, sameLines, timesOf } from './pages.ts';

const requires = ['candleHistory'] as const;

const readCandles = (
  { port, symbol, interval, candleRange }: MarketDataContext,
  range: Partial<TimeRange> = {},
): Promise<readonly CandleColumns[]> => {
  const { from, to } = { ...candleRange, ...range };
  return allPages(from, (next) => port.getCandles({ symbol, interval, from: next, to }));
};

export const candleHistoryCases: readonly MarketDataCase[] = [
  {
    id: 'MD-C20',
    rule: 'candles: ascending, on the grid of the interval asked for, opens within [from, to)',
    requires,
    async run(context) {
      const pages = await readCandles(context);
      const interval = toInterval(context.interval);
      for (const page of pages) ensure.equal(page.interval.text, interval.text, 'interval of the columns');
      const times = timesOf(pages);
      ensure.that(times.length >= 4, `the range must hold four candles at least, not ${times.length}`);
      for (const [i, time] of times.entries()) {
        const before = times[i - 1];
        ensure.that(before === undefined || time > before, `candles must ascend: ${time} comes after ${before}`);
        ensure.equal(bucketOpen(interval, time), time, 'open time on the grid');
        ensure.that(
          time >= context.candleRange.from && time < context.candleRange.to,
          `${time} lies outside the range`,
        );
      }
    },
  },
  {
    id: 'MD-C21',
    rule: 'candles: prices are above 0, high and low hold open and close, nothing is interpolated',
    requires,
    async run(context) {
      for (const page of await readCandles(context)) checkRows(page);
    },
  },
  {
    id: 'MD-C22',
    rule: 'candles: ranges are half-open: two ranges that touch give each candle once',
    requires,
    async run(context) {
      const whole = await readCandles(context);
      const times = timesOf(whole);
      const middle = times[Math.floor(times.length / 2)] as number;
      const halves = [
        ...(await readCandles(context, { to: middle })),
        ...(await readCandles(context, { from: middle })),
      ];
      sameLines(candleLines(halves), candleLines(whole), 'two halves and the whole');
    },
  },
  {
    id: 'MD-C23',
    rule: 'candles: an empty range is an empty last page',
    requires,
    async run({ port, symbol, interval, candleRange: { from } }) {
      const page = await port.getCandles({ symbol, interval, from, to: from });
      ensure.equal([page.columns.length, page.next], [0, null], 'rows and next of an empty range');
    },
  },
  {
    id: 'MD-C24',
    rule: 'candles: only closed ones are given',
    requires,
    async run(context) {
      const interval = toInterval(context.interval);
      const now = await context.port.getServerTime();
      const open = bucketOpen(interval, now);
      const pages = await readCandles(context, { to: bucketEnd(interval, open) });
      const last = timesOf(pages).at(-1);
      const serverTime = await context.port.getServerTime();
      ensure.that(
        last === undefined || bucketEnd(interval, last) <= serverTime,
        `the candle of ${last} is not closed at ${serverTime}`,
      );
    },
  },
  {
    id: 'MD-C25',
    rule: 'candles: an unknown symbol and an impossible interval are InvalidInputErrors',
    requires,
    async run({ port, symbol, interval, candleRange }) {
      const unknown = port.getCandles({ symbol: NO_SUCH_SYMBOL, interval, ...candleRange });
      await ensure.rejects(unknown, 'INVALID_INPUT', 'candles of an unknown symbol');
      const impossible = port.getCandles({ symbol, interval: '0s', ...candleRange });
      await ensure.rejects(impossible, 'INVALID_INPUT', 'candles of 0 s');
    },
  },
];

function checkRows(page: CandleColumns): void {
  for (let i = 0; i < page.length; i += 1) {
    const [open, high, low, close] = [page.open, page.high, page.low, page.close].map(
      (column) => column[i] as number,
    ) as [number, number, number, number];
    const where = `candle of ${page.openTime[i]}`;
    ensure.that(
      low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close),
      `${where}: high and low must hold the rest`,
    );
    ensure.that(Number(page.volume[i]) >= 0, `${where}: volume must not be negative`);
    ensure.that(page.source[i] !== INTERPOLATED_CODE, `${where}: a venue gives no interpolated candle`);
  }
}
