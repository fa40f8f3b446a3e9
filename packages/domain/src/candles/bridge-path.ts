import type { CandleColumns } from './candle-columns.ts';
import { Chance, hashOf } from './chance.ts';
import { columnPrice, type PriceGrid, priceGrid } from './price-grid.ts';

/** The range of a candle in the units in which the way is drawn, whatever its prices are. */
const SPAN = 2 ** 24;
/**
 * How far one step of four random bytes goes, for a single step. A way without aim whose steps have the standard
 * deviation d strays over d·√(4·ln 2·steps) on average (Parkinson), so d is SPAN ÷ (1.665·√steps); that of the sum of
 * four bytes is 147.8.
 */
const STRIDE = 68_177;

/**
 * The way of the price through a candle by the model `bridge`, drawn step by step: from the open to one extreme, to the
 * other, to the close. On each leg every step goes its share of what is left to the leg's end, and aside by chance.
 */
export class BridgePath {
  readonly grid: PriceGrid;
  readonly #steps: number;
  readonly #chance: Chance;
  readonly #stride: number;
  readonly #first: number;
  readonly #second: number;
  /** After how many steps the price is at the first extreme, and at the second. */
  readonly #firstKnot: number;
  readonly #secondKnot: number;
  #step = 0;
  /** Where the price stands: 0 is the low and SPAN the high. */
  #at: number;
  /** The price after the last step, and the extremes that the step touched, on the grid. */
  price: number;
  high: number;
  low: number;

  /** @param steps from 1 up */
  constructor(columns: CandleColumns, row: number, steps: number, seed: number) {
    this.grid = priceGrid(columns, row);
    this.#steps = steps;
    this.#chance = new Chance(hashOf(seed, 1));
    this.#stride = Math.floor((STRIDE * 1024) / wholeRoot(steps * 2 ** 20));
    const { open, high, low, close } = this.grid;
    const lowFirst = this.#drawOrder();
    this.#first = lowFirst ? low : high;
    this.#second = lowFirst ? high : low;

    // the longer the leg, the longer it takes, by chance
    const leg = (from: number, to: number): number =>
      Math.floor(Math.abs(this.#place(from) - this.#place(to)) / 256) * (1 + (this.#chance.next() >>> 24));
    const legs = [leg(open, this.#first), leg(this.#first, this.#second), leg(this.#second, close)] as const;
    const all = Math.max(1, legs[0] + legs[1] + legs[2]);
    // an extreme has a step of its own where there are enough of them
    const firstKnot = Math.min(Math.floor((steps * legs[0]) / all), steps - 2);
    this.#firstKnot = open === this.#first ? 0 : Math.max(1, firstKnot);
    const secondKnot = Math.min(Math.floor((steps * (legs[0] + legs[1])) / all), steps - 1);
    this.#secondKnot = close === this.#second ? steps : Math.max(Math.min(this.#firstKnot + 1, steps), secondKnot);
    this.#at = this.#place(open);
    this.price = open;
    this.high = open;
    this.low = open;
  }

  /**
   * Whether the low comes first. With q, the share of its range by which a candle rises from extremes at its ends (the
   * high's distance from the open and the low's from the close, over twice the range), the odds are q³ to (1−q)³: what
   * recorded minutes show.
   */
  #drawOrder(): boolean {
    const { open, high, low, close } = this.grid;
    const draw = this.#chance.next() >>> 16;
    if (open === low || open === high) return open === low;
    const rising = Math.floor((SPAN - this.#place(open) + this.#place(close)) / 2 ** 13); // of 4096
    const [up, down] = [rising ** 3, (4096 - rising) ** 3];
    return draw * (up + down) < up * 2 ** 16;
  }

  /** Takes the next step. */
  advance(): void {
    const before = this.price;
    this.#step += 1;
    this.price = this.#draw();
    this.high = Math.max(before, this.price);
    this.low = Math.min(before, this.price);
    // with few steps an extreme falls together with the other or with the close: the step visits it on its way
    if (this.#step === this.#firstKnot) this.#visit(this.#first);
    if (this.#step === this.#secondKnot) this.#visit(this.#second);
  }

  #visit(price: number): void {
    this.high = Math.max(this.high, price);
    this.low = Math.min(this.low, price);
  }

  #draw(): number {
    const step = this.#step;
    if (step === this.#steps) return this.grid.close;
    if (step === this.#secondKnot) return this.#stand(this.#second);
    if (step === this.#firstKnot) return this.#stand(this.#first);
    const firstLeg = step < this.#firstKnot;
    const secondLeg = !firstLeg && step < this.#secondKnot;
    const aim = this.#place(firstLeg ? this.#first : secondLeg ? this.#second : this.grid.close);
    const left = (firstLeg ? this.#firstKnot : secondLeg ? this.#secondKnot : this.#steps) - step + 1;
    const at = this.#at + Math.trunc((aim - this.#at) / left) + this.#aside();
    this.#at = Math.min(SPAN, Math.abs(at > SPAN ? 2 * SPAN - at : at));
    const price = this.#priceAt(this.#at);
    // the second extreme is not reached before the first: one unit short of it there is always room, for the open stands there
    if (firstLeg && price === this.#second)
      return price > this.#first ? price - this.grid.unit : price + this.grid.unit;
    return price;
  }

  #stand(price: number): number {
    this.#at = this.#place(price);
    return price;
  }

  /** By chance to either side: the sum of four bytes around its middle, which is bell-shaped. */
  #aside(): number {
    const draw = this.#chance.next();
    return ((draw & 255) + ((draw >>> 8) & 255) + ((draw >>> 16) & 255) + (draw >>> 24) - 510) * this.#stride;
  }

  #place(price: number): number {
    const { low, high } = this.grid;
    return high === low ? 0 : Math.round(((price - low) / (high - low)) * SPAN);
  }

  /** The nearest price of the grid. */
  #priceAt(at: number): number {
    const { low, high, unit } = this.grid;
    if (unit === 0) return Math.min(high, low + (high - low) * (at / SPAN));
    // in two parts, so that no product leaves the whole numbers that doubles hold
    const units = (high - low) / unit;
    const rest = units % SPAN;
    return low + (((units - rest) / SPAN) * at + Math.floor((rest * at) / SPAN + 0.5)) * unit;
  }

  /** A price of the grid on the scale of the column. */
  column(price: number): number {
    return columnPrice(this.grid, price);
  }
}

/** The whole part of a square root, the same whatever the machine's own root rounds to. */
function wholeRoot(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root -= 1;
  while ((root + 1) * (root + 1) <= value) root += 1;
  return root;
}
