import { type Decimal, decimal, InvalidInputError, Side } from '@prate/domain';

/** `neutral` buys below and sells below and above alike; `long` never sells more than it has bought, `short` the reverse. */
export type GridDirection = 'neutral' | 'long' | 'short';

export interface GridLinesOptions {
  readonly levels: number;
  /** Share between one line and the next, above 0. */
  readonly spacing: Decimal;
  readonly direction: GridDirection;
  /** Of the order at each line. */
  readonly quantity: Decimal;
  readonly tickSize: Decimal;
  /** Where the market is now. */
  readonly price: number;
  /** What is held now: above 0 long, below 0 short. */
  readonly position: Decimal;
}

export interface GridLine {
  readonly line: number;
  readonly side: Side;
  readonly price: Decimal;
}

/**
 * The prices of a grid, and which orders belong on it. Pure: knows nothing of orders that are there.
 *
 * Lines are numbered from `-levels` to `levels` (`long`: to 0, `short`: from 0). One of them is empty: the one at which
 * the position is what it is, −n quantities at line n; buys lie below it, sells above. So a buy that fills empties its
 * own line, and the sell that belongs on the line above it appears; and no position is larger than `levels` quantities
 * and the part of one that was there before. The first empty line is at the price: a grid that begins with a position
 * has its middle where that position would be closed.
 */
export class GridLines {
  readonly #options: GridLinesOptions;
  readonly #lowest: number;
  readonly #highest: number;
  /** Of the lines from `lowest - 1` to `highest + 1`. */
  readonly #prices: readonly Decimal[];
  readonly #from: number;
  readonly #to: number;

  /** @throws InvalidInputError where lines would lie closer than a tick */
  constructor(options: GridLinesOptions) {
    const { levels, direction, price, position, spacing, tickSize } = options;
    this.#options = options;
    this.#lowest = direction === 'short' ? 0 : -levels;
    this.#highest = direction === 'long' ? 0 : levels;
    const step = spacing.plus(1);
    const middle = decimal(price).div(step.pow(this.emptyLine(position)));
    const prices: Decimal[] = [];
    for (let line = this.#lowest - 1; line <= this.#highest + 1; line += 1) {
      const exact = middle.mul(step.pow(line)).toNearest(tickSize);
      if (exact.lte(prices.at(-1) ?? 0)) {
        throw new InvalidInputError(`grid: a spacing of ${spacing} is less than a tick of ${tickSize} at ${price}`);
      }
      prices.push(exact);
    }
    this.#prices = prices;
    this.#from = this.priceOf(this.#lowest - 1).toNumber();
    this.#to = this.priceOf(this.#highest + 1).toNumber();
  }

  /** The range ends one spacing beyond the outermost lines. */
  spans(price: number): boolean {
    return price >= this.#from && price <= this.#to;
  }

  priceOf(line: number): Decimal {
    return this.#prices[line - this.#lowest + 1] as Decimal;
  }

  /** Parts of a quantity count for nothing. */
  emptyLine(position: Decimal): number {
    const held = position.divToInt(this.#options.quantity).toNumber();
    return Math.max(this.#lowest, Math.min(this.#highest, -held));
  }

  /** What belongs on the book, at most `levels` a side, on each side the nearest first. */
  wanted(emptyLine: number): readonly GridLine[] {
    const { levels } = this.#options;
    const lines: GridLine[] = [];
    for (let away = 1; away <= levels; away += 1) {
      const [below, above] = [emptyLine - away, emptyLine + away];
      if (below >= this.#lowest) lines.push({ line: below, side: Side.BUY, price: this.priceOf(below) });
      if (above <= this.#highest) lines.push({ line: above, side: Side.SELL, price: this.priceOf(above) });
    }
    return lines;
  }
}
