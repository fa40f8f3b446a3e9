/** Columns of numbers in their forms. */
import type { SumArray } from '@prate/domain/candles';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { Form } from './head.ts';
import { packColumn, unpackColumn } from './packed.ts';

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** The form of whole numbers from 0 to 2^53. */
export const formOf = (values: Float64Array): Form =>
  values.every((value) => value < TWO_32) ? Form.PACKED : Form.WIDE;

/** @throws RangeError for a number that could not be read again */
export function writeNumbers(out: ByteWriter, values: SumArray, form: Form): void {
  if (values instanceof BigInt64Array) for (const value of values) out.i64(value);
  else if (form === Form.DOUBLES) for (const value of values) out.f64(value);
  else {
    const strange = values.find((value) => !(Number.isInteger(value) && value >= 0 && value <= TWO_53));
    if (strange !== undefined) throw new RangeError(`${strange} cannot be packed`);
    packColumn(
      out,
      Uint32Array.from(values, (value) => value % TWO_32),
    );
    if (isWide(form))
      packColumn(
        out,
        Uint32Array.from(values, (value) => Math.floor(value / TWO_32)),
      );
  }
}

const isWide = (form: Form): boolean => form === Form.WIDE || form === Form.WIDE_DIFFERENCE;

export function readNumbers(input: ByteReader, count: number, form: Form): SumArray {
  if (form === Form.INT64) return BigInt64Array.from({ length: ensured(input, count) }, () => input.i64());
  if (form === Form.DOUBLES) return Float64Array.from({ length: ensured(input, count) }, () => input.f64());
  const values = Float64Array.from(unpackColumn(input, count));
  if (isWide(form)) {
    for (const [i, high] of unpackColumn(input, count).entries()) values[i] = (values[i] as number) + high * TWO_32;
  }
  return values;
}

/** So that no more is made than the bytes can hold. */
function ensured(input: ByteReader, count: number): number {
  if (count * 8 > input.remaining) throw new RangeError('the bytes end too early');
  return count;
}

/** Small numbers of either sign as numbers at or above 0: 0, −1, 1, −2, 2 … */
export const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);
export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

export interface Prices {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Packed prices are differences: they are made the prices themselves, in place. @param base the price before the first */
export function undoDifferences(prices: Prices, base: number): Prices {
  const { open, high, low, close } = prices;
  let before = base;
  for (let i = 0; i < open.length; i += 1) {
    const o = before + unzigzag(open[i] as number);
    const c = o + unzigzag(close[i] as number);
    open[i] = o;
    close[i] = c;
    high[i] = Math.max(o, c) + (high[i] as number);
    low[i] = Math.min(o, c) - (low[i] as number);
    before = c;
  }
  return prices;
}
