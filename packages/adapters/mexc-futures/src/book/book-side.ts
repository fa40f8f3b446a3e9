/** Levels beyond the bound that may stay until they are cut off together: cutting one by one would move all others each time. */
const SLACK = 256;

/**
 * One side of a book: two arrays, sorted, the best level at the end, where most changes happen and cost least.
 * Prices and volumes are doubles that hold short decimals exactly; they are compared, never calculated with.
 */
export class BookSide {
  /** 1 for bids, -1 for asks: with its sign the best price is the largest. */
  readonly #sign: 1 | -1;
  readonly #maxLevels: number;
  readonly #keys: number[] = [];
  readonly #volumes: number[] = [];
  /** The worst price that is known to be complete, as a key. What lies beyond it is not kept. */
  #floor: number = Number.NEGATIVE_INFINITY;
  /** Removals of levels that were not there: each is a sign that something was missed, or that MEXC merged its life away. */
  strayRemovals: number = 0;

  constructor(side: 'bids' | 'asks', maxLevels: number) {
    this.#sign = side === 'bids' ? 1 : -1;
    this.#maxLevels = maxLevels;
  }

  get size(): number {
    return Math.min(this.#keys.length, this.#maxLevels);
  }

  /** Whether there may be levels beyond the last one that is known. */
  get isCut(): boolean {
    return this.#floor !== Number.NEGATIVE_INFINITY;
  }

  /** The price of the level at a place, the best at 0; NaN where there is none. */
  priceAt(place: number): number {
    return this.#sign * (this.#keys[this.#keys.length - 1 - place] ?? Number.NaN);
  }

  /** Contracts at a place; NaN where there is no level. */
  volumeAt(place: number): number {
    return this.#volumes[this.#volumes.length - 1 - place] ?? Number.NaN;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#volumes.length = 0;
    this.#floor = Number.NEGATIVE_INFINITY;
  }

  /** Says that nothing is known beyond the worst level here. */
  cutHere(): void {
    this.#floor = this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Sets a level to a volume; 0 removes it. */
  set(price: number, volume: number): void {
    const key = this.#sign * price;
    if (key < this.#floor) return;
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    if (keys[low] === key) {
      if (volume !== 0) {
        this.#volumes[low] = volume;
        return;
      }
      keys.splice(low, 1);
      this.#volumes.splice(low, 1);
    } else if (volume === 0) {
      this.strayRemovals += 1;
    } else {
      keys.splice(low, 0, key);
      this.#volumes.splice(low, 0, volume);
      if (keys.length > this.#maxLevels + SLACK) this.#cut();
    }
  }

  #cut(): void {
    const surplus = this.#keys.length - this.#maxLevels;
    this.#keys.splice(0, surplus);
    this.#volumes.splice(0, surplus);
    this.cutHere();
  }
}
