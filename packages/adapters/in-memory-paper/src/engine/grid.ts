import { Decimal, type Instrument, InvalidInputError } from '@prate/domain';
import { powerOfTen } from '@prate/domain/candles';
import type { Rate } from './units.ts';

/** Prices of more ticks than this would not be exact in everything that is calculated with them. */
const MOST_TICKS = 2 ** 50;
/** How far below that the first price of a market must be, so that it can rise. */
const FIRST_TICKS = 2 ** 46;
/** A lot that is worth less than this in the quote asset is finer than any venue's. */
const LEAST_LOT_VALUE = 1e-9;
/** A number of steps this close to a whole one, relatively, is that. */
const NEARLY = 2 ** -48;

/** A step as `mantissa × 10^-decimals`. */
interface Step {
  readonly size: Decimal;
  readonly asNumber: number;
  readonly decimals: number;
  readonly mantissa: number;
}

function stepOf(size: Decimal): Step {
  const decimals = size.decimalPlaces();
  const mantissa = size.mul(new Decimal(10).pow(decimals)).toNumber();
  return { size, asNumber: size.toNumber(), decimals, mantissa };
}

/** Turns whole numbers over a power of ten into steps: `value × mul ÷ div`. */
interface Scaling {
  readonly mul: number;
  readonly div: number;
}

const scalingOf = (step: Step, decimals: number): Scaling => {
  const shift = step.decimals - decimals;
  return shift >= 0
    ? { mul: powerOfTen(shift), div: step.mantissa }
    : { mul: 1, div: powerOfTen(-shift) * step.mantissa };
};

/** The steps of one instrument: prices are whole ticks, quantities whole lots, and values money of 10^-18. */
export class Grid {
  readonly #tick: Step;
  readonly #lot: Step;
  readonly #valueNum: bigint;
  readonly #valueDen: bigint;
  readonly #readers = new Map<number | null, (value: number) => number>();
  readonly #quantities = new Map<number, Scaling>();

  constructor({ tickSize, lotSize }: Pick<Instrument, 'tickSize' | 'lotSize'>) {
    this.#tick = stepOf(tickSize);
    this.#lot = stepOf(lotSize);
    const value = tickSize.mul(lotSize).mul('1e18');
    const decimals = value.decimalPlaces();
    this.#valueNum = BigInt(value.mul(new Decimal(10).pow(decimals)).toFixed());
    this.#valueDen = 10n ** BigInt(decimals);
  }

  /** ticks × lots, exactly: what values are multiples of. */
  product(ticks: number, lots: number): bigint {
    const product = ticks * lots;
    return product <= Number.MAX_SAFE_INTEGER ? BigInt(product) : BigInt(ticks) * BigInt(lots);
  }

  /** Cut to 18 decimals. */
  value(ticks: number, lots: number): bigint {
    return this.valueOf(this.product(ticks, lots));
  }

  /** A share of the value of one tick × lot; null where it is not a whole amount, so that a share of many is not that many times it. */
  wholeShare({ num, den }: Rate): bigint | null {
    const share = this.#valueNum * num;
    return this.#valueDen === 1n && share % den === 0n ? share / den : null;
  }

  /** Of a sum of ticks × lots. */
  valueOf(product: bigint): bigint {
    return this.#valueDen === 1n ? product * this.#valueNum : (product * this.#valueNum) / this.#valueDen;
  }

  /** The highest price, in ticks, at which so many lots are worth no more than `value`. */
  ticksWithin(value: bigint, lots: number): number {
    const scaled = this.#valueDen === 1n ? value : value * this.#valueDen;
    return Number(scaled / (this.#valueNum * BigInt(lots)));
  }

  /** The most lots that cost no more than `value` at a price. */
  lotsWithin(value: bigint, ticks: number): number {
    return Number((value * this.#valueDen) / (this.#valueNum * BigInt(ticks)));
  }

  price(ticks: number): Decimal {
    return this.#tick.size.mul(ticks);
  }

  quantity(lots: number): Decimal {
    return this.#lot.size.mul(lots);
  }

  /** The nearest tick. @throws InvalidInputError for a price of more ticks than can be calculated with */
  ticks(price: Decimal): number {
    return this.#checked(Math.round(price.toNumber() / this.#tick.asNumber));
  }

  /** Whole lots; more than a safe integer's worth counts as that. */
  lots(quantity: Decimal): number {
    return wholeSteps(quantity.toNumber() / this.#lot.asNumber);
  }

  /** How a price column with so many decimals is read: to the nearest tick. @throws as `ticks` does, when it is called */
  ticksOfColumn(decimals: number | null): (value: number) => number {
    let read = this.#readers.get(decimals);
    if (read === undefined) {
      read = this.#makeReader(decimals);
      this.#readers.set(decimals, read);
    }
    return read;
  }

  #makeReader(decimals: number | null): (value: number) => number {
    if (decimals === null) return (value) => this.#checked(Math.round(value / this.#tick.asNumber));
    const { mul, div } = scalingOf(this.#tick, decimals);
    if (div !== 1) return (value) => this.#checked(Math.round((value * mul) / div));
    return (value) => (value * mul <= MOST_TICKS ? value * mul : this.#checked(value * mul));
  }

  /** Of a quantity column: whole lots. */
  columnLots(value: number | bigint, decimals: number | null): number {
    if (decimals === null) return wholeSteps((value as number) / this.#lot.asNumber);
    const { mul, div } = this.#quantityScaling(decimals);
    if (typeof value === 'number') {
      const scaled = value * mul;
      if (scaled <= Number.MAX_SAFE_INTEGER) return div === 1 ? scaled : (scaled - (scaled % div)) / div;
    }
    const lots = (BigInt(value) * BigInt(mul)) / BigInt(div);
    return lots > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(lots);
  }

  #quantityScaling(decimals: number): Scaling {
    let scaling = this.#quantities.get(decimals);
    if (scaling === undefined) {
      scaling = scalingOf(this.#lot, decimals);
      this.#quantities.set(decimals, scaling);
    }
    return scaling;
  }

  #checked(ticks: number): number {
    if (ticks <= MOST_TICKS) return ticks;
    throw new InvalidInputError(
      `a price of ${this.#tick.size.mul(ticks)} has too many ticks of ${this.#tick.size}: at most 2^50 can be traded`,
    );
  }
}

function wholeSteps(steps: number): number {
  if (steps >= Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  const nearest = Math.round(steps);
  return Math.abs(steps - nearest) <= nearest * NEARLY ? nearest : Math.floor(steps);
}

/**
 * The instrument with steps that its prices can be counted in. What comes from a venue stays as it is; a file of prices on
 * no grid has steps of 10^-12, which are too fine for most prices, and gets larger ones.
 */
export function tradeable(instrument: Instrument, firstPrice: number): Instrument {
  let { tickSize, lotSize } = instrument;
  while (tickSize.toNumber() * FIRST_TICKS < firstPrice) tickSize = tickSize.mul(10);
  while (lotSize.toNumber() * firstPrice < LEAST_LOT_VALUE) lotSize = lotSize.mul(10);
  if (tickSize.eq(instrument.tickSize) && lotSize.eq(instrument.lotSize)) return instrument;
  return { ...instrument, tickSize, lotSize, minQuantity: Decimal.max(instrument.minQuantity, lotSize) };
}
