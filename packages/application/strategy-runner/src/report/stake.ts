import { type Decimal, type Position, PositionSide, ZERO } from '@prate/domain';
import type { Slope } from './equity-curve.ts';
import type { Exposure, ExposureFigures } from './exposure.ts';
import type { Holding } from './holding.ts';

interface Held {
  readonly symbol: string;
  readonly quantity: number;
  /** At which the account was read, for a symbol that has no close yet. */
  readonly price: number;
}

/** What the run's positions are worth beside the equity, close by close. */
export class Stake {
  readonly #symbols: readonly string[];
  readonly #closes: Pick<Holding, 'closeOf'>;
  readonly #exposure: Exposure;
  #held: readonly Held[] = [];
  #slope: Slope | null = null;
  /** The slope in plain numbers. */
  #net = 0;
  #price = 0;
  #quantity = 0;
  #equity = 0;
  /** Of the latest close, which counts when a later one comes. */
  #time = Number.NEGATIVE_INFINITY;
  #share = 0;

  constructor(symbols: readonly string[], closes: Pick<Holding, 'closeOf'>, exposure: Exposure) {
    this.#symbols = symbols;
    this.#closes = closes;
    this.#exposure = exposure;
  }

  /** How the equity follows the closes, as of the last reading; null where several symbols are held, or none. */
  get slope(): Slope | null {
    return this.#slope;
  }

  hold(positions: readonly Position[]): void {
    this.#held = positions
      .filter(({ symbol }) => this.#symbols.includes(symbol))
      .map(({ symbol, quantity, markPrice }) => ({
        ...{ symbol, quantity: quantity.toNumber(), price: markPrice.toNumber() },
      }));
    this.#slope = slopeOf(positions);
    this.#net = this.#slope?.net.toNumber() ?? 0;
    this.#price = this.#slope?.price.toNumber() ?? 0;
    this.#quantity = this.#held.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  read(time: number, equity: Decimal): void {
    this.#pass(time);
    this.#equity = equity.toNumber();
    let value = 0;
    for (const { symbol, quantity, price } of this.#held) value += quantity * (this.#closes.closeOf(symbol) ?? price);
    this.#share = value / this.#equity;
  }

  mark(time: number, close: number): void {
    this.#pass(time);
    this.#share = (this.#quantity * close) / (this.#equity + (close - this.#price) * this.#net);
  }

  /** Of the time `[from, to]`. */
  figures(from: number | null, to: number): ExposureFigures {
    return this.#exposure.figures(from, to, this.#share);
  }

  #pass(time: number): void {
    if (time <= this.#time) return;
    this.#exposure.sample(this.#share);
    this.#time = time;
  }
}

function slopeOf(positions: readonly Position[]): Slope | null {
  const [first] = positions;
  if (first === undefined || positions.some(({ symbol }) => symbol !== first.symbol)) return null;
  const net = positions.reduce(
    (sum, { positionSide, quantity }) =>
      positionSide === PositionSide.LONG ? sum.plus(quantity) : sum.minus(quantity),
    ZERO as Decimal,
  );
  return { net, price: first.markPrice };
}
