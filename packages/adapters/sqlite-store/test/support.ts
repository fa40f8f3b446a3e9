import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CandleStorePort } from '@prate/candle-store-port';
import { clipRanges, type Interval, normalizeRanges, type TimeRange, toInterval } from '@prate/domain';
import { type CandleBase, type CandleColumns, columnsFromCandles, type SumArray, UNKNOWN } from '@prate/domain/candles';
import { type Random, seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { blockEnd, blockNumber, blockStart, slotsPerBlock } from '../src/block/grid.ts';
import type { BlockKey } from '../src/block/seal.ts';
import { SqliteCandleStore } from '../src/index.ts';
import { withCoverage } from '../src/merge-block.ts';
import { WorkerCandleStore } from '../src/worker.ts';

/** 2024-01-01T00:00:00Z, a Monday. */
export const T0: number = Date.UTC(2024, 0);
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const STEPS = ['1s', '5s', '1m', '3m', '1h', '1d', '1w'] as const;

export const long: boolean = process.env['PRATE_LONG'] === '1';

/** The stores that keep a file, by how they are opened: what holds of files holds for both. */
export const STORES: readonly (readonly [string, (file: string) => Promise<CandleStorePort>])[] = [
  ['sqlite-store', async (file) => SqliteCandleStore.open(file)],
  ['sqlite-store in a worker', (file) => WorkerCandleStore.open(file)],
];

/** A throw-away folder; `[Symbol.dispose]` deletes it. */
export function scratch(): Disposable & { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'prate-store-'));
  return {
    folder,
    file: join(folder, 'candles.db'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** `count` candles of one interval from `from` on, all at one price. */
export function steady(interval: string, from: number, count: number, price: number): CandleColumns {
  const step = toInterval(interval);
  const ms = (step.seconds as number) * 1000;
  const candles = Array.from({ length: count }, (_, i) => ({
    openTime: from + i * ms,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
    trades: price,
  }));
  return columnsFromCandles(candles, step);
}

/** A block's bytes with the checksum that docs/block-format.md asks for, computed apart from the codec. */
export function sealed({ venue, symbol, step, block }: BlockKey, bytes: Uint8Array): Uint8Array {
  const blank = Uint8Array.from(bytes);
  blank.fill(0, 4, 8);
  const sum = crc32(Buffer.concat([Buffer.from(`${venue}\n${symbol}\n${step.text}\n${block}\n`), blank]));
  new DataView(blank.buffer).setUint32(4, sum, true);
  return blank;
}

/** A base as plain data; a turnover that is unknown throughout may be of either kind of array. */
export const plain = ({ rows, observed }: CandleBase): unknown => ({
  ...rows,
  turnover: Array.from(rows.turnover as Float64Array, String),
  observed,
});

type Kind = 'small' | 'grid' | 'large' | 'doubles';
type Unknowns = 'none' | 'some' | 'all';

interface Recipe {
  readonly step: Interval;
  /** Its block is meant. */
  readonly timeMs: number;
  readonly length: number;
  readonly holes: boolean;
  readonly prices: Kind;
  readonly volume: Kind;
  readonly turnover: Kind | 'product';
  /** How many in ten rows are flat: no trade, at the close before. */
  readonly flat: number;
  readonly unknownTurnover: Unknowns;
  readonly unknownTrades: Unknowns;
  readonly sources: 'exchange' | 'trades' | 'mixed';
  readonly watched: 'spans' | 'nothing' | 'all' | 'parts';
  /** Whether trades agree with volume, as in every candle. */
  readonly candles: boolean;
  readonly seed: number;
}

function slotsOf({ step, length, holes }: Recipe, random: Random): number[] {
  const slots = slotsPerBlock(step);
  if (!holes) {
    const first = random.nextInt(0, slots - length + 1);
    return Array.from({ length }, (_, i) => first + i);
  }
  const chosen = new Set<number>();
  while (chosen.size < length) chosen.add(random.nextInt(0, slots));
  return [...chosen].sort((a, b) => a - b);
}

function sums(kind: Kind | 'product', unknowns: Unknowns, length: number, random: Random): SumArray {
  const unknown = (): boolean => unknowns === 'all' || (unknowns === 'some' && random.nextInt(0, 3) === 0);
  if (kind === 'large') {
    return BigInt64Array.from({ length }, () =>
      unknown() ? -1n : 2n ** 63n - 1n - BigInt(random.nextUint32()) ** BigInt(random.nextInt(0, 2)),
    );
  }
  const bits = random.nextInt(0, kind === 'small' ? 33 : 54);
  // most of them small, as volumes are: then some of a group are exceptions
  const mostBits = random.nextInt(0, 2) === 0 ? bits : Math.floor(bits / 4);
  return Float64Array.from({ length }, () => {
    if (unknown()) return UNKNOWN;
    if (kind === 'doubles') return random.next() * 10 ** random.nextInt(-12, 12);
    return kind === 'grid' && random.nextInt(0, 8) === 0
      ? 2 ** 53 - 1
      : Math.floor(random.next() * 2 ** (random.nextInt(0, 9) === 0 ? bits : mostBits));
  });
}

/** A turnover that is about volume × price, as real ones are. */
function nearProduct(rows: CandleColumns, random: Random): void {
  for (let i = 0; i < rows.length; i += 1) {
    if (Number(rows.turnover[i]) === UNKNOWN) continue;
    const power = (rows.turnoverDecimals ?? 0) - (rows.priceDecimals ?? 0) - (rows.volumeDecimals ?? 0);
    const product = Number(rows.volume[i]) * (rows.close[i] as number) * 10 ** power;
    rows.turnover[i] = Math.min(2 ** 53 - 1, Math.floor(product) + random.nextInt(0, 100)) as never;
  }
}

/** As many trades as volume lets expect, so that rows are candles. */
function countTrades({ trades, volume, length }: CandleColumns, random: Random): void {
  const most = 2 ** random.nextInt(1, 32);
  for (let i = 0; i < length; i += 1) {
    if (trades[i] !== UNKNOWN) trades[i] = Number(volume[i]) === 0 ? 0 : random.nextInt(1, most + 1);
  }
}

/** A row in which nothing traded. */
function flatten({ open, high, low, close, volume, turnover, trades }: CandleColumns, i: number): void {
  for (const prices of [open, high, low, close]) prices[i] = close[i - 1] as number;
  volume[i] = (volume instanceof BigInt64Array ? 0n : 0) as never;
  if (Number(turnover[i]) !== UNKNOWN) turnover[i] = (turnover instanceof BigInt64Array ? 0n : 0) as never;
  if (trades[i] !== UNKNOWN) trades[i] = 0;
}

function cook(recipe: Recipe): { readonly key: BlockKey; readonly base: CandleBase } {
  const { step, length } = recipe;
  const block = blockNumber(step, recipe.timeMs);
  const random = seededRandom(recipe.seed);
  const ms = (step.seconds as number) * 1000;
  const [start, end] = [blockStart(step, block), blockEnd(step, block)];
  const openTime = Float64Array.from(slotsOf(recipe, random), (slot) => start + slot * ms);
  const scale = {
    small: 2 ** random.nextInt(2, 32) - 2,
    grid: 2 ** random.nextInt(4, 51),
    large: 2 ** 53 - 1,
    doubles: 1e9,
  }[recipe.prices];
  const price = (): number => {
    const value = random.next() * scale;
    return recipe.prices === 'doubles' ? value + 1e-9 : Math.floor(value) + 1;
  };
  const prices = Array.from({ length }, () => [price(), price(), price(), price()].sort((a, b) => a - b));
  const column = (i: number): Float64Array => Float64Array.from(prices, (four) => four[i] as number);
  const trades = sums('grid', recipe.unknownTrades, length, random) as Float64Array;
  const codes = { exchange: [1], trades: [2], mixed: [1, 2] }[recipe.sources];
  const rows: CandleColumns = {
    interval: step,
    length,
    openTime,
    priceDecimals: recipe.prices === 'doubles' ? null : random.nextInt(0, recipe.turnover === 'product' ? 4 : 23),
    low: column(0),
    open: column(1),
    close: column(2),
    high: column(3),
    volumeDecimals: recipe.volume === 'doubles' ? null : random.nextInt(0, recipe.turnover === 'product' ? 4 : 23),
    volume: sums(recipe.volume, 'none', length, random),
    turnoverDecimals: recipe.turnover === 'doubles' ? null : random.nextInt(0, recipe.turnover === 'product' ? 9 : 23),
    turnover: sums(recipe.turnover, recipe.unknownTurnover, length, random),
    trades,
    source: Uint8Array.from({ length }, () => codes[random.nextInt(0, codes.length)] as number),
    coverage: new Uint32Array(length),
  };
  if (recipe.turnover === 'product') nearProduct(rows, random);
  if (recipe.candles) countTrades(rows, random);
  for (let i = 1; i < length; i += 1) if (random.nextInt(0, 10) < recipe.flat) flatten(rows, i);
  const second = (): number => start + random.nextInt(0, (end - start) / 1000) * 1000;
  const parts = (): TimeRange[] =>
    Array.from({ length: random.nextInt(1, 20) }, () => ({ from: second(), to: second() })).filter(
      (r) => r.from < r.to,
    );
  const watched = {
    spans: () => Array.from(openTime, (from) => ({ from, to: from + ms })),
    nothing: () => [],
    all: () => [{ from: start, to: end }],
    parts,
  }[recipe.watched]();
  const base = withCoverage(rows, clipRanges(normalizeRanges(watched), start, end));
  return { key: { venue: 'mexc', symbol: 'BTC_USDT', step, isLevel: false, block }, base };
}

const kind = fc.constantFrom<Kind>('small', 'small', 'grid', 'large', 'doubles');
const unknowns = fc.constantFrom<Unknowns>('none', 'none', 'some', 'all');

const anyRecipe = {
  step: fc.constantFrom(...STEPS).map(toInterval),
  timeMs: fc.integer({ min: -1e14, max: 1e14 }),
  length: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 100, max: 600 })),
  holes: fc.boolean(),
  prices: kind,
  volume: kind,
  turnover: fc.oneof(kind, fc.constant('product' as const)),
  flat: fc.constantFrom(0, 0, 2, 9),
  unknownTurnover: unknowns,
  unknownTrades: unknowns,
  sources: fc.constantFrom('exchange', 'trades', 'trades', 'mixed'),
  watched: fc.constantFrom('spans', 'nothing', 'all', 'parts'),
  candles: fc.boolean(),
  seed: fc.nat(),
} satisfies { [K in keyof Recipe]: fc.Arbitrary<Recipe[K]> };

/** Any block that may be stored: all steps, holes or none, every kind of number, source and watched time. */
export const anyBlock: fc.Arbitrary<{ readonly key: BlockKey; readonly base: CandleBase }> = fc
  .record(anyRecipe)
  .map(cook);

/** Most of them of the forms that the kernel writes, as nearly all blocks of markets are. */
export const commonBlock: fc.Arbitrary<{ readonly key: BlockKey; readonly base: CandleBase }> = fc
  .record({
    ...anyRecipe,
    prices: fc.constant('small' as const),
    volume: fc.constant('small' as const),
    turnover: fc.constantFrom('small' as const, 'product' as const),
    unknownTurnover: fc.constantFrom('none' as const, 'all' as const),
    unknownTrades: fc.constantFrom('none' as const, 'all' as const),
    candles: fc.constant(true),
  })
  .map(cook);
