/** Scrambles 32 bits: the finalizer of MurmurHash3, as splitmix32 uses it. */
function scramble(bits: number): number {
  let z = bits;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** 32 bits that depend on every bit of some whole numbers, each within ±2^53, and on their order. */
export function hashOf(...numbers: readonly number[]): number {
  let hash = 0;
  for (const number of numbers) {
    hash = scramble((hash + 0x9e3779b9) ^ (number >>> 0));
    hash = scramble((hash + 0x9e3779b9) ^ (Math.floor(number / 2 ** 32) >>> 0));
  }
  return hash;
}

/** Whole numbers in [0, 2^32) from a seed: splitmix32, integer arithmetic alone, so the same on every machine. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return scramble(this.#state);
  }
}
