import fc from 'fast-check';
import { expect } from 'vitest';
import { cases } from './cases.ts';

/**
 * Choices that follow from a seed. A million cases are made of whole numbers alone; fast-check chooses the seed and a size,
 * and makes the size smaller when a law fails.
 */
export class Draw {
  /** How many things there are, about. */
  readonly size: number;
  #state: number;

  constructor(seed: number, size: number) {
    this.#state = seed | 0;
    this.size = size;
  }

  /** A whole number in [0, below); below is at most 2^32. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let hash = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61);
    return Math.floor((((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** A law over 10,000 small cases, and a million in the long mode. `most` is the largest size. */
export const holds = (law: (draw: Draw) => void, most = 6): void =>
  fc.assert(fc.property(...seedAndSize(most), run(law)), cases(10_000));

/** The same for a law that has to wait. */
export const holdsAsync = (law: (draw: Draw) => Promise<void>, most = 6): Promise<void> =>
  fc.assert(fc.asyncProperty(...seedAndSize(most), run(law)), cases(10_000));

const seedAndSize = (most: number): [fc.Arbitrary<number>, fc.Arbitrary<number>] => [
  fc.nat(2 ** 32 - 1),
  fc.integer({ min: 1, max: most }),
];
const run =
  <T>(law: (draw: Draw) => T) =>
  (seed: number, size: number): T =>
    law(new Draw(seed, size));

/** expect is slow: it is asked only to show what differs. */
export function same(found: readonly string[], expected: readonly string[], what = ''): void {
  if (found.length !== expected.length || found.some((text, i) => text !== expected[i]))
    expect(found, what).toEqual(expected);
}
