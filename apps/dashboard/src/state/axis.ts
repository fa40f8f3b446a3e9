import { bucketEnd, toInterval } from '@prate/domain';
import type { Bar } from './bars.ts';

/** How much of a bar was seen: all of it, some of it, or nothing (made up from coarser candles). */
export type Kind = 'watched' | 'partly' | 'made-up';

/** A place on the axis: a bar, or room for time that nobody watched. */
export interface Slot {
  /** Epoch ms. */
  readonly time: number;
  readonly bar: Bar | null;
}

/** A stretch of slots, both ends included, that must not be taken for the market. */
export interface Band {
  readonly kind: 'made-up' | 'gap';
  readonly from: number;
  readonly to: number;
  /** Of a gap: the time that is missing, epoch ms, half-open. */
  readonly missing: { readonly from: number; readonly to: number } | null;
}

/** A gap takes at most so many slots, however long it was. */
export const MOST_GAP_SLOTS = 24;

export const kindOf = ({ source, coverage, isForming, isPartly }: Bar): Kind => {
  if (source === 'INTERPOLATED') return 'made-up';
  return isPartly === true || (coverage < 1 && isForming !== true) ? 'partly' : 'watched';
};

/** The axis of a stretch of bars: each bar, and room for each gap between two. */
export function slotsOf(
  bars: readonly Bar[],
  intervalText: string,
): { slots: readonly Slot[]; bands: readonly Band[] } {
  const interval = toInterval(intervalText);
  const slots: Slot[] = [];
  const bands: Band[] = [];
  let madeUp: { kind: 'made-up'; from: number; to: number; missing: null } | null = null;
  let next: number | null = null;
  for (const bar of bars) {
    if (next !== null && bar.openTime > next) {
      madeUp = null;
      const from = slots.length;
      for (const time of timesOf(interval.seconds, next, bar.openTime)) slots.push({ time, bar: null });
      bands.push({ kind: 'gap', from, to: slots.length - 1, missing: { from: next, to: bar.openTime } });
    }
    if (kindOf(bar) !== 'made-up') madeUp = null;
    else if (madeUp !== null) madeUp.to = slots.length;
    else {
      madeUp = { kind: 'made-up', from: slots.length, to: slots.length, missing: null };
      bands.push(madeUp);
    }
    slots.push({ time: bar.openTime, bar });
    next = bucketEnd(interval, bar.openTime);
  }
  return { slots, bands };
}

/** Some of the buckets of `[from, to)`, evenly spread, the first among them. */
function timesOf(seconds: number | null, from: number, to: number): number[] {
  if (seconds === null) return [from];
  const width = seconds * 1000;
  const count = Math.max(1, Math.round((to - from) / width));
  const shown = Math.min(count, MOST_GAP_SLOTS);
  return Array.from({ length: shown }, (_, i) => from + Math.floor((i * count) / shown) * width);
}
