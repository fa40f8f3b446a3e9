import { type Token, token } from './token.ts';

/** Chance as a collaborator: one seed, one sequence, on any machine. */
export interface Random {
  /** A whole number in [0, 2^32). */
  nextUint32(): number;
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /**
   * A whole number in [from, to), at most 2^32 apart.
   *
   * @throws RangeError where the bounds are no whole numbers, or leave nothing to choose from
   */
  nextInt(from: number, to: number): number;
}

export const RANDOM: Token<Random> = token('random');

/**
 * xoshiro128** of Blackman and Vigna (https://prng.di.unimi.it), seeded through splitmix32: integer arithmetic alone,
 * so the same on every machine. Not for secrets.
 *
 * @param seed a whole number; its lowest 32 bits count
 */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const nextUint32 = (): number => {
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return {
    nextUint32,
    next: () => nextUint32() / 2 ** 32,
    nextInt(from, to) {
      const span = to - from;
      if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && span >= 1 && span <= 2 ** 32)) {
        throw new RangeError(`a random whole number needs whole bounds, 1 to 2^32 apart; got [${from}, ${to})`);
      }
      return from + Math.floor((nextUint32() / 2 ** 32) * span);
    },
  };
}
