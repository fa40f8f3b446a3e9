import { type Position, PositionSide, ZERO } from '@prate/domain';

/** What makes the account worth more or less while it tells nothing. */
interface Exposure {
  /** Whose closes alone matter; null: all prices do. */
  readonly symbol: string | null;
  /** 1 where a higher close is worth more, else -1. */
  readonly sign: number;
}

/**
 * Knows at which candles the account's equity has to be read so that its peaks and falls come out as if it were read at each:
 * always after the account told something or was used, while a position is open, and not while it is flat.
 *
 * Where positions are valued at the closes themselves, equity rises and falls with them, so of a stretch in which nothing
 * else happens only the closes count that could make a new peak, or the deepest fall since.
 */
export class EquityWatch {
  readonly #marksAtClose: boolean;
  #changed = true;
  #exposure: Exposure | null = null;
  /** Closes, times the sign, of the latest peak of the stretch and the deepest fall since. */
  #highest = Number.NEGATIVE_INFINITY;
  #lowest = Number.POSITIVE_INFINITY;

  constructor(marksAtClose: boolean) {
    this.#marksAtClose = marksAtClose;
  }

  /** Anything may be different from here. */
  change(): void {
    this.#changed = true;
  }

  /** Whether the positions must be read with the equity; the account then counts as known. */
  takeChange(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** Begins a stretch. */
  hold(positions: readonly Position[]): void {
    this.#highest = Number.NEGATIVE_INFINITY;
    this.#lowest = Number.POSITIVE_INFINITY;
    const [first] = positions;
    if (first === undefined) {
      this.#exposure = null;
      return;
    }
    const alone = positions.every(({ symbol }) => symbol === first.symbol);
    const net = positions.reduce(
      (sum, { positionSide, quantity }) =>
        positionSide === PositionSide.LONG ? sum.plus(quantity) : sum.minus(quantity),
      ZERO,
    );
    this.#exposure = { symbol: this.#marksAtClose && alone ? first.symbol : null, sign: net.isNegative() ? -1 : 1 };
  }

  /** Whether equity has to be read at this candle. It is taken for read. */
  asks(symbol: string, close: number): boolean {
    if (this.#changed || this.#exposure === null) return this.#changed;
    if (this.#exposure.symbol === null) return true;
    return symbol === this.#exposure.symbol && this.#takes(close * this.#exposure.sign);
  }

  #takes(value: number): boolean {
    if (value <= this.#highest && value >= this.#lowest) return false;
    if (value > this.#highest) this.#highest = value;
    this.#lowest = value;
    return true;
  }
}
