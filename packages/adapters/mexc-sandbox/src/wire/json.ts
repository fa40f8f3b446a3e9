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
  if (Decimal.isDecimal(value)) return (value as Decimal).toString();
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  let text = '';
  for (const [key, part] of Object.entries(value as Readonly<Record<string, WireValue>>)) {
    if (part !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${toJson(part)}`;
  }
  return `{${text}}`;
}

/** The third argument of a reviver is newer than the library that TypeScript is told of. */
type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

const numbersAsWritten: Reviver = (_key, value, { source }) => (typeof value === 'number' ? source : value);

/** What a double may change: more than 15 digits, or an exponent. Also found in texts, where it costs time and nothing else. */
const DELICATE = /[\d.]{16}|\d[eE][+-]?\d/;

/**
 * Reads JSON with every number as a text, so that ids beyond 2^53 and long decimals arrive whole.
 * @throws SyntaxError
 */
export const fromJson = (text: string): unknown =>
  DELICATE.test(text)
    ? JSON.parse(text, numbersAsWritten as (key: string, value: unknown) => unknown)
    : withNumbersAsTexts(JSON.parse(text));

/** For numbers that a double holds exactly; a reviver takes ten times as long. */
function withNumbersAsTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withNumbersAsTexts);
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) object[key] = withNumbersAsTexts(object[key]);
  return object;
}
