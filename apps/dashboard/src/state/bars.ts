import { bucketEnd, toInterval } from '@prate/domain';
import type { CandleJson, CandlesChange, CandlesState, CandleWindowJson, RangeJson } from '@prate/http-api/wire';

export interface Bar extends CandleJson {
  /** It is not over: that it was watched in part so far says nothing. */
  readonly isForming?: true;
  /** Of one that is not over: nobody watched for some of its time so far. */
  readonly isPartly?: true;
}

/** A candle's coverage comes a moment after its time; what is missing beyond this was not watched. */
const COVERAGE_LAG_MS = 60_000;

/** The bar of a candle that is not over, at a time of the market; null where that is not known. */
export function formingBar(forming: CandleJson, interval: string, marketTime: number | null): Bar {
  const watchedMs = forming.coverage * (toInterval(interval).seconds ?? 0) * 1000;
  const isPartly = marketTime !== null && marketTime - forming.openTime - watchedMs > COVERAGE_LAG_MS;
  return { ...forming, isForming: true, ...(isPartly ? { isPartly } : {}) };
}

/**
 * A stretch of one series that the page holds, oldest first. Every watched bucket has a bar, flat where nothing traded: a
 * bucket without one is a gap.
 */
export interface Bars {
  readonly bars: readonly Bar[];
  /** The `before` of the next window back; null where nothing older is stored. */
  readonly earlier: number | null;
  /** Where newer ones would have to be loaded from; null where the stretch reaches now, and grows. */
  readonly later: number | null;
  /** What was told of time that nobody watched; the latest ones. */
  readonly gaps: readonly RangeJson[];
}

export const NO_BARS: Bars = { bars: [], earlier: null, later: null, gaps: [] };

/** While the market moves on, the page holds at most so many bars. */
export const MOST_HELD = 40_000;
/** While one scrolls, so many screens of bars, or these: drawing more takes longer than a frame or two. */
const SCREENS_HELD = 5;
const LEAST_HELD = 8000;
/** Where there are more, this share of them goes from the end that is not looked at. */
const DROPPED = 0.25;

/** How many bars the page holds while one scrolls with so many in sight. */
export const heldWhile = (inSight: number): number => Math.max(LEAST_HELD, Math.ceil(SCREENS_HELD * inSight));
export const MOST_GAPS = 100;
/** So many quiet buckets between two live candles are made flat bars; more come from the server. */
const MOST_QUIET = 3600;

export function barsOf(window: CandleWindowJson): Bar[] {
  return window.openTime.map((openTime, i) => ({
    openTime,
    open: window.open[i] as number,
    high: window.high[i] as number,
    low: window.low[i] as number,
    close: window.close[i] as number,
    volume: window.volume[i] as number,
    turnover: window.turnover[i] ?? null,
    trades: window.trades[i] ?? null,
    source: window.sources[window.source[i] as number] ?? 'INTERPOLATED',
    coverage: window.coverage[i] as number,
  }));
}

/** With an older window in front. Where that is more than `most`, the newest bars go, and the stretch reaches now no more. */
export function withOlder(held: Bars, window: CandleWindowJson, most: number): Bars {
  const first = held.bars[0]?.openTime ?? Number.POSITIVE_INFINITY;
  const bars = [...barsOf(window).filter(({ openTime }) => openTime < first), ...held.bars];
  const grown = { ...held, bars, earlier: window.earlier };
  if (bars.length <= most) return grown;
  const kept = bars.slice(0, Math.ceil(most * (1 - DROPPED)));
  return { ...grown, bars: kept, later: (bars[kept.length] as Bar).openTime };
}

/** With a newer window behind; `later` is null when that window ends now. Where it is more than `most`, the oldest bars go. */
export function withNewer(held: Bars, window: CandleWindowJson, later: number | null, most: number): Bars {
  const gaps = [...held.gaps, ...window.gaps].slice(-MOST_GAPS);
  return withoutOldest({ ...held, bars: merged(held.bars, barsOf(window)), later, gaps }, most);
}

