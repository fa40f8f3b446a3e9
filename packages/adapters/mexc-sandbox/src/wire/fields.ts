import { Decimal } from '@prate/domain';
import { Code, WireRefusal } from './codes.ts';

const bad = (name: string, right: string): WireRefusal =>
  new WireRefusal(Code.PARAMETER, `parameter error: ${name} must be ${right}`);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** The usual form: no Decimal is needed to read it. */
const PLAIN_INTEGER = /^\d{1,15}$/;

/**
 * Parameters of a query or a body by name. Numbers may come as texts and the other way round; absent, null and empty are
 * one; what is not asked for is ignored. A value of the wrong kind is refused with code 600.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: unknown) {
    const isObject = typeof values === 'object' && values !== null && !Array.isArray(values);
    this.#values = isObject ? (values as Readonly<Record<string, unknown>>) : {};
  }

  text(name: string): string | null {
    const value = this.#values[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') throw bad(name, 'a text');
    return value;
  }

  needText(name: string): string {
    return need(name, this.text(name));
  }

  number(name: string): Decimal | null {
    const value = this.#values[name];
    if (typeof value === 'number') return new Decimal(value === 0 ? 0 : value); // no -0
    const text = this.text(name);
    if (text === null) return null;
    if (!NUMBER.test(text)) throw bad(name, 'a number');
    return new Decimal(text);
  }

  needNumber(name: string): Decimal {
    return need(name, this.number(name));
  }

  /** A price that is 0 means none. */
  price(name: string): Decimal | null {
    const price = this.number(name);
    if (price?.isNegative() && !price.isZero()) throw bad(name, 'a price above 0');
    return price === null || price.isZero() ? null : price;
  }

  integer(name: string): number | null {
    const given = this.#values[name];
    if (typeof given === 'number' && Number.isSafeInteger(given)) return given === 0 ? 0 : given;
    const text = this.text(name);
    if (text !== null && PLAIN_INTEGER.test(text)) return Number(text);
    const value = this.number(name);
    if (value === null) return null;
    if (!value.isInteger() || value.abs().gt(Number.MAX_SAFE_INTEGER)) throw bad(name, 'a whole number');
    return value.toNumber();
  }

  needInteger(name: string): number {
    return need(name, this.integer(name));
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return value === true || value === 'true' || value === '1' || value === 1;
  }

  /** Whether it is there and off. */
  isFalse(name: string): boolean {
    const value = this.#values[name];
    return value === false || value === 'false' || value === '0' || value === 0;
  }

  /** A number between `least` and `most`, or `absent`. */
  count(name: string, absent: number, most: number): number {
    const value = this.integer(name) ?? absent;
    if (value < 1 || value > most) throw bad(name, `from 1 to ${most}`);
    return value;
  }
}

function need<T>(name: string, value: T | null): T {
  if (value === null) throw new WireRefusal(Code.PARAMETER, `parameter error: ${name} is required`);
  return value;
}

/** @throws WireRefusal 600 for anything but an array */
export function listOf(body: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(body)) throw new WireRefusal(Code.PARAMETER, `parameter error: the body must be ${what}`);
  return body;
}
