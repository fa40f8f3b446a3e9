import { Decimal, ZERO } from '@prate/domain';

export type Cross = 'up' | 'down';

/**
 * Tells when the simple moving average of the last `fast` closes crosses that of the last `slow`.
 *
 * Exact: sums are decimals and the averages are compared without dividing. Averages that touch and part on the same side
 * have not crossed. Nothing is told before `slow` closes, nor by the first side that shows.
 */
export class CrossDetector {
  readonly #fast: number;
  readonly #slow: number;
  /** The last `slow` closes, in a ring. */
  readonly #closes: Decimal[] = [];
  #count = 0;
  #fastSum: Decimal = ZERO;
  #slowSum: Decimal = ZERO;
  /** Which side the fast average was on when they last differed: 1 above, -1 below, 0 not known. */
  #side = 0;

  /** Whole numbers with 0 < fast < slow. */
  constructor(fast: number, slow: number) {
    this.#fast = fast;
    this.#slow = slow;
  }

  /** Which way it last crossed, or began; null while that is not known. */
  get trend(): Cross | null {
    if (this.#side === 0) return null;
    return this.#side > 0 ? 'up' : 'down';
  }

  push(close: Decimal): Cross | null {
    const at = this.#count % this.#slow;
    this.#fastSum = this.#fastSum.plus(close).minus(this.#close(this.#count - this.#fast));
    this.#slowSum = this.#slowSum.plus(close).minus(this.#close(this.#count - this.#slow));
    this.#closes[at] = close;
    this.#count += 1;
    if (this.#count < this.#slow) return null;
    const side = Decimal.sign(this.#fastSum.mul(this.#slow).minus(this.#slowSum.mul(this.#fast)));
    if (side === 0 || side === this.#side) return null;
    const before = this.#side;
    this.#side = side;
    return before === 0 ? null : this.trend;
  }

  #close(index: number): Decimal {
    return index < 0 ? ZERO : (this.#closes[index % this.#slow] ?? ZERO);
  }
}
