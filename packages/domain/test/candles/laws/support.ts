import type { Draw } from '../../../../../tooling/test-support/draw.ts';
import { type CandleColumns, SOURCES, type SumArray, UNKNOWN } from '../../../src/candles/index.ts';
import type { Interval, TimeRange } from '../../../src/index.ts';

/** One candle in whole units. */
export interface Row {
  /** Epoch ms. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: bigint;
  /** Null where unknown, as trades. */
  readonly turnover: bigint | null;
  readonly trades: number | null;
  /** A code of SOURCES. */
  readonly source: number;
  /** Seconds. */
  readonly coverage: number;
}

/** Decimals of prices, volume and turnover. */
export type Decimals = readonly [price: number, volume: number, turnover: number];

export function toColumns(interval: Interval, rows: readonly Row[], decimals: Decimals = [0, 0, 0]): CandleColumns {
  const numbers = (of: (row: Row) => number): Float64Array => Float64Array.from(rows, of);
  return {
    interval,
    length: rows.length,
    openTime: numbers((row) => row.time),
    priceDecimals: decimals[0],
    open: numbers((row) => row.open),
    high: numbers((row) => row.high),
    low: numbers((row) => row.low),
    close: numbers((row) => row.close),
    volumeDecimals: decimals[1],
    volume: sums(rows.map((row) => row.volume)),
    turnoverDecimals: decimals[2],
    turnover: sums(rows.map((row) => row.turnover ?? -1n)),
    trades: numbers((row) => row.trades ?? UNKNOWN),
    source: Uint8Array.from(rows, (row) => row.source),
    coverage: Uint32Array.from(rows, (row) => row.coverage),
  };
}

const sums = (values: readonly bigint[]): SumArray =>
  values.every((value) => value <= 9007199254740991n) ? Float64Array.from(values, Number) : BigInt64Array.from(values);

export function toRows(columns: CandleColumns): Row[] {
  const number = (values: Float64Array | Uint8Array | Uint32Array, i: number): number => values[i] as number;
  return Array.from({ length: columns.length }, (_, i) => {
    const turnover = BigInt(columns.turnover[i] as number | bigint);
    const trades = number(columns.trades, i);
    return {
      time: number(columns.openTime, i),
      open: number(columns.open, i),
      high: number(columns.high, i),
      low: number(columns.low, i),
      close: number(columns.close, i),
      volume: BigInt(columns.volume[i] as number | bigint),
      turnover: turnover === -1n ? null : turnover,
      trades: trades === UNKNOWN ? null : trades,
      source: number(columns.source, i),
      coverage: number(columns.coverage, i),
    };
  });
}

/** `time open high low close volume turnover trades`: what a candle says, without who says it. */
export const valuesOf = (row: Row): string =>
  `${row.time} ${row.open} ${row.high} ${row.low} ${row.close} ${row.volume} ${row.turnover} ${row.trades}`;

export const textOf = (row: Row): string => `${valuesOf(row)} ${SOURCES[row.source]} ${row.coverage}`;

/** The plain way: first open, highest high, lowest low, last close, sums, the weakest source. */
export function fold(time: number, rows: readonly Row[]): Row {
  const first = rows[0] as Row;
  let { high, low, close, volume, turnover, trades, source, coverage } = first;
  for (const row of rows.slice(1)) {
    if (row.high > high) high = row.high;
    if (row.low < low) low = row.low;
    if (row.source < source) source = row.source;
    close = row.close;
    volume += row.volume;
    turnover = turnover === null || row.turnover === null ? null : turnover + row.turnover;
    trades = trades === null || row.trades === null ? null : trades + row.trades;
    coverage += row.coverage;
  }
  return { time, open: first.open, high, low, close, volume, turnover, trades, source, coverage };
}

/** Rows that open in the same bucket become one. */
export function foldBy(rows: readonly Row[], bucketOf: (time: number) => number): Row[] {
  const buckets = new Map<number, Row[]>();
  for (const row of rows) {
    const open = bucketOf(row.time);
    const part = buckets.get(open);
    if (part === undefined) buckets.set(open, [row]);
    else part.push(row);
  }
  return [...buckets].map(([open, part]) => fold(open, part));
}

/** Amounts of few units, of many, around 2^53 and far beyond. */
function someAmount(draw: Draw): bigint {
  switch (draw.below(6)) {
    case 0:
      return 0n;
    case 1:
      return 9007199254740988n + BigInt(draw.below(8));
    case 2:
      return BigInt(draw.below(2 ** 27)) * 4_294_967_296n + BigInt(draw.below(2 ** 32));
    case 3:
      return BigInt(1 + draw.below(9)) * 1000n;
    default:
      return BigInt(1 + draw.below(40));
  }
}

/** A legal candle of any shape: flat, narrow or wide, turnover and trades known or not. */
export function someRow(draw: Draw, time: number): Row {
  const unit = draw.of([1, 1, 1, 10, 100]);
  const range = draw.of([0, 1, 3, 9, 1000, 1_000_000]);
  const low = 1 + draw.below(20);
  const high = low + draw.below(range + 1);
  const within = (): number => low + draw.below(high - low + 1);
  const volume = someAmount(draw);
  const trades = draw.once(4) ? null : volume === 0n ? 0 : 1 + draw.below(draw.of([3, 9, 1000]));
  return {
    time,
    open: within() * unit,
    high: high * unit,
    low: low * unit,
    close: within() * unit,
    volume,
    turnover: draw.once(4) ? null : someAmount(draw),
    trades,
    source: 1 + draw.below(2),
    coverage: 0,
  };
}

/** The seconds of a set as ranges: ascending, without overlaps. */
export function rangesOf(seconds: readonly number[]): TimeRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const second of [...seconds].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.to === second * 1000) last.to += 1000;
    else ranges.push({ from: second * 1000, to: second * 1000 + 1000 });
  }
  return ranges;
}

/** Seconds of `[0, span)` that were watched: all, none, or stretches with edges anywhere. */
export function someWatched(draw: Draw, span: number): Set<number> {
  const seconds = new Set<number>();
  let watched = draw.once(2);
  const often = draw.of([0, 3, 8]); // 0: all or nothing
  for (let second = 0; second < span; second += 1) {
    if (often > 0 && draw.once(often)) watched = !watched;
    if (watched) seconds.add(second);
  }
  return seconds;
}
