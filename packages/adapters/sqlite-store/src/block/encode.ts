import {
  type CandleBase,
  type CandleColumns,
  EXCHANGE_CODE,
  type SumArray,
  TRADES_CODE,
  UNKNOWN,
} from '@prate/domain/candles';
import { ByteWriter } from './bytes.ts';
import { Form, type Head, headBytes, Known, turnoverFactor } from './head.ts';
import { formOf, writeNumbers, zigzag } from './numbers.ts';
import { activesSection, slotsSection, watchedSection } from './presence.ts';
import type { BlockKey } from './seal.ts';

/** Prices below this lie in 32 bits, and so do their differences, zigzagged. */
const TWO_31 = 2 ** 31;
/** A difference of two prices below this, zigzagged, still fits the 53 bits of a packed number. */
const TWO_51 = 2 ** 51;

/** What a block says beside its numbers. */
export interface Frame {
  readonly head: Pick<Head, 'rows' | 'active' | 'slots' | 'actives' | 'watched' | 'source' | 'base'> &
    Pick<Head, 'priceDecimals' | 'volumeDecimals' | 'turnoverDecimals' | 'turnoverKnown' | 'tradesKnown'>;
  /** The sections before the numbers. */
  readonly sections: readonly Uint8Array[];
}

/** @param bits one per row, set for the active ones */
export function frameOf(
  key: BlockKey,
  { rows, observed }: CandleBase,
  bits: Uint8Array,
  active: number,
  known: Pick<Head, 'turnoverKnown' | 'tradesKnown'>,
): Frame {
  const slots = slotsSection(key, rows.openTime);
  const actives = activesSection(bits, rows.length, active);
  const watched = watchedSection(key, rows.openTime, observed);
  const source = sourceOf(rows);
  return {
    head: {
      priceDecimals: rows.priceDecimals,
      volumeDecimals: rows.volumeDecimals,
      turnoverDecimals: rows.turnoverDecimals,
      rows: rows.length,
      active,
      slots: slots.kind,
      actives: actives.kind,
      watched: watched.kind,
      source,
      base: rows.open[0] ?? 0,
      ...known,
    },
    sections: [slots.bytes, actives.bytes, watched.bytes, source === null ? sourceBits(rows) : new Uint8Array(0)],
  };
}

function sourceOf({ source, length }: CandleColumns): number | null {
  const first = source[0] ?? 0;
  const others = [EXCHANGE_CODE, TRADES_CODE].filter((code) => code !== first);
  const rows = source.length === length ? source : source.subarray(0, length);
  return others.some((code) => rows.includes(code)) ? null : first;
}

function sourceBits({ source, length }: CandleColumns): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  for (let i = 0; i < length; i += 1)
    if (source[i] === TRADES_CODE) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  return bits;
}

/** In which rows a column of numbers is known. */
function knownOf(values: SumArray, rows: number): Known {
  let unknown = 0;
  for (let i = 0; i < rows; i += 1) if (Number(values[i]) === UNKNOWN) unknown += 1;
  return unknown === 0 ? Known.ALL : unknown === rows ? Known.NONE : Known.SOME;
}

/** A block's body, but for its checksum: every form, in the plainest way. */
export function encodePlain(key: BlockKey, base: CandleBase): Uint8Array {
  const { rows } = base;
  const known = { turnoverKnown: knownOf(rows.turnover, rows.length), tradesKnown: knownOf(rows.trades, rows.length) };
  const { bits, chosen } = activeRows(rows, known);
  const frame = frameOf(key, base, bits, chosen.length, known);
  const prices = pricesForm(rows);
  const volume = sumForm(rows.volume, rows.volumeDecimals, Known.ALL, chosen);
  const turnover = turnoverColumn(rows, chosen, known.turnoverKnown);
  const trades = sumForm(rows.trades, 0, known.tradesKnown, chosen);
  const out = new ByteWriter();
  out.bytes(headBytes({ ...frame.head, prices, volume: volume.form, turnover: turnover.form, trades: trades.form }));
  for (const section of frame.sections) out.bytes(section);
  writePrices(out, rows, chosen, prices);
  writeNumbers(out, volume.values, volume.form);
  if (known.turnoverKnown !== Known.NONE) writeNumbers(out, turnover.values, turnover.form);
  if (known.tradesKnown !== Known.NONE) writeNumbers(out, trades.values, trades.form);
  return out.finish();
}

