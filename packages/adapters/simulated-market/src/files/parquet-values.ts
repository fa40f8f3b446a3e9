import { formatDouble, formatScaled } from '@prate/domain/candles';
import type { SchemaElement } from 'hyparquet';

/**
 * Parquet values as text, exactly. hyparquet makes doubles of decimals and whole milliseconds of every time, so the schema is
 * told to it without these meanings (`withoutMeanings`), and the plain values are read here.
 */
export type ToText = (value: unknown) => string;

/** No decimal has more digits; a damaged scale must not make text of any length. */
const MOST_SCALE = 100;

const isText = ({ converted_type: type, logical_type: logical }: SchemaElement): boolean =>
  type === 'UTF8' || type === 'ENUM' || logical?.type === 'STRING' || logical?.type === 'ENUM';
const isUnsigned = ({ converted_type: type, logical_type: logical }: SchemaElement): boolean =>
  type?.startsWith('UINT_') === true || (logical?.type === 'INTEGER' && !logical.isSigned);
/** What decimals may be laid in: whole numbers, or their bytes. */
const WHOLE: ReadonlySet<string | undefined> = new Set(['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY']);
const isDecimal = ({ converted_type: type, logical_type: logical }: SchemaElement): boolean =>
  type === 'DECIMAL' || logical?.type === 'DECIMAL';

/** Values a millisecond, of a column of times; null for others. */
function ticksPerMs({ converted_type: type, logical_type: logical }: SchemaElement): bigint | null {
  if (logical?.type === 'TIMESTAMP') return { MILLIS: 1n, MICROS: 1000n, NANOS: 1_000_000n }[logical.unit];
  if (type === 'TIMESTAMP_MILLIS') return 1n;
  return type === 'TIMESTAMP_MICROS' ? 1000n : null;
}

const isDate = ({ converted_type: type, logical_type: logical }: SchemaElement): boolean =>
  type === 'DATE' || logical?.type === 'DATE';

/** A column of moments: its text is in epoch milliseconds. */
export const isTime = (element: SchemaElement): boolean => ticksPerMs(element) !== null || isDate(element);

export const withoutMeanings = (schema: readonly SchemaElement[]): SchemaElement[] =>
  schema.map((element) => {
    if (element.type === undefined || isText(element) || isUnsigned(element)) return element;
    const { converted_type, logical_type, ...plain } = element;
    return plain;
  });

/** How many decimals a column of decimals has. */
export const scaleOf = ({ scale, logical_type: logical }: SchemaElement): number =>
  scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0);

/** How the values of a column become text; null for decimals that are none. */
export function toText(element: SchemaElement): ToText | null {
  if (isDecimal(element)) {
    const scale = scaleOf(element);
    if (!(scale >= 0 && scale <= MOST_SCALE) || !WHOLE.has(element.type) || isText(element)) return null;
    return (value) => decimalText(wholeNumber(value), scale);
  }
  const ticks = ticksPerMs(element);
  if (ticks !== null) return (value) => timeText(value, ticks);
  if (isDate(element)) return (value) => String(Number(value) * 86_400_000);
  return plainText;
}

const decimalText = (unscaled: bigint, scale: number): string =>
  unscaled < 0n ? `-${formatScaled(-unscaled, scale)}` : formatScaled(unscaled, scale);

/** A whole number, or its big-endian bytes in two's complement. */
function wholeNumber(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  const hex = Buffer.from(value).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${hex}`));
}

/** Of a time between two milliseconds the fraction stays, for the rules of times to refuse. */
function timeText(value: unknown, ticks: bigint): string {
  if (typeof value !== 'bigint') return plainText(value);
  return value % ticks === 0n ? String(value / ticks) : String(Number(value) / Number(ticks));
}

function plainText(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? formatDouble(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}
