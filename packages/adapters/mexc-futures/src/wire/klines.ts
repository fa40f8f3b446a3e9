import { BadReplyError } from './errors.ts';
import { Fields } from './fields.ts';
import { isLongNumber, type Json } from './json-text.ts';

/**
 * GET kline/{symbol}
 *
 *   data: { time: s[], open: n[], close: n[], high: n[], low: n[], vol: n[], amount: n[], realOpen: n[], … }
 *
 * - columns of one length; `time` is the open of the bar in Unix SECONDS, ascending
 * - `vol` counts contracts, `amount` the settlement coin
 * - `open` carries the close before; `real*` come from the trades of the bar alone, and may be absent
 * - the last bar may still be forming
 */
export interface WireKlines {
  readonly length: number;
  /** Epoch SECONDS. */
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Contracts. */
  readonly vol: Float64Array;
  /** Settlement coin. */
  readonly amount: Float64Array;
  /** Null where the reply has none. */
  readonly real: {
    readonly open: Float64Array;
    readonly high: Float64Array;
    readonly low: Float64Array;
    readonly close: Float64Array;
  } | null;
  /** Columns with a number of more than 15 digits: their doubles are the nearest ones, all others are exact. */
  readonly rounded: readonly string[];
}

/** @throws BadReplyError (`BAD_REPLY`) for columns that are missing, of different lengths, or hold no numbers */
export function readKlines(data: Json | undefined, place: string): WireKlines {
  const fields = new Fields(data, place);
  const rounded: string[] = [];
  const time = column(fields, 'time', place, rounded);
  const length = time.length;
  const read = (name: string): Float64Array => {
    const values = column(fields, name, place, rounded);
    if (values.length === length) return values;
    throw new BadReplyError(`${place}: ${name} has ${values.length} entries for ${length} times`);
  };
  for (let i = 0; i < length; i += 1) {
    const at = time[i] as number;
    if (!Number.isSafeInteger(at) || (i > 0 && at <= (time[i - 1] as number))) {
      throw new BadReplyError(`${place}: time should ascend in whole seconds; entry ${i} does not`);
    }
  }
  return {
    length,
    time,
    open: read('open'),
    high: read('high'),
    low: read('low'),
    close: read('close'),
    vol: read('vol'),
    amount: read('amount'),
    real: fields.has('realOpen')
      ? { open: read('realOpen'), high: read('realHigh'), low: read('realLow'), close: read('realClose') }
      : null,
    rounded,
  };
}

function column(fields: Fields, name: string, place: string, rounded: string[]): Float64Array {
  const json = fields.array(name);
  const values = new Float64Array(json.length);
  for (let i = 0; i < json.length; i += 1) {
    const value = json[i];
    if (typeof value === 'number') values[i] = value;
    else values[i] = textNumber(value, name, place, rounded);
  }
  return values;
}

function textNumber(value: Json | undefined, name: string, place: string, rounded: string[]): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw new BadReplyError(`${place}.${name} should hold numbers only`);
  if (isLongNumber(value as string) && !rounded.includes(name)) rounded.push(name);
  return number;
}
