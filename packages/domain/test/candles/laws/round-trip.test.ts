import { describe, expect, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { type InterpolationInput, interpolateSeconds, sliceColumns } from '../../../src/candles/index.ts';
import { type Interval, toInterval } from '../../../src/index.ts';
import { type Decimals, fold, type Row, someRow, textOf, toColumns, toRows, valuesOf } from './support.ts';

interface Case {
  readonly interval: Interval;
  readonly rows: readonly Row[];
  /** The seconds of each candle. */
  readonly seconds: readonly (readonly Row[])[];
}

/** Two decimals, which many candles do not use. */
const SCALE: Decimals = [2, 2, 2];

const BRIDGE = (draw: Draw): InterpolationInput => ({ model: 'bridge', seed: draw.below(2 ** 32) });
const MODELS = [
  ['linear', (): InterpolationInput => 'linear'],
  ['bridge', BRIDGE],
] as const;

function someCase(draw: Draw, model: InterpolationInput): Case {
  const width = draw.of([2, 3, 5, 7, 7, 11]);
  const interval = toInterval(width);
  const rows = Array.from({ length: Math.min(draw.size, 3) }, (_, i) => someRow(draw, (i * 3 + 1) * width * 1000));
  const all = toRows(interpolateSeconds(toColumns(interval, rows, SCALE), model));
  expect(all.length).toBe(rows.length * width);
  return { interval, rows, seconds: rows.map((_, i) => all.slice(i * width, (i + 1) * width)) };
}

/** The unit of the smallest decimal grid that holds them all: it has no fewer than 0 decimals. */
function unitOf(values: readonly bigint[]): bigint {
  let unit = 1n;
  while (unit < 100n && values.every((value) => value % (unit * 10n) === 0n)) unit *= 10n;
  return unit;
}

/** What is wrong with the seconds of one candle, one by one. */
function problemsOf(candle: Row, seconds: readonly Row[]): string[] {
  const problems: string[] = [];
  const grid = unitOf([candle.open, candle.high, candle.low, candle.close].map(BigInt));
  const volumeGrid = unitOf([candle.volume]);
  const turnoverGrid = unitOf([candle.turnover ?? 0n]);
  let last = candle.open;
  for (const [i, second] of seconds.entries()) {
    const say = (problem: string): number => problems.push(`second ${i} ${problem}: ${textOf(second)}`);
    if (second.time !== candle.time + i * 1000) say('is out of its place');
    if (second.open !== last) say(`does not open where the last closed, at ${last}`);
    if (second.high < Math.max(second.open, second.close) || second.low > Math.min(second.open, second.close))
      say('is no candle');
    if (second.trades !== null && second.trades > 0 !== second.volume > 0n) say('has volume or trades, not both');
    if (second.volume < 0n || (second.turnover ?? 0n) < 0n) say('has a negative share');
    if ((second.trades === null) !== (candle.trades === null)) say('knows its trades, or not, unlike the candle');
    if ((second.turnover === null) !== (candle.turnover === null)) say('knows its turnover, or not, unlike the candle');
    if ([second.open, second.high, second.low, second.close].some((price) => BigInt(price) % grid !== 0n))
      say('leaves the grid of the prices');
    if (second.volume % volumeGrid !== 0n) say('leaves the grid of the volume');
    if (second.turnover !== null && second.turnover % turnoverGrid !== 0n) say('leaves the grid of the turnover');
    if (second.source !== 0 || second.coverage !== 0) say('is not INTERPOLATED, or watched');
    if (second.volume === 0n && candle.volume > 0n && second.high !== second.low) say('moves without volume');
    last = second.close;
  }
  return problems;
}

const scaled = (row: Row, factor: number): Row => ({
  ...row,
  ...{ open: row.open * factor, high: row.high * factor, low: row.low * factor, close: row.close * factor },
  ...{ volume: row.volume * BigInt(factor), turnover: row.turnover === null ? null : row.turnover * BigInt(factor) },
});

describe.each(MODELS)('law 2, round trip, %s', (_name, modelOf) => {
  it('the seconds of a candle re-aggregate to exactly that candle', () => {
    holds((draw) => {
      const { rows, seconds } = someCase(draw, modelOf(draw));
      same(
        seconds.map((part, i) => valuesOf(fold((rows[i] as Row).time, part))),
        rows.map(valuesOf),
      );
    });
  });

  it('each second opens where the last closed, trades if it has volume, and keeps to the grids of its candle', () => {
    holds((draw) => {
      const { rows, seconds } = someCase(draw, modelOf(draw));
      same(
        rows.flatMap((row, i) => problemsOf(row, seconds[i] as Row[])),
        [],
      );
    });
  });

  it('the seconds of a candle are the same alone, on a finer scale, or in company', () => {
    holds((draw) => {
      const model = modelOf(draw);
      const { interval, rows, seconds } = someCase(draw, model);
      const at = draw.below(rows.length);
      const row = rows[at] as Row;
      const expected = (seconds[at] as Row[]).map(textOf);
      const alone = toRows(interpolateSeconds(toColumns(interval, [row], SCALE), model));
      same(alone.map(textOf), expected, 'alone');
      const sliced = interpolateSeconds(sliceColumns(toColumns(interval, rows, SCALE), at, at + 1), model);
      same(toRows(sliced).map(textOf), expected, 'a slice');
      if (row.volume > 2n ** 58n || (row.turnover ?? 0n) > 2n ** 58n) return; // ten times as much would not fit
      const finer: Decimals = [3, 3, 3];
      const fine = toRows(interpolateSeconds(toColumns(interval, [scaled(row, 10)], finer), model));
      const expectedFine = (seconds[at] as Row[]).map((second) => textOf(scaled(second, 10)));
      same(fine.map(textOf), expectedFine, 'on a finer scale');
    });
  });
});