/** What the stream told as a whole, onto a stretch that was read up to there: it changes bars, and adds the last. */
export function withSnapshot(held: Bars, { candles, forming }: CandlesState): Bars {
  if (held.later !== null) return held;
  const first = held.bars[0]?.openTime ?? Number.NEGATIVE_INFINITY;
  const known = candles.filter(({ openTime }) => openTime >= first);
  return withoutOldest({ ...held, bars: merged(held.bars, told(known, forming)) });
}

/**
 * What the stream told of a change: closed candles, those that were revised, the forming one, or a gap. Only buckets with
 * trades are told, so the quiet ones between are made here. A stretch that does not reach now stays as it is.
 */
export function withLive(held: Bars, interval: string, { candles, forming, gap }: CandlesChange): Bars {
  const gaps = gap === null ? held.gaps : [...held.gaps, gap].slice(-MOST_GAPS);
  if (held.later !== null) return { ...held, gaps };
  const more: Bar[] = [];
  let last = held.bars.at(-1);
  for (const bar of told(candles, forming)) {
    if (last !== undefined && bar.openTime > last.openTime) more.push(...quietBars(interval, last, bar, gaps));
    more.push(bar);
    if (last === undefined || bar.openTime >= last.openTime) last = bar;
  }
  return withoutOldest({ ...held, bars: merged(held.bars, more), gaps });
}

const told = (candles: readonly Bar[], forming: Bar | null): readonly Bar[] =>
  forming === null ? candles : [...candles, { ...forming, isForming: true }];

/** Flat bars for the buckets between two that the stream told one after the other, but for those in a gap. */
function quietBars(text: string, last: Bar, next: Bar, gaps: readonly RangeJson[]): Bar[] {
  const interval = toInterval(text);
  const quiet: Bar[] = [];
  for (let open = bucketEnd(interval, last.openTime); open < next.openTime; open = bucketEnd(interval, open)) {
    if (quiet.length >= MOST_QUIET) return [];
    const end = bucketEnd(interval, open);
    if (gaps.some(({ from, to }) => from < end && to > open)) continue;
    const { close, source } = last;
    quiet.push({
      ...{ openTime: open, open: close, high: close, low: close, close },
      ...{ volume: 0, turnover: 0, trades: 0, source, coverage: 1 },
    });
  }
  return quiet;
}

function withoutOldest(held: Bars, most = MOST_HELD): Bars {
  if (held.bars.length <= most) return held;
  const bars = held.bars.slice(held.bars.length - Math.ceil(most * (1 - DROPPED)));
  return { ...held, bars, earlier: (bars[0] as Bar).openTime };
}

/** Both in the order of time; of two of one time the one of `more`. What is told again as it was stays the same object. */
export function merged(bars: readonly Bar[], more: readonly Bar[]): readonly Bar[] {
  if (more.length === 0) return bars;
  const first = more.reduce((least, { openTime }) => Math.min(least, openTime), Number.POSITIVE_INFINITY);
  let from = bars.length;
  while (from > 0 && (bars[from - 1] as Bar).openTime >= first) from -= 1;
  const byTime = new Map(bars.slice(from).map((bar) => [bar.openTime, bar]));
  for (const bar of more) {
    const known = byTime.get(bar.openTime);
    if (known === undefined || !isSame(known, bar)) byTime.set(bar.openTime, bar);
  }
  return [...bars.slice(0, from), ...[...byTime.values()].sort((a, b) => a.openTime - b.openTime)];
}

const isSame = (a: Bar, b: Bar): boolean =>
  a.open === b.open &&
  a.high === b.high &&
  a.low === b.low &&
  a.close === b.close &&
  a.volume === b.volume &&
  a.turnover === b.turnover &&
  a.trades === b.trades &&
  a.source === b.source &&
  a.coverage === b.coverage &&
  a.isForming === b.isForming &&
  a.isPartly === b.isPartly;

/** How many decimals the prices of live candles have at most. */
export const decimalsOf = (candles: readonly CandleJson[]): number =>
  Math.max(
    0,
    ...candles.flatMap(({ open, high, low, close }) =>
      [open, high, low, close].map((price) => (String(price).split('.')[1] ?? '').length),
    ),
  );
