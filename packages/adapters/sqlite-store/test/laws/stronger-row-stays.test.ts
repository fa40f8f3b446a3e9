import { toInterval } from '@prate/domain';
import { type CandleBase, columnsFromCandles, rowsOf } from '@prate/domain/candles';
import { describe, expect, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { mergeBlock, withCoverage } from '../../src/merge-block.ts';

const STEP = 4;
const SLOTS = 6;

interface Row {
  readonly slot: number;
  /** Which write it came with, and so what it is worth. */
  readonly price: number;
  readonly source: 'EXCHANGE' | 'TRADES';
}

interface Write {
  readonly rows: readonly Row[];
  readonly watched: ReadonlySet<number>;
}

function someWrite(draw: Draw, price: number): Write {
  const [some, watch] = [draw.of([1, 2, 3]), draw.of([1, 2, 8])];
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot).filter(() => draw.once(some));
  const seconds = Array.from({ length: SLOTS * STEP }, (_, second) => second).filter(() => draw.once(watch));
  return {
    rows: slots.map((slot) => ({
      slot,
      price: price + draw.below(2),
      source: draw.of(['EXCHANGE', 'TRADES'] as const),
    })),
    watched: new Set(seconds),
  };
}

const toBase = ({ rows, watched }: Write): CandleBase => {
  const candles = rows.map(({ slot, price, source }) => ({
    ...{ openTime: slot * STEP * 1000, open: price, high: price, low: price, close: price, volume: 1, source },
  }));
  const ranges = [...watched].map((second) => ({ from: second * 1000, to: second * 1000 + 1000 }));
  return withCoverage(columnsFromCandles(candles, toInterval(STEP)), ranges);
};

const secondsOf = ({ watched }: Write, slot: number): number =>
  Array.from({ length: STEP }, (_, i) => slot * STEP + i).filter((second) => watched.has(second)).length;

describe('law 1, provenance: which row of one width stays', () => {
  it('the better watched, then TRADES before EXCHANGE, then the later; writing it again changes nothing', () => {
    holds((draw) => {
      const [first, second] = [someWrite(draw, 10), someWrite(draw, draw.of([10, 20]))];
      const merged = mergeBlock(toBase(first), toBase(second));
      const union = { rows: [], watched: new Set([...first.watched, ...second.watched]) };
      const expected: string[] = [];
      for (let slot = 0; slot < SLOTS; slot += 1) {
        const [old, fresh] = [first, second].map((write) => write.rows.find((row) => row.slot === slot));
        const rank = (write: Write, row: Row | undefined): number =>
          row === undefined ? -1 : secondsOf(write, slot) * 2 + (row.source === 'TRADES' ? 1 : 0);
        const stays = rank(first, old) > rank(second, fresh) ? old : fresh;
        if (stays !== undefined)
          expected.push(`${slot * STEP * 1000} ${stays.price} ${stays.source} ${secondsOf(union, slot) / STEP}`);
      }
      const found = [...rowsOf(merged.base.rows)].map(
        (row) => `${row.openTime} ${row.close} ${row.source} ${row.coverage}`,
      );
      same(found, expected);
      const again = mergeBlock(merged.base, toBase(second));
      if (second.rows.every(({ slot }) => secondsOf(second, slot) === secondsOf(union, slot)))
        expect([again.changed, again.added, again.replaced]).toEqual([false, 0, 0]);
    });
  });
});
