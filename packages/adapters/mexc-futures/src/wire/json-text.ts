/**
 * JSON without loss. `JSON.parse` reads every number through a double, which keeps 15 significant digits: the ids of MEXC's
 * orders have 18 or 19, some amounts too. Here a number that a double may not hold comes as the text of its literal, every
 * other value as `JSON.parse` gives it; the readers of fields.ts take both. A text without such numbers, which is nearly
 * all of them, goes through `JSON.parse` after one scan.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** @throws SyntaxError where the text is not one JSON value */
export function parseJson(text: string): Json {
  return JSON.parse(mayHoldLongNumber(text) ? quoteLongNumbers(text) : text) as Json;
}

/**
 * Whether somewhere outside quotes there may be 16 digits in a row, or an exponent of three. It also hits some texts in
 * quotes (one that holds a comma before its digits), which costs only time.
 */
const mayHoldLongNumber = (text: string): boolean =>
  mayHoldLongRun(text) || mayHoldLongExponent(text, 'e') || mayHoldLongExponent(text, 'E');

/** A run of 16 covers a multiple of 16, so every sixteenth place is looked at. */
function mayHoldLongRun(text: string): boolean {
  const { length } = text;
  for (let at = 15; at < length; at += 16) {
    if (!isDigitOrPoint(text.charCodeAt(at))) continue;
    let start = at;
    let end = at + 1;
    while (start > 0 && isDigitOrPoint(text.charCodeAt(start - 1))) start -= 1;
    while (end < length && isDigitOrPoint(text.charCodeAt(end))) end += 1;
    if (end - start >= 16 && beginsNumber(text, start)) return true;
  }
  return false;
}

function mayHoldLongExponent(text: string, letter: 'e' | 'E'): boolean {
  for (let at = text.indexOf(letter, 1); at !== -1; at = text.indexOf(letter, at + 1)) {
    if (isDigitOrPoint(text.charCodeAt(at - 1)) && LONG_EXPONENT.test(text.slice(at, at + 5))) return true;
  }
  return false;
}

const isDigitOrPoint = (code: number): boolean => (code >= 48 && code <= 57) || code === 46;

const LONG_EXPONENT = /^[eE][+-]?\d{3}/;
const BEFORE_NUMBER = /[[:,\s-]/;

/** Nothing, or what may stand before a number outside quotes. */
const beginsNumber = (text: string, at: number): boolean => at === 0 || BEFORE_NUMBER.test(text.charAt(at - 1));

/** Strings, to be left alone (one without an end too: a quote put into it would end it), or numbers. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*(?:"|\\?$)|-?\d[\d.]*(?:[eE][+-]?\d+)?/gs;

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
