import { describe, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { candlesFromTrades, concatColumns, resample, type TradeColumns } from '../../../src/candles/index.ts';
import { toInterval } from '../../../src/index.ts';
import { foldBy, type Row, someRow, textOf, toColumns, toRows } from './support.ts';

const DAY = 86_400_000;
const CHAINS = [
  ['1s', '5s', '1m'],
  ['1s', '7s', '21s'],
  ['5s', '30s', '90s'],
  ['1m', '5m', '1h'],
  ['1h', '1d', '1w'],
  ['1d', '1d', '1w'],
  ['1h', '4h', '1M'],
  ['1d', '1d', '1M'],
] as const;

/** Where the bucket opens that holds a time, by the calendar: weeks begin on Monday, months on the first. */
function bucketOf(text: string): (time: number) => number {
  if (text === '1M') return (time) => Date.parse(`${new Date(time).toISOString().slice(0, 7)}-01T00:00:00Z`);
  if (text === '1w')
    return (time) => time - ((((Math.floor(time / DAY) + 3) % 7) + 7) % 7) * DAY - (((time % DAY) + DAY) % DAY);
  const width = (toInterval(text).seconds as number) * 1000;
  return (time) => Math.floor(time / width) * width;
}

/** Candles with gaps, of all sources, watched in part, some before 1970. */
function someRows(draw: Draw, base: string, last: string): Row[] {
  const step = (toInterval(base).seconds as number) * 1000;
  const width = last === '1M' ? 31 * DAY : (toInterval(last).seconds as number) * 1000;
  const spread = Math.max(2, Math.ceil((2 * width) / step / draw.size));
  let slot = Math.floor((draw.once(8) ? -width : 1_700_000_000_000 + draw.below(1000) * width) / step);
  return Array.from({ length: draw.size }, () => {
    slot += 1 + draw.below(draw.of([1, 2, spread]));
    return { ...someRow(draw, slot * step), source: draw.below(3), coverage: draw.below(step / 1000 + 1) };
  });
}

interface Tick {
  readonly time: number;
  readonly price: number;
  readonly quantity: bigint;
}

function toTrades(ticks: readonly Tick[]): TradeColumns {
  return {
    length: ticks.length,
    time: Float64Array.from(ticks, (tick) => tick.time),
    priceDecimals: 1,
    price: Float64Array.from(ticks, (tick) => tick.price),
    quantityDecimals: 2,
    quantity: BigInt64Array.from(ticks, (tick) => tick.quantity),
    side: new Uint8Array(ticks.length),
    ids: null,
  };
}

/** Trades in order, several in a moment, whose products and sums need 64 bits now and then. */
function someTicks(draw: Draw): Tick[] {
  let time = draw.below(100_000) - 50_000;
  const largest = draw.of([9, 10_000, 2 ** 32]);
  return Array.from({ length: draw.size }, () => {
    time += draw.of([0, 0, 1, 400, 999, 1000, 2500, 61_000]);
    return {
      time,
      price: 1 + draw.below(100_000),
      quantity: BigInt(1 + draw.below(largest)) * draw.of([1n, 1n, 1000n]),
    };
  });
}

const tickRow = ({ time, price, quantity }: Tick): Row => ({
  ...{ time, open: price, high: price, low: price, close: price, volume: quantity, turnover: quantity * BigInt(price) },
  ...{ trades: 1, source: 2, coverage: 0 },
});

describe('law 3, associativity', () => {
  it('candles in two steps, in one, and by hand are the same, to months and weeks too', () => {
    holds((draw) => {
      const [base, middle, last] = draw.of(CHAINS);
      const rows = someRows(draw, base, last);
      const columns = toColumns(toInterval(base), rows, [2, 3, 5]);
      const expected = foldBy(rows, bucketOf(last)).map(textOf);
      const direct = resample(columns, toInterval(last));
      same(toRows(direct).map(textOf), expected, 'in one step');
      const twice = resample(resample(columns, toInterval(middle)), toInterval(last));
      same(toRows(twice).map(textOf), expected, 'in two steps');
      same([`${twice.priceDecimals} ${twice.volumeDecimals} ${twice.turnoverDecimals}`], ['2 3 5']);
    }, 8);
  });

  it('trades become the same candles at once, by way of seconds, in parts, and by hand', () => {
    holds((draw) => {
      const ticks = someTicks(draw);
      const interval = toInterval(draw.of([1, 5, 7, 60]));
      const width = (interval.seconds as number) * 1000;
      const expected = foldBy(ticks.map(tickRow), (time) => Math.floor(time / width) * width).map((row) =>
        textOf({ ...row, coverage: width / 1000 }),
      );
      const second = toInterval(1);
      same(toRows(candlesFromTrades(toTrades(ticks), interval)).map(textOf), expected, 'at once');

      const cut = Math.floor((ticks[draw.below(ticks.length)] as Tick).time / 1000) * 1000;
      const parts = [ticks.filter(({ time }) => time < cut), ticks.filter(({ time }) => time >= cut)];
      const seconds = concatColumns(
        parts.map((part) => candlesFromTrades(toTrades(part), second)),
        second,
      );
      const watched = toRows(resample(seconds, interval)).map((row) => textOf({ ...row, coverage: width / 1000 }));
      same(watched, expected, 'by way of seconds');
    }, 8);
  });
});
