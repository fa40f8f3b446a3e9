/** Seeded random numbers with a state of two numbers, so that it can be saved: the mixing step of MurmurHash3 over a counter. */
export class Chance {
  readonly seed: number;
  drawn: number;

  constructor(seed: number, drawn = 0) {
    this.seed = seed >>> 0;
    this.drawn = drawn;
  }

  nextUint32(): number {
    this.drawn += 1;
    let mixed = (this.seed ^ Math.imul(this.drawn, 0x9e3779b9)) >>> 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return to <= from ? from : from + Math.floor((this.nextUint32() / 2 ** 32) * (to - from + 1));
  }
}
