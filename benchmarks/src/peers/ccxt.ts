import ccxt from 'ccxt';
import type { Contender } from '../harness/work.ts';
import { dayOfTrades } from '../samples/tape.ts';

type Trades = Parameters<InstanceType<typeof ccxt.Exchange>['buildOHLCVC']>[0];
type Row = readonly number[];

const NAMES = ['openTime', 'open', 'high', 'low', 'close', 'volume', 'trades'];

/** ccxt's buildOHLCVC, once per interval: it builds from trades alone. */
export const builder = (intervals: readonly string[]): Contender => {
  const exchange = new ccxt.Exchange({ id: 'bench' });
  let trades: Trades | null = null;
  let rows = new Map<string, readonly Row[]>();
  return {
    async prepare() {
      if (trades !== null) return;
      const { time, price, quantity } = dayOfTrades();
      trades = Array.from(time, (timestamp, i) => ({
        id: String(i + 1),
        timestamp,
        price: price[i],
        amount: quantity[i],
      })) as unknown as Trades;
    },
    async run() {
      rows = new Map(
        intervals.map((interval) => [interval, exchange.buildOHLCVC(trades as Trades, interval) as unknown as Row[]]),
      );
      return undefined;
    },
    result: async () =>
      Object.fromEntries(
        [...rows].flatMap(([interval, all]) =>
          NAMES.map((name, i) => [`${name} ${interval}`, Float64Array.from(all, (row) => row[i] as number)]),
        ),
      ),
  };
};