/** All but flat rows: a flat one stands at the close before it, and nothing traded in it. */
function activeRows(
  rows: CandleColumns,
  { turnoverKnown, tradesKnown }: Pick<Head, 'turnoverKnown' | 'tradesKnown'>,
): { readonly bits: Uint8Array; readonly chosen: Uint32Array } {
  const bits = new Uint8Array(Math.ceil(rows.length / 8));
  const chosen: number[] = [];
  let before = rows.open[0];
  for (let i = 0; i < rows.length; i += 1) {
    const stands = [rows.open, rows.high, rows.low, rows.close].every((prices) => prices[i] === before);
    const quiet =
      Number(rows.volume[i]) === 0 &&
      (turnoverKnown === Known.NONE || Number(rows.turnover[i]) === 0) &&
      (tradesKnown === Known.NONE || rows.trades[i] === 0);
    before = rows.close[i];
    if (stands && quiet) continue;
    bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
    chosen.push(i);
  }
  return { bits, chosen: Uint32Array.from(chosen) };
}

function pricesForm({ priceDecimals, high, length }: CandleColumns): Form {
  let highest = 0;
  for (let i = 0; i < length; i += 1) highest = Math.max(highest, high[i] as number);
  if (priceDecimals === null || highest >= TWO_51) return Form.DOUBLES;
  return highest < TWO_31 ? Form.PACKED : Form.WIDE;
}

/** Packed prices are differences; doubles are the prices themselves. */
function writePrices(
  out: ByteWriter,
  { open, high, low, close }: CandleColumns,
  chosen: Uint32Array,
  form: Form,
): void {
  if (form === Form.DOUBLES) {
    for (const prices of [open, close, high, low]) writeNumbers(out, pick(prices, chosen), form);
    return;
  }
  const columns = [0, 1, 2, 3].map(() => new Float64Array(chosen.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let before = open[0] as number;
  for (const [at, i] of chosen.entries()) {
    const [o, c] = [open[i] as number, close[i] as number];
    columns[0][at] = zigzag(o - before);
    columns[1][at] = zigzag(c - o);
    columns[2][at] = (high[i] as number) - Math.max(o, c);
    columns[3][at] = Math.min(o, c) - (low[i] as number);
    before = c;
  }
  for (const column of columns) writeNumbers(out, column, form);
}

interface NumbersColumn {
  readonly values: SumArray;
  readonly form: Form;
}

const pick = (values: Float64Array, chosen: Uint32Array): Float64Array =>
  Float64Array.from(chosen, (i) => values[i] as number);

/** Packed numbers that are known in some rows only are shifted by one, so that 0 is "unknown"; unknown ones are not kept. */
function sumForm(values: SumArray, decimals: number | null, known: Known, chosen: Uint32Array): NumbersColumn {
  if (known === Known.NONE) return { values, form: Form.PACKED };
  if (values instanceof BigInt64Array) {
    return { values: BigInt64Array.from(chosen, (i) => values[i] as bigint), form: Form.INT64 };
  }
  const picked = pick(values, chosen);
  // whole numbers beyond those that doubles hold one by one are kept as the doubles that they are
  if (decimals === null || picked.some((value) => value > Number.MAX_SAFE_INTEGER))
    return { values: picked, form: Form.DOUBLES };
  const shifted = known === Known.SOME ? picked.map((value) => value + 1) : picked;
  return { values: shifted, form: formOf(shifted) };
}

/** Turnover as it is, or as the difference to what volume and prices let expect, whichever takes fewer bytes. */
function turnoverColumn(rows: CandleColumns, chosen: Uint32Array, known: Known): NumbersColumn {
  const plain = sumForm(rows.turnover, rows.turnoverDecimals, known, chosen);
  const factor = turnoverFactor(rows);
  if (known !== Known.ALL || factor === null || plain.form > Form.WIDE || pricesForm(rows) !== Form.PACKED)
    return plain;
  if (!(rows.volume instanceof Float64Array)) return plain;
  const { open, high, low, close, volume } = rows;
  const differences = Float64Array.from(chosen, (i, at) => {
    const prices = (open[i] as number) + (high[i] as number) + (low[i] as number) + (close[i] as number);
    return zigzag((plain.values[at] as number) - expectedTurnover(volume[i] as number, prices, factor));
  });
  if (differences.some((value) => value >= 2 ** 53)) return plain;
  const form = formOf(differences) === Form.PACKED ? Form.DIFFERENCE : Form.WIDE_DIFFERENCE;
  return packedLength(differences, form) < packedLength(plain.values, plain.form)
    ? { values: differences, form }
    : plain;
}

/** In doubles, rounded the same way everywhere: what is kept beside it makes the turnover exact. */
export const expectedTurnover = (volume: number, fourPrices: number, factor: number): number =>
  Math.floor(volume * fourPrices * factor + 0.5);

function packedLength(values: SumArray, form: Form): number {
  const out = new ByteWriter();
  writeNumbers(out, values, form);
  return out.length;
}
