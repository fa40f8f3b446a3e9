import { BadReplyError } from './errors.ts';
import type { Json } from './json-text.ts';

/** An exact decimal number as text, without exponent: '0.0001'. Never went through more than 15 digits of a double. */
export type DecimalText = string;

/** Reads the fields of one JSON object; what is null counts as absent. Numbers may come as numbers or as texts. */
export class Fields {
  readonly #object: { readonly [key: string]: Json };
  readonly #place: string;

  /**
   * @param place where it stands, for errors: `order/create: data`
   * @throws BadReplyError (`BAD_REPLY`) as all readers do: for what is no object, absent, or of another kind
   */
  constructor(value: Json | undefined, place: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BadReplyError(`${place} should be an object, not ${kindOf(value)}`);
    }
    this.#object = value as { readonly [key: string]: Json };
    this.#place = place;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#object, key) && this.#object[key] !== null;
  }

  raw(key: string): Json | undefined {
    return Object.hasOwn(this.#object, key) ? (this.#object[key] ?? undefined) : undefined;
  }

  string(key: string): string {
    const value = this.raw(key);
    return typeof value === 'string' ? value : this.#fail(key, 'a text');
  }

  stringOr<T>(key: string, absent: T): string | T {
    return this.has(key) ? this.string(key) : absent;
  }

  /** A price, volume, rate or amount. */
  decimal(key: string): DecimalText {
    return decimalText(this.raw(key)) ?? this.#fail(key, 'a decimal number');
  }

  /** An empty text counts as absent too. */
  decimalOr<T>(key: string, absent: T): DecimalText | T {
    return this.has(key) && this.raw(key) !== '' ? this.decimal(key) : absent;
  }

  /** A whole number that a double holds: a code, a count, a time. */
  integer(key: string): number {
    return safeInteger(this.raw(key)) ?? this.#fail(key, 'a whole number');
  }

  integerOr<T>(key: string, absent: T): number | T {
    return this.has(key) && this.raw(key) !== '' ? this.integer(key) : absent;
  }

  /** An id of any length; 0 and '' stand for none, see `idOr`. */
  id(key: string): string {
    return idText(this.raw(key)) ?? this.#fail(key, 'an id');
  }

  idOr<T>(key: string, absent: T): string | T {
    const value = this.raw(key);
    return value === undefined || value === 0 || value === '0' || value === '' ? absent : this.id(key);
  }

  boolean(key: string): boolean {
    const value = this.raw(key);
    return typeof value === 'boolean' ? value : this.#fail(key, 'true or false');
  }

  booleanOr<T>(key: string, absent: T): boolean | T {
    return this.has(key) ? this.boolean(key) : absent;
  }

  array(key: string): readonly Json[] {
    const value = this.raw(key);
    return Array.isArray(value) ? value : this.#fail(key, 'an array');
  }

  arrayOr<T>(key: string, absent: T): readonly Json[] | T {
    return this.has(key) ? this.array(key) : absent;
  }

  /** The objects of an array, each through a reader. */
  list<T>(key: string, read: (fields: Fields) => T): T[] {
    return readList(this.array(key), `${this.#place}.${key}`, read);
  }

  #fail(key: string, wanted: string): never {
    throw new BadReplyError(`${this.#place}.${key} should be ${wanted}, not ${kindOf(this.raw(key))}`);
  }
}

/** @throws BadReplyError where it is no array of objects that `read` accepts */
export function readList<T>(value: Json | undefined, place: string, read: (fields: Fields) => T): T[] {
  if (!Array.isArray(value)) throw new BadReplyError(`${place} should be an array, not ${kindOf(value)}`);
  return value.map((item: Json, index) => read(new Fields(item, `${place}[${index}]`)));
}

/** Kinds only: a reply may hold what belongs into no message. */
export const kindOf = (value: Json | undefined): string =>
  value === undefined || value === null
    ? 'absent'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : typeof value === 'string'
          ? 'a text'
          : `the ${typeof value} ${value}`;

/** More digits are no price, and cost seconds to calculate with. */
const MAX_DIGITS = 100;
const PLAIN = /^-?\d+(?:\.\d+)?$/;
const WITH_EXPONENT = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/;

/** The exact decimal that a JSON number or text means; undefined where it means none. */
export function decimalText(value: Json | undefined): DecimalText | undefined {
  if (typeof value === 'number') {
    const text = String(value); // of a double of at most 15 digits: the same digits
    const size = Math.abs(value);
    // a pattern for each number of each trade would cost more than all the rest; exponents are printed outside these
    return (size >= 1e-6 && size < 1e21) || size === 0 ? text : withoutExponent(text);
  }
  if (typeof value !== 'string') return;
  const text = value;
  if (text.length > MAX_DIGITS) return;
  return PLAIN.test(text) ? text : withoutExponent(text);
}

function withoutExponent(text: string): DecimalText | undefined {
  const match = WITH_EXPONENT.exec(text);
  if (match === null) return;
  const [, sign, whole = '', fraction = '', exponent] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (Math.abs(point) > MAX_DIGITS) return;
  const padded = '0'.repeat(Math.max(1 - point, 0)) + digits.padEnd(Math.max(point, 0), '0');
  const cut = Math.max(point, 1);
  const left = padded.slice(0, cut).replace(/^0+(?=\d)/, '');
  const right = padded.slice(cut).replace(/0+$/, '');
  return `${sign}${left}${right === '' ? '' : `.${right}`}`;
}

const WHOLE = /^-?\d{1,16}$/;

/** The whole number up to 2^53 that a JSON number or text means. */
export function safeInteger(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

const ID = /^[0-9A-Za-z_-]{1,64}$/;

/** An id from a JSON text or number, as text; undefined where it is none. */
export function idText(value: Json | undefined): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && ID.test(text) ? text : undefined;
}
