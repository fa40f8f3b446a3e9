const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** A run of digits and points this long may hold more than 15 significant digits; a shorter one cannot. */
const LONG_RUN = 16;

/**
 * JSON without loss: a number with more than 15 significant digits, which a double would round, arrives as a string of
 * its digits; every other value as `JSON.parse` gives it.
 *
 * @throws SyntaxError for text that is not JSON
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!hasLongRun(text)) return value;
  return JSON.parse(text.replace(STRING_OR_NUMBER, (token) => (isLong(token) ? `"${token}"` : token)));
}

/** A run as long as that covers one place in sixteen at least, so the others need not be looked at. */
function hasLongRun(text: string): boolean {
  for (let place = LONG_RUN - 1; place < text.length; place += LONG_RUN) {
    if (!isDigitOrPoint(text, place)) continue;
    let from = place;
    while (isDigitOrPoint(text, from - 1)) from -= 1;
    let to = place + 1;
    while (isDigitOrPoint(text, to)) to += 1;
    if (to - from >= LONG_RUN) return true;
  }
  return false;
}

function isDigitOrPoint(text: string, place: number): boolean {
  const code = text.charCodeAt(place); // NaN outside
  return (code >= 48 && code <= 57) || code === 46;
}

function isLong(token: string): boolean {
  if (token.startsWith('"')) return false;
  const digits = token
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  return digits.length > 15;
}
