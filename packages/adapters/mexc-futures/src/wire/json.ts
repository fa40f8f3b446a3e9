/** A run of digits and points this long may hold more than 15 significant digits; a shorter one cannot. */
const LONG_NUMBER = /[0-9.]{16,}/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * JSON without loss: a number with more than 15 significant digits, which a double would round, arrives as a string of
 * its digits; every other value as `JSON.parse` gives it.
 *
 * @throws SyntaxError for text that is not JSON
 */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  JSON.parse(text); // a quoted number could make JSON of what was none
  return JSON.parse(text.replace(STRING_OR_NUMBER, (token) => (isLong(token) ? `"${token}"` : token)));
}

function isLong(token: string): boolean {
  if (token.startsWith('"')) return false;
  const digits = token
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  return digits.length > 15;
}
