/**
 * Readers of single fields of a push. MEXC writes one and the same field as a number here and as a string there, so each
 * takes both. They run a hundred times for a frame of a hundred trades: no closures, no paths built in advance.
 */

/** A frame that is not what its channel promises. */
export class BadFrameError extends Error {
  override readonly name = 'BadFrameError';
}

export type Fields = Readonly<Record<string, unknown>>;

const DECIMAL = /^-?\d+(?:\.\d+)?$/;
const EXPONENT = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/;
const DIGITS = /^\d+$/;

export function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadFrameError(`${what} is an object, not ${shown(value)}`);
}

/** The exact decimal text of a number or a string, without an exponent. */
export function decimalOf(fields: Fields, key: string): string {
  return decimalText(fields[key]) ?? wrong(fields, key, 'a decimal number');
}

export function optionalDecimal(fields: Fields, key: string): string | null {
  return isAbsent(fields[key]) ? null : decimalOf(fields, key);
}

/** A whole number that a double holds. */
export function integerOf(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && DIGITS.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
  return wrong(fields, key, 'a whole number');
}

export function optionalInteger(fields: Fields, key: string): number | null {
  return isAbsent(fields[key]) ? null : integerOf(fields, key);
}

/** An id, which may be larger than any double counts to: its digits. */
export function idOf(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  return wrong(fields, key, 'an id');
}

/** An id; 0, an empty text and nothing at all mean that there is none. */
export function optionalId(fields: Fields, key: string): string | null {
  const value = fields[key];
  return isAbsent(value) || value === 0 || value === '0' || value === '' ? null : idOf(fields, key);
}

export function textOf(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : wrong(fields, key, 'a text');
}

export function optionalText(fields: Fields, key: string): string | null {
  return isAbsent(fields[key]) || fields[key] === '' ? null : textOf(fields, key);
}

export function optionalFlag(fields: Fields, key: string): boolean | null {
  const value = fields[key];
  if (isAbsent(value)) return null;
  return typeof value === 'boolean' ? value : wrong(fields, key, 'true or false');
}

/** Decimal text without an exponent, or null where the value is no finite decimal number. */
function decimalText(value: unknown): string | null {
  if (typeof value === 'number') {
    const size = Math.abs(value);
    // a pattern for each number of each trade would cost more than all the rest; JavaScript prints exponents outside these
    if ((size >= 1e-6 && size < 1e21) || size === 0) return String(value);
    return withoutExponent(String(value));
  }
  if (typeof value !== 'string') return null;
  return DECIMAL.test(value) ? value : withoutExponent(value);
}

function withoutExponent(text: string): string | null {
  const parts = EXPONENT.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function wrong(fields: Fields, key: string, right: string): never {
  throw new BadFrameError(`${key} is ${right}, not ${shown(fields[key])}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
