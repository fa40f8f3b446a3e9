import { BadReplyError } from './errors.ts';
import { type DecimalText, decimalText, Fields } from './fields.ts';
import { isLongNumber, type Json } from './json-text.ts';

/**
 * GET kline/{symbol}
 *
 *   data: { time: s[], open: n[], close: n[], high: n[], low: n[], vol: n[], amount: n[], realOpen: n[], … }
 *
 * - columns of one length; `time` is the open of the bar in Unix SECONDS, never descending: a bar may come twice
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
  /**
   * The exact texts of columns with a number of more than 15 digits, by MEXC's names: there the doubles are the nearest
   * ones. All others are exact.
   */
  readonly texts: ReadonlyMap<string, readonly DecimalText[]>;
}

/** @throws BadReplyError (`BAD_REPLY`) for columns that are missing, of different lengths, or hold no numbers */
export function readKlines(data: Json | undefined, place: string): WireKlines {
  const fields = new Fields(data, place);
  const texts = new Map<string, readonly DecimalText[]>();
  const time = column(fields, 'time', place, texts);
  const length = time.length;
  const read = (name: string): Float64Array => {
    const values = column(fields, name, place, texts);
    if (values.length === length) return values;
    throw new BadReplyError(`${place}: ${name} has ${values.length} entries for ${length} times`);
  };
  for (let i = 0; i < length; i += 1) {
    const at = time[i] as number;
    if (!Number.isSafeInteger(at) || (i > 0 && at < (time[i - 1] as number))) {
      throw new BadReplyError(`${place}: time should be whole seconds that never descend; entry ${i} does not`);
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
    texts,
  };
}

function column(fields: Fields, name: string, place: string, texts: Map<string, readonly DecimalText[]>): Float64Array {
  const json = fields.array(name);
  const values = new Float64Array(json.length);
  let isLong = false;
  for (let i = 0; i < json.length; i += 1) {
    const value = json[i];
    if (typeof value === 'number') {
      values[i] = value;
      continue;
    }
    const text = decimalText(value);
    if (text === undefined) throw new BadReplyError(`${place}.${name} should hold numbers only`);
    values[i] = Number(text);
    isLong ||= isLongNumber(text);
  }
  if (isLong)
    texts.set(
      name,
      json.map((value) => decimalText(value) as DecimalText),
    );
  return values;
}
