import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BookSide } from '../../src/book/book-side.ts';
import { LocalBook } from '../../src/book/local-book.ts';
import type { DepthLevel, WireDepth } from '../../src/wire/depth.ts';

const step = (version: number, bids: DepthLevel[], asks: DepthLevel[] = []): WireDepth => ({
  begin: version,
  version,
  bids,
  asks,
});
const merged = (begin: number, version: number, bids: DepthLevel[] = []): WireDepth => ({
  begin,
  version,
  bids,
  asks: [],
});
const levelsOf = (side: BookSide): [number, number][] =>
  Array.from({ length: side.size }, (_, place) => [side.priceAt(place), side.volumeAt(place)]);

/** A book at version 100 with bids 99, 98 and asks 101, 102. */
function book(): LocalBook {
  const made = new LocalBook(1_000);
  made.reset(
    step(
      100,
      [
        [99, 5],
        [98, 6],
      ],
      [
        [101, 7],
        [102, 8],
      ],
    ),
    1_000,
  );
  return made;
}

describe('versions', () => {
  it('a change is applied when it follows, dropped when it is old, refused when one before it is missing', () => {
    const made = book();
    expect(made.apply(step(100, [[99, 1]]))).toBe('old');
    expect(made.apply(step(102, [[99, 1]]))).toBe('gap');
    expect(levelsOf(made.bids)).toEqual([
      [99, 5],
      [98, 6],
    ]);
    expect(made.apply(step(101, [[99, 1]]))).toBe('applied');
    expect(made.version).toBe(101);
    expect(made.apply(step(101, [[99, 2]]))).toBe('old');
    expect(levelsOf(made.bids)).toEqual([
      [99, 1],
      [98, 6],
    ]);
  });

  it('the first merged change may begin before the snapshot; later ones begin exactly after the last', () => {
    const made = book();
    expect(made.apply(merged(102, 103))).toBe('gap');
    expect(made.apply(merged(96, 100))).toBe('old');
    expect(made.apply(merged(98, 103, [[99, 1]]))).toBe('applied');
    expect(made.apply(merged(102, 106))).toBe('gap');
    expect(made.apply(merged(105, 106))).toBe('gap');
    expect(made.apply(merged(104, 106))).toBe('applied');
    expect(made.version).toBe(106);
  });
});

describe('content', () => {
  it('volumes are absolute, and 0 removes the level', () => {
    const made = book();
    made.apply(
      step(
        101,
        [
          [99, 0],
          [97, 3],
        ],
        [[101.5, 4]],
      ),
    );
    expect(levelsOf(made.bids)).toEqual([
      [98, 6],
      [97, 3],
    ]);
    expect(levelsOf(made.asks)).toEqual([
      [101, 7],
      [101.5, 4],
      [102, 8],
    ]);
  });

  it('bids at or above asks are crossed, in a change and in a snapshot; an empty side is not', () => {
    expect(book().apply(step(101, [[101, 1]]))).toBe('crossed');
    expect(book().apply(step(101, [], [[99, 1]]))).toBe('crossed');
    expect(new LocalBook(10).reset(step(1, [[5, 1]], [[5, 1]]), 10)).toBe('crossed');
    expect(
      book().apply(
        step(
          101,
          [],
          [
            [101, 0],
            [102, 0],
          ],
        ),
      ),
    ).toBe('applied');
  });

  it('removals of levels that were never there are counted', () => {
    const made = book();
    made.apply(step(101, [[50, 0]]));
    expect(made.strayRemovals).toBe(1);
  });
});

describe('depth', () => {
  it('a full snapshot proves nothing beyond its last level: it is thin before it is wrong', () => {
    const made = new LocalBook(4);
    made.reset(
      step(
        1,
        [
          [99, 1],
          [98, 1],
          [97, 1],
          [96, 1],
        ],
        [[101, 1]],
      ),
      4,
    );
    made.apply(
      step(2, [
        [95, 1],
        [99, 0],
        [98, 0],
      ]),
    );
    expect(levelsOf(made.bids)).toEqual([
      [97, 1],
      [96, 1],
    ]);
    expect(made.isThin(3)).toBe(true);
    expect(made.isThin(2)).toBe(false);
  });

  it('a snapshot with fewer levels than asked for is the whole side', () => {
    const made = new LocalBook(4);
    made.reset(step(1, [[99, 1]], [[101, 1]]), 4);
    made.apply(step(2, [[95, 1]]));
    expect(levelsOf(made.bids)).toEqual([
      [99, 1],
      [95, 1],
    ]);
    expect(made.isThin(100)).toBe(false);
  });
});

describe('a side', () => {
  const changes = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 3 })), {
    maxLength: 400,
  });

  it('is a sorted map of prices to volumes', () => {
    fc.assert(
      fc.property(fc.constantFrom('bids' as const, 'asks' as const), changes, (name, list) => {
        const side = new BookSide(name, 1_000);
        const map = new Map<number, number>();
        for (const [price, volume] of list) {
          side.set(price / 10, volume);
          if (volume === 0) map.delete(price / 10);
          else map.set(price / 10, volume);
        }
        const sign = name === 'bids' ? -1 : 1;
        expect(levelsOf(side)).toEqual([...map].sort(([a], [b]) => sign * (a - b)));
      }),
      cases(200),
    );
  });

  it('bounded, it shows the best levels of the whole as long as it is not thin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 0, max: 1 })), { maxLength: 1_500 }),
        (list) => {
          const bounded = new BookSide('asks', 20);
          const whole = new BookSide('asks', 1_000_000);
          for (const [price, volume] of list) {
            bounded.set(price, volume);
            whole.set(price, volume);
            expect(bounded.size).toBeLessThanOrEqual(20);
          }
          expect(levelsOf(bounded)).toEqual(levelsOf(whole).slice(0, bounded.size));
          if (!bounded.isCut) expect(bounded.size).toBe(Math.min(whole.size, 20));
        },
      ),
      cases(40),
    );
  });
});
