import { InvalidInputError } from '../errors.ts';
import type { SumArray } from './candle-columns.ts';
import { UNKNOWN } from './candle-columns.ts';

const MAX_DECIMALS = 22; // 10^22 is the largest power of ten that is a double
const MAX_INT64 = 2n ** 63n - 1n;
const POWERS: readonly number[] = Array.from({ length: MAX_DECIMALS + 1 }, (_, d) => Number(`1e${d}`));

/** A finished column: integers over 10^decimals, or doubles where `decimals` is null. */
export interface NumberColumn {
  readonly decimals: number | null;
  readonly values: SumArray;
}

/** `price` columns stay within 53 bits (Float64Array), `sum` columns within 63 (a BigInt64Array when they must). */
type Kind = 'price' | 'sum';

const TEXT = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** A number as it was written: `digits` (none for 0) ÷ 10^`decimals`. */
export interface Scaled {
  readonly digits: string;
  readonly decimals: number;
}

/**
 * Parses a decimal text that is not negative, trailing zeros of the fraction dropped; a double means its shortest text.
 * @throws InvalidInputError for anything else, and for numbers that no double comes near
 */
export function parseScaled(value: string | number): Scaled {
  const text = String(value);
  const match = TEXT.exec(text);
  let whole = match?.[1] ?? '';
  let fraction = match?.[2] ?? '';
  if (match === null || whole.length + fraction.length === 0) {
    throw new InvalidInputError(`'${text}' is not a decimal number at or above 0`);
  }
  const shift = match[3] === undefined ? 0 : Number(match[3]);
  if (shift > 0) {
    const moved = fraction.padEnd(shift, '0');
    whole += moved.slice(0, shift);
    fraction = moved.slice(shift);
  } else if (shift < 0) {
    const moved = whole.padStart(-shift, '0');
    fraction = moved.slice(moved.length + shift) + fraction;
    whole = moved.slice(0, moved.length + shift);
  }
  let end = fraction.length;
  while (end > 0 && fraction.charCodeAt(end - 1) === 48) end -= 1;
  const digits = (whole + fraction.slice(0, end)).replace(/^0+/, '');
  if (digits.length > 308 && !Number.isFinite(Number(text))) {
    throw new InvalidInputError(`'${text}' is too large: numbers end at ${Number.MAX_VALUE}`);
  }
  return { digits, decimals: digits === '' ? 0 : end };
}

/**
 * Collects numbers, text as written or doubles by their shortest text, and finds the smallest number of decimals that
 * holds them all.
 */
export class DecimalColumnBuilder {
  readonly #kind: Kind;
  #digits: (number | bigint)[] = [];
  #decimals: number[] = [];

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** @throws InvalidInputError when it is not a decimal number at or above 0 */
  push(value: string | number): void {
    this.pushScaled(parseScaled(value));
  }

  pushScaled({ digits, decimals }: Scaled): void {
    this.#digits.push(digits.length <= 15 ? Number(digits) : BigInt(digits));
    this.#decimals.push(decimals);
  }

  pushUnknown(): void {
    this.#digits.push(UNKNOWN);
    this.#decimals.push(0);
  }

  finish(): NumberColumn {
    return finishColumns(this.#kind, [this])[0] as NumberColumn;
  }

  /** Several columns on one grid: the four prices. */
  static finishTogether(kind: Kind, builders: readonly DecimalColumnBuilder[]): NumberColumn[] {
    return finishColumns(kind, builders);
  }

  get digits(): readonly (number | bigint)[] {
    return this.#digits;
  }

  get decimals(): readonly number[] {
    return this.#decimals;
  }
}

function finishColumns(kind: Kind, builders: readonly DecimalColumnBuilder[]): NumberColumn[] {
  let decimals = 0;
  for (const builder of builders) for (const d of builder.decimals) if (d > decimals) decimals = d;
  if (decimals <= MAX_DECIMALS) {
    const asNumbers = builders.map((builder) => scaleNumbers(builder, decimals));
    if (asNumbers.every((values) => values !== null)) return asNumbers.map((values) => ({ decimals, values }));
    const asBigints = kind === 'sum' ? builders.map((builder) => scaleBigints(builder, decimals)) : [null];
    if (asBigints.every((values) => values !== null)) return asBigints.map((values) => ({ decimals, values }));
  }
  return builders.map((builder) => ({ decimals: null, values: toDoubles(builder) }));
}

function scaleNumbers({ digits, decimals }: DecimalColumnBuilder, target: number): Float64Array | null {
  const values = new Float64Array(digits.length);
  for (let i = 0; i < digits.length; i += 1) {
    const value = digits[i] as number | bigint;
    if (value === UNKNOWN) {
      values[i] = UNKNOWN;
      continue;
    }
    const scaled = Number(value) * (POWERS[target - (decimals[i] as number)] as number);
    if (!(scaled <= Number.MAX_SAFE_INTEGER)) return null;
    values[i] = scaled;
  }
  return values;
}

function scaleBigints({ digits, decimals }: DecimalColumnBuilder, target: number): BigInt64Array | null {
  const values = new BigInt64Array(digits.length);
  for (let i = 0; i < digits.length; i += 1) {
    const value = digits[i] as number | bigint;
    const scaled = value === UNKNOWN ? -1n : BigInt(value) * 10n ** BigInt(target - (decimals[i] as number));
    if (scaled > MAX_INT64) return null;
    values[i] = scaled;
  }
  return values;
}

const toDoubles = ({ digits, decimals }: DecimalColumnBuilder): Float64Array =>
  Float64Array.from(digits, (value, i) => (value === UNKNOWN ? UNKNOWN : Number(`${value}e-${decimals[i]}`)));

/** The power of ten as a double; decimals from 0 to 22. */
export const powerOfTen = (decimals: number): number => POWERS[decimals] as number;

/** The nearest double. Division, not multiplication by 10^-d, gives the double of the text. */
export function toDouble(value: number | bigint, decimals: number | null): number {
  if (decimals === null || decimals === 0) return Number(value);
  if (typeof value === 'number' && decimals <= MAX_DECIMALS) return value / (POWERS[decimals] as number);
  return Number(`${value}e-${decimals}`);
}

/** Exact decimal text without an exponent and without trailing zeros. */
export function formatScaled(value: number | bigint, decimals: number | null): string {
  if (decimals === null) return formatDouble(value as number);
  const digits = String(value);
  if (decimals === 0) return digits;
  const padded = digits.length > decimals ? digits : digits.padStart(decimals + 1, '0');
  const point = padded.length - decimals;
  let end = padded.length;
  while (end > point && padded.charCodeAt(end - 1) === 48) end -= 1;
  return end === point ? padded.slice(0, point) : `${padded.slice(0, point)}.${padded.slice(point, end)}`;
}

/** The shortest text of a double at or above 0, without an exponent. */
export function formatDouble(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const { digits, decimals } = parseScaled(text);
  const padded = digits.padStart(decimals + 1, '0');
  return decimals === 0
    ? padded
    : `${padded.slice(0, padded.length - decimals)}.${padded.slice(padded.length - decimals)}`;
}
