import { powerOfTen } from '@prate/domain/candles';
import type { ByteReader } from './bytes.ts';

export const VERSION = 2;
/** Bytes of the head; the sections follow. */
export const HEAD_BYTES = 24;
/** Stands for "doubles" in a byte of decimals, and for "of several kinds" in the byte of the source. */
const NONE = 255;

/** How a column of numbers lies there. */
export const Form = {
  /** Whole numbers below 2^32: one packed column. */
  PACKED: 0,
  /** Whole numbers up to 2^53: packed columns of the low 32 bits and of the rest. */
  WIDE: 1,
  DOUBLES: 2,
  INT64: 3,
  /** Turnover alone: the zigzagged difference to volume × mean price, as PACKED or as WIDE. */
  DIFFERENCE: 4,
  WIDE_DIFFERENCE: 5,
} as const;
export type Form = (typeof Form)[keyof typeof Form];

/** In which rows a number is known. */
export const Known = { NONE: 0, ALL: 1, SOME: 2 } as const;
export type Known = (typeof Known)[keyof typeof Known];

/** How the slots of the rows are told: no hole between them, one bit per slot, or the slots skipped before each. */
export const Slots = { RUN: 0, BITS: 1, GAPS: 2 } as const;
export type Slots = (typeof Slots)[keyof typeof Slots];

/** How it is told which rows are active: all are, one bit per row, or the rows skipped before each that is, or is not. */
export const Actives = { ALL: 0, BITS: 1, GAPS: 2, FLAT_GAPS: 3 } as const;
export type Actives = (typeof Actives)[keyof typeof Actives];

/** Which time was watched: the rows' own slots, the whole block, or ranges that are listed. */
export const Watched = { ROWS: 0, ALL: 1, RANGES: 2 } as const;
export type Watched = (typeof Watched)[keyof typeof Watched];

/** The first bytes of a block: what it holds, and how. */
export interface Head {
  readonly priceDecimals: number | null;
  readonly volumeDecimals: number | null;
  readonly turnoverDecimals: number | null;
  readonly rows: number;
  /** Rows that are in the columns; the others are flat. */
  readonly active: number;
  readonly slots: Slots;
  readonly actives: Actives;
  readonly watched: Watched;
  /** A code of SOURCES, or null: one bit per row follows, set for TRADES. */
  readonly source: number | null;
  readonly prices: Form;
  readonly volume: Form;
  readonly turnover: Form;
  readonly turnoverKnown: Known;
  readonly trades: Form;
  readonly tradesKnown: Known;
  /** The price before the first row: its own open, so that no block hangs on another. */
  readonly base: number;
}

export function headBytes(head: Head): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  bytes[1] = head.priceDecimals ?? NONE;
  bytes[2] = head.volumeDecimals ?? NONE;
  bytes[3] = head.turnoverDecimals ?? NONE;
  view.setUint16(8, head.rows, true);
  view.setUint16(10, head.active, true);
  bytes[12] = head.slots | (head.actives << 2) | (head.watched << 4);
  bytes[13] = head.source ?? NONE;
  bytes[14] = head.prices | (head.volume << 2) | (head.trades << 4);
  bytes[15] = head.turnover | (head.turnoverKnown << 3) | (head.tradesKnown << 5);
  view.setFloat64(16, head.base, true);
  return bytes;
}

/** @throws RangeError for what headBytes did not write */
export function readHead(input: ByteReader, mostRows: number): Head {
  input.u8();
  const decimals = (): number | null => {
    const byte = input.u8();
    if (byte > 22 && byte !== NONE) throw new RangeError(`${byte} decimals`);
    return byte === NONE ? null : byte;
  };
  const [priceDecimals, volumeDecimals, turnoverDecimals] = [decimals(), decimals(), decimals()];
  input.u32(); // the checksum
  const [rows, active, sets, source, forms, amounts] = [
    input.u16(),
    input.u16(),
    input.u8(),
    input.u8(),
    input.u8(),
    input.u8(),
  ];
  const head: Head = {
    priceDecimals,
    volumeDecimals,
    turnoverDecimals,
    rows: atMost(rows, mostRows, 'rows'),
    active: atMost(active, rows, 'active rows'),
    slots: atMost(sets & 3, Slots.GAPS, 'kind of slots') as Slots,
    actives: ((sets >> 2) & 3) as Actives,
    watched: atMost(sets >> 4, Watched.RANGES, 'kind of watched time') as Watched,
    source: source === NONE ? null : atMost(source, 2, 'source'),
    prices: atMost(forms & 3, Form.DOUBLES, 'form of prices') as Form,
    volume: ((forms >> 2) & 3) as Form,
    trades: atMost(forms >> 4, Form.WIDE, 'form of trades') as Form,
    turnover: atMost(amounts & 7, Form.WIDE_DIFFERENCE, 'form of turnover') as Form,
    turnoverKnown: atMost((amounts >> 3) & 3, Known.SOME, 'knowledge of turnover') as Known,
    tradesKnown: atMost(amounts >> 5, Known.SOME, 'knowledge of trades') as Known,
    base: input.f64(),
  };
  if ((head.actives === Actives.ALL) !== (active === rows)) throw new RangeError(`${active} of ${rows} rows active`);
  if (head.turnover >= Form.DIFFERENCE && head.turnoverKnown !== Known.ALL) throw new RangeError('turnover of gaps');
  return head;
}

function atMost(value: number, most: number, what: string): number {
  if (value > most) throw new RangeError(`${what}: ${value}`);
  return value;
}

/**
 * What volume × (open + high + low + close), in units of their decimals, is multiplied by to give the turnover expected, in
 * units of its own; null where there is no such grid. Of powers of ten that are doubles, so that every machine has the same.
 */
export function turnoverFactor(
  head: Pick<Head, 'priceDecimals' | 'volumeDecimals' | 'turnoverDecimals'>,
): number | null {
  const { priceDecimals, volumeDecimals, turnoverDecimals } = head;
  if (priceDecimals === null || volumeDecimals === null || turnoverDecimals === null) return null;
  const power = turnoverDecimals - priceDecimals - volumeDecimals;
  if (Math.abs(power) > 22) return null;
  return power >= 0 ? powerOfTen(power) / 4 : 0.25 / powerOfTen(-power);
}
