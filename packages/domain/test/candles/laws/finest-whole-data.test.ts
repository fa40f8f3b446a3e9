import { describe, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { type CandleBase, composeCandles, interpolateSeconds } from '../../../src/candles/index.ts';
import { toInterval } from '../../../src/index.ts';
import { fold, type Row, rangesOf, someRow, someWatched, textOf, toColumns, toRows } from './support.ts';

/** What is stored at one step. Times are in seconds. */
interface Stored {
  readonly step: number;
  readonly rows: ReadonlyMap<number, Row>;
  readonly watched: ReadonlySet<number>;
}

function someStored(draw: Draw, step: number, span: number, source: number): Stored {
  const watched = someWatched(draw, span);
  const rows = new Map<number, Row>();
  const often = draw.of([1, 2, 4]);
  for (let slot = 0; slot + step <= span; slot += step) {
    // a row is mostly of watched time
    if (!draw.once(often) || !(watched.has(slot) || draw.once(4))) continue;
    rows.set(slot, { ...someRow(draw, slot * 1000), source, coverage: draw.below(step + 1) });
  }
  return { step, rows, watched };
}

const toBase = ({ step, rows, watched }: Stored): CandleBase => ({
  rows: toColumns(toInterval(step), [...rows.values()]),
  observed: rangesOf([...watched]),
});

const secondsIn = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** One bucket of seconds and of candles of one coarser step, from the words of the law. */
function bucket(fine: Stored, coarse: Stored, open: number, end: number): Row | null {
  const parts: Row[] = [];
  let quiet = 0;
  const takeSecond = (second: number): void => {
    const row = fine.rows.get(second);
    if (row !== undefined) parts.push(row);
    else if (fine.watched.has(second)) quiet += 1;
  };
  if (secondsIn(open, end).every((second) => fine.watched.has(second))) {
    for (const second of secondsIn(open, end)) takeSecond(second); // the finest covers it whole
    return finish(open, parts, quiet);
  }
  const { step } = coarse;
  for (let second = open; second < end; ) {
    const slot = Math.floor(second / step) * step;
    const inside = secondsIn(Math.max(slot, open), Math.min(slot + step, end));
    const row = coarse.rows.get(slot);
    if (tells(fine, coarse, slot, open, end)) {
      if (row === undefined) quiet += inside.filter((each) => coarse.watched.has(each)).length;
      else if (inside.length === step) parts.push(row);
      else {
        const made = toRows(interpolateSeconds(toColumns(toInterval(step), [row])));
        for (const each of inside) parts.push(made[each - slot] as Row);
      }
    } else for (const each of inside) takeSecond(each);
    second += inside.length;
  }
  return finish(open, parts, quiet);
}

/** Whether a coarser candle, or its quiet, tells its part of the bucket. */
function tells(fine: Stored, coarse: Stored, slot: number, open: number, end: number): boolean {
  const whole = secondsIn(slot, slot + coarse.step);
  const row = coarse.rows.get(slot);
  const traded = whole.some((second) => fine.rows.has(second));
  // finer data does not know it at all
  if (!traded && !whole.some((second) => fine.watched.has(second))) return true;
  // finer data knows part of it: only that exists, unless the whole candle lies in the bucket and finer data does not cover it
  if (slot < open || slot + coarse.step > end || !whole.every((second) => coarse.watched.has(second))) return false;
  if (row === undefined && traded) return false;
  return !whole.every((second) => fine.watched.has(second));
}

function finish(open: number, parts: readonly Row[], quiet: number): Row | null {
  if (parts.length === 0) return null;
  const row = fold(open * 1000, parts);
  return { ...row, coverage: row.coverage + quiet };
}

const ask = (bases: readonly CandleBase[], width: number, from: number, to: number): string[] =>
  toRows(
    composeCandles(bases, {
      ...{ interval: toInterval(width), from: from * 1000, to: to * 1000, fillFlat: false, observedOnly: false },
      carry: null,
    }).columns,
  ).map(textOf);

describe('law 5, the finest whole data wins', () => {
  it('seconds where they cover a bucket, the candle where they do not, and never a guess beside what is known', () => {
    holds((draw) => {
      const step = draw.of([2, 3, 4, 6]);
      const width = draw.of([1, 2, 3, 4, 5, 6, 8, 12]);
      const span = 12 + draw.below(1 + draw.size * 6);
      const fine = someStored(draw, 1, span, 2);
      const coarse = someStored(draw, step, span, 1);
      const from = draw.below(2) * width;
      const to = Math.ceil(span / width) * width;
      const expected: string[] = [];
      for (let open = from; open < to; open += width) {
        const row = bucket(fine, coarse, open, open + width);
        if (row !== null) expected.push(textOf(row));
      }
      same(ask([fine, coarse].map(toBase), width, from, to), expected, `${step} s in buckets of ${width} s`);
    }, 4);
  });

  it('what covers a bucket whole is all that is read, whatever coarser steps say, also such as cross its own', () => {
    holds((draw) => {
      const width = draw.of([2, 4, 6, 12]);
      const step = draw.of([1, 2].filter((each) => width % each === 0));
      const whole = { ...someStored(draw, step, 24, 2), watched: new Set(secondsIn(0, 24)) };
      const coarser = [3, 4, 5, 6, 12].filter(() => draw.once(2)).map((each) => someStored(draw, each, 24, 1));
      const alone = ask([toBase(whole)], width, 0, 24);
      same(ask([whole, ...coarser].map(toBase), width, 0, 24), alone);
    });
  });

  it('a candle that nothing finer knows of is read as if it were all there is', () => {
    holds((draw) => {
      const width = draw.of([1, 2, 3, 6, 12]);
      const coarse = someStored(draw, draw.of([2, 3, 6]), 24, 1);
      const blank = [1, 2]
        .filter((each) => each < coarse.step)
        .map((step) => ({ step, rows: new Map<number, Row>(), watched: new Set<number>() }));
      same(ask([...blank, coarse].map(toBase), width, 0, 24), ask([toBase(coarse)], width, 0, 24));
    });
  });
});
