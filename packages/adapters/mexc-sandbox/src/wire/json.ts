import { Decimal } from '@prate/domain';

/** What answers are made of: a Decimal is a JSON number with all its digits, a bigint an integer with all of them. */
export type WireValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | bigint
  | Decimal
  | readonly WireValue[]
  | { readonly [key: string]: WireValue };

/** JSON text. Keys without a value are left out. Money and ids never pass through a double. */
export function toJson(value: WireValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'null';
    default:
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (value instanceof Decimal) return value.toString();
  const object = value as Readonly<Record<string, WireValue>>;
  let text = '';
  for (const key of Object.keys(object)) {
    const part = object[key];
    if (part !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}${toJson(part)}`;
  }
  return `{${text}}`;
}

/** A key with its colon: there are a few hundred of them, all ours. */
function quoted(key: string): string {
  let text = keys.get(key);
  if (text === undefined) {
    text = `${JSON.stringify(key)}:`;
    keys.set(key, text);
  }
  return text;
}
const keys = new Map<string, string>();

/** The third argument of a reviver is newer than the library that TypeScript is told of. */
type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

const numbersAsWritten: Reviver = (_key, value, { source }) => (typeof value === 'number' ? source : value);

/** What a double may change: more than 15 digits, or an exponent. Also found in texts, where it costs time and nothing else. */
const DELICATE = /[\d.]{16}|\d[eE][+-]?\d/;

/**
 * Reads JSON so that ids beyond 2^53 and long decimals arrive whole: where there may be a number whose digits a double does not
 * keep, all of them are texts, as they were written.
 * @throws SyntaxError
 */
export const fromJson = (text: string): unknown =>
  DELICATE.test(text)
    ? JSON.parse(text, numbersAsWritten as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
