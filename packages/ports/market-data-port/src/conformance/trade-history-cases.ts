import type { TimeRange } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import { ensure } from '@prate/runtime/conformance';
import type { MarketDataCase, MarketDataContext } from './context.ts';
import { NO_SUCH_SYMBOL } from './context.ts';
import { allPages, sameLines, timesOf, tradeLines } from './pages.ts';

const requires = ['tradeHistory'] as const;

const readTrades = (
  { port, symbol, tradeRange }: MarketDataContext,
  range: Partial<TimeRange> = {},
): Promise<readonly TradeColumns[]> => {
  const { from, to } = { ...tradeRange, ...range };
  return allPages(from, (next) => port.getTrades({ symbol, from: next, to }));
};

export const tradeHistoryCases: readonly MarketDataCase[] = [
  {
    id: 'MD-C30',
    rule: 'trades: times never descend and lie within [from, to); prices and quantities are above 0',
    requires,
    async run(context) {
      const pages = await readTrades(context);
      const times = timesOf(pages);
      ensure.that(
        new Set(times).size >= 4,
        `the range must hold trades at four times at least, not ${new Set(times).size}`,
      );
      for (const [i, time] of times.entries()) {
        ensure.that(time >= (times[i - 1] ?? time), `trades must not descend: ${time} comes after ${times[i - 1]}`);
        ensure.that(time >= context.tradeRange.from && time < context.tradeRange.to, `${time} lies outside the range`);
      }
      for (const page of pages) {
        ensure.that(
          page.price.every((price) => price > 0),
          'prices must be above 0',
        );
        for (const quantity of page.quantity) ensure.that(quantity > 0, `quantities must be above 0, not ${quantity}`);
      }
    },
  },
  {
    id: 'MD-C31',
    rule: 'trades: ranges are half-open: two ranges that touch give each trade once',
    requires,
    async run(context) {
      const whole = await readTrades(context);
      const times = timesOf(whole);
      const middle = times[Math.floor(times.length / 2)] as number;
      const halves = [...(await readTrades(context, { to: middle })), ...(await readTrades(context, { from: middle }))];
      sameLines(tradeLines(halves), tradeLines(whole), 'two halves and the whole');
    },
  },
  {
    id: 'MD-C32',
    rule: 'trades: an empty range is an empty last page',
    requires,
    async run({ port, symbol, tradeRange: { from } }) {
      const page = await port.getTrades({ symbol, from, to: from });
      ensure.equal([page.columns.length, page.next], [0, null], 'rows and next of an empty range');
    },
  },
  {
    id: 'MD-C33',
    rule: 'trades: an unknown symbol is an InvalidInputError',
    requires,
    async run({ port, tradeRange }) {
      await ensure.rejects(
        port.getTrades({ symbol: NO_SUCH_SYMBOL, ...tradeRange }),
        'INVALID_INPUT',
        'an unknown symbol',
      );
    },
  },
];
