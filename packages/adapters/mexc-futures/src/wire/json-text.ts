/**
 * JSON without loss. `JSON.parse` reads every number through a double, which keeps 15 significant digits: the ids of MEXC's
 * orders have 18 or 19, some amounts too. Here a number that a double may not hold comes as the text of its literal, every
 * other value as `JSON.parse` gives it; the readers of fields.ts take both. A text without such numbers, which is nearly
 * all of them, goes through `JSON.parse` after one scan.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Perhaps a number of 16 digits or with a large exponent; also hits some texts in quotes, which costs only time. */
const MAYBE_LONG = /(?:^|[[:,\s])-?(?:[\d.]{16}|[\d.]+[eE][+-]?\d{3})/;

/** @throws SyntaxError where the text is not one JSON value */
export function parseJson(text: string): Json {
  return MAYBE_LONG.test(text) ? (JSON.parse(quoteLongNumbers(text)) as Json) : (JSON.parse(text) as Json);
}

/** Strings, to be left alone, or numbers. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][+-]?\d+)?/gs;

/** What is no JSON (`01`, `1.`, a number as a key) stays outside quotes, so that JSON.parse still refuses it. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const COLON = /\s*:/y;

const quoteLongNumbers = (text: string): string =>
  text.replace(STRING_OR_NUMBER, (token, at: number) => {
    if (token.charCodeAt(0) === 34 || !isLongNumber(token) || !NUMBER.test(token)) return token;
    COLON.lastIndex = at + token.length;
    return COLON.test(text) ? token : `"${token}"`;
  });

/** Whether the literal has more significant digits than a double keeps, or an exponent near the ends of its range. */
export function isLongNumber(literal: string): boolean {
  const [mantissa = '', exponent = '0'] = literal.split(/[eE]/);
  const significant = mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
  if (significant.length > 15) return true;
  if (significant === '') return false;
  // where a double is near 0 it keeps fewer digits
  return Math.abs(Number(exponent)) > 99 || mantissa.length > 100;
}

/** A number that is written into a body as it stands: decimal text, not a double. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a body holds; what is undefined is left out. */
export type BodyValue =
  | string
  | number
  | boolean
  | NumberText
  | undefined
  | readonly BodyValue[]
  | { readonly [key: string]: BodyValue };

/** As JSON.stringify, with every NumberText bare. */
export function writeJson(value: BodyValue): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  let text = '';
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeJson(part)}`;
  }
  return `{${text}}`;
}
