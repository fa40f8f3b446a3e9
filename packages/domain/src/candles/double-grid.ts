import { InvalidRowError } from '../errors.ts';
import { UNKNOWN } from './candle-columns.ts';
import { DecimalColumnBuilder, type NumberColumn, parseScaled, powerOfTen } from './decimal-column.ts';

const MAX_DECIMALS = 22;
/**
 * Up to here the nearest whole number of x·10^d is the only one whose quotient by 10^d is x, rounding of the product
 * included. Above it a double of a finer grid can stand for two neighbours, and only its text says which.
 */
const SURE = 2 ** 51;

/** A column of doubles and what messages call it. */
export interface NamedDoubles {
  readonly name: string;
  readonly values: Float64Array;
  /** Whether UNKNOWN may stand in it. */
  readonly unknown: boolean;
  /** Where to put the numbers where they change, of the same length; null: into fresh memory. */
  readonly into: Float64Array | null;
}

/**
 * Doubles as whole numbers of the smallest decimal grid that holds them all: what DecimalColumnBuilder finds from their
 * shortest texts, without the texts where it can. A column that need not change is given back itself, not a copy.
 *
 * @param kind `price`: within 53 bits, else doubles; `sum`: within 63 bits, else doubles
 * @throws InvalidRowError for a number that is negative or none
 */
export function gridOfDoubles(kind: 'price' | 'sum', columns: readonly NamedDoubles[]): NumberColumn[] {
  const outs: Float64Array[] = columns.map(({ values }) => values);
  let decimals = 0;
  for (let c = 0; c < columns.length; ) {
    const column = columns[c] as NamedDoubles;
    const { values } = column;
    if (decimals > 0 && outs[c] === values) outs[c] = column.into ?? new Float64Array(values.length);
    const row = firstMisfit(column, decimals, outs[c] as Float64Array);
    if (row === values.length) {
      c += 1;
      continue;
    }
    checkValue(column, row);
    const finer = decimalsOf(values[row] as number, decimals + 1);
    if (finer === null) return exactly(kind, columns, values[row] as number);
    decimals = finer;
    // columns that are done on a coarser grid come again, for a number near the limit may leave it on this one
    c = 0;
  }
  return outs.map((values) => ({ decimals, values }));
}

/** Writes the numbers on a grid of so many decimals, which for none is what they are; returns the first row that does not fit, or the length. */
function firstMisfit({ values, unknown }: NamedDoubles, decimals: number, out: Float64Array): number {
  // one of two: V8 then leaves the loop a function of its own, which it compiles better than as a part of this one
  const scan = decimals === 0 ? wholeRun : scaledRun;
  let row = scan(values, 0, powerOfTen(decimals), out);
  while (unknown && row < values.length && values[row] === UNKNOWN) {
    if (decimals > 0) out[row] = UNKNOWN;
    row = scan(values, row + 1, powerOfTen(decimals), out);
  }
  return row;
}

/** The first row from `from` on that is not a whole number that doubles hold, or the length. */
function wholeRun(values: Float64Array, from: number): number {
  for (let i = from; i < values.length; i += 1) {
    const x = values[i] as number;
    if (!(Math.floor(x) === x && x >= 0 && x <= Number.MAX_SAFE_INTEGER)) return i;
  }
  return values.length;
}

/** Writes whole numbers over `power` until a row does not fit; returns that row, or the length. */
function scaledRun(values: Float64Array, from: number, power: number, out: Float64Array): number {
  const limit = SURE / power;
  for (let i = from; i < values.length; i += 1) {
    const x = values[i] as number;
    const scaled = Math.floor(x * power + 0.5);
    out[i] = scaled;
    if (scaled / power !== x || x < 0 || x > limit) return i;
  }
  return values.length;
}

/** The smallest number of decimals, from `least` up, that surely holds a double; null where only its text can tell. */
function decimalsOf(x: number, least: number): number | null {
  for (let decimals = least; decimals <= MAX_DECIMALS; decimals += 1) {
    const power = powerOfTen(decimals);
    const scaled = Math.floor(x * power + 0.5);
    if (scaled > SURE) return null;
    if (scaled / power === x) return decimals;
  }
  return null;
}

/** By the texts, unless `odd`, one of the numbers, has so many digits that no grid holds all. */
function exactly(kind: 'price' | 'sum', columns: readonly NamedDoubles[], odd: number): NumberColumn[] {
  let largest = 0;
  for (const column of columns) {
    for (let i = 0; i < column.values.length; i += 1) {
      const x = column.values[i] as number;
      if (!(x >= 0 && x < Number.POSITIVE_INFINITY)) checkValue(column, i);
      if (x > largest) largest = x;
    }
  }
  const { decimals } = parseScaled(odd);
  const beyond = kind === 'price' ? 2 ** 54 : 2 ** 64;
  if (decimals > MAX_DECIMALS || largest * powerOfTen(decimals) > beyond)
    return columns.map(({ values }) => ({ decimals: null, values }));
  const builders = columns.map(({ values }) => {
    const builder = new DecimalColumnBuilder(kind);
    for (const x of values) {
      if (x === UNKNOWN) builder.pushUnknown();
      else builder.push(x);
    }
    return builder;
  });
  return DecimalColumnBuilder.finishTogether(kind, builders);
}

function checkValue({ name, values, unknown }: NamedDoubles, row: number): void {
  const x = values[row] as number;
  if (!Number.isFinite(x)) throw new InvalidRowError(row, `${name} must be a number, not '${x}'`);
  if (x >= 0 || (unknown && x === UNKNOWN)) return;
  throw new InvalidRowError(row, `${name} must be at or above 0${unknown ? ', or unknown' : ''}, not ${x}`);
}
