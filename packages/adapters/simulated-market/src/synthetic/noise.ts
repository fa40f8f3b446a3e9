/** What each use of chance is about, so that no two share their numbers. */
export const Channel = {
  QUIET: 101,
  COUNT: 102,
  OFFSET: 103,
  TRADE: 104,
  SIZE: 105,
  BOOK: 106,
  STEP: 107,
  FUNDING: 108,
  BURST: 109,
  REST: 110,
} as const;

/** Chance without state: a whole number in [0, 2^32) from three, by integer arithmetic alone. The finaliser is MurmurHash3's. */
export const hash = (key: number, a: number, b: number): number => mix(mix(mix(key) ^ a) + Math.imul(b, 0x9e3779b1));

function mix(input: number): number {
  let h = input ^ (input >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A seed and a text as one key. */
export function keyOf(seed: number, text: string): number {
  let key = mix(seed);
  for (let i = 0; i < text.length; i += 1) key = hash(key, text.charCodeAt(i), i);
  return key;
}

/**
 * Value noise: a smooth curve through a random value in [-1, 1) at every multiple of `period`. A function of key, channel
 * and time alone; it remembers the two values around the last time asked for.
 */
export class ValueNoise {
  readonly #key: number;
  readonly #channel: number;
  readonly #period: number;
  #index = Number.NaN;
  #left = 0;
  #right = 0;

  constructor(key: number, channel: number, period: number) {
    this.#key = key;
    this.#channel = channel;
    this.#period = period;
  }

  at(time: number): number {
    const index = Math.floor(time / this.#period);
    if (index !== this.#index) {
      this.#index = index;
      this.#left = this.#value(index);
      this.#right = this.#value(index + 1);
    }
    const share = time / this.#period - index;
    return this.#left + (this.#right - this.#left) * share * share * (3 - 2 * share);
  }

  #value(index: number): number {
    return hash(this.#key, index, this.#channel) / 2 ** 31 - 1;
  }
}

/** A size from chance: many small ones, few large ones. */
export function lotsOf(chance: number, mostLots: number): number {
  const [a, b, c] = [chance & 0x3ff, (chance >>> 10) & 0x3ff, (chance >>> 20) & 0x3ff];
  return 1 + Math.floor((a * b * c * mostLots) / 2 ** 30);
}
