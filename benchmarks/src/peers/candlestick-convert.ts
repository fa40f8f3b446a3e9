import { toInterval } from '@prate/domain';
import convert, { type IOHLCV, type OHLCV, type TradeTick } from 'candlestick-convert';
import type { Contender } from '../harness/work.ts';
import { dayOfTrades } from '../samples/tape.ts';

const NAMES = ['openTime', 'open', 'high', 'low', 'close', 'volume'];

/**
 * Ticks to the first interval, then candles to the next coarser, which is its fastest way. It rounds the times of its
 * input down in place, which changes nothing for the first interval.
 */
export const builder = (intervals: readonly string[]): Contender => {
  const seconds = intervals.map((interval) => toInterval(interval).seconds as number);
  let ticks: TradeTick[] = [];
  let first: readonly IOHLCV[] = [];
  let coarser: readonly (readonly OHLCV[])[] = [];
  return {
    async prepare() {
      if (ticks.length > 0) return;
      const { time, price, quantity } = dayOfTrades();
      ticks = Array.from(time, (at, i) => ({ time: at, price: price[i] as number, quantity: quantity[i] as number }));
    },
    async run() {
      first = convert.batchTicksToCandle(ticks, seconds[0], true);
      const steps: OHLCV[][] = [];
      if (seconds.length > 1) {
        let rows = first.map(
          ({ time, open, high, low, close, volume }): OHLCV => [time, open, high, low, close, volume],
        );
        for (const [i, step] of seconds.slice(1).entries()) {
          rows = convert.batchCandles(rows, seconds[i], step, true);
          steps.push(rows);
        }
      }
      coarser = steps;
      return undefined;
    },
    async result() {
      const firstRows = first.map(
        ({ time, open, high, low, close, volume }): OHLCV => [time, open, high, low, close, volume],
      );
      return Object.fromEntries(
        [firstRows, ...coarser].flatMap((rows, k) =>
          NAMES.map((name, i) => [`${name} ${intervals[k]}`, Float64Array.from(rows, (row) => row[i] as number)]),
        ),
      );
    },
  };
};
