import type { WireKlines } from './klines.ts';

const HEAD = '{"success":true,"code":0,"data":{';
const COLUMNS = ['time', 'open', 'close', 'high', 'low', 'vol', 'amount'] as const;
const REAL_COLUMNS = ['realOpen', 'realClose', 'realHigh', 'realLow'] as const;

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const CLOSE_BRACE = 125;

/** An integer of up to 15 digits divided by one of these is the double that JSON.parse gives: both are exact. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 16 }, (_, power) => 10 ** power);

/**
 * The klines of a reply as MEXC writes it: without blanks, in plain numbers of up to 15 digits, none below 0. Straight from
 * the text, since two thousand bars are 180 kB and JSON.parse makes 22,000 objects of them first. Anything else is
 * undefined, and left to `readKlines`, which gives the same for what is read here.
 */
export function readKlineText(text: string): WireKlines | undefined {
  if (!text.startsWith(HEAD)) return;
  const columns = new Map<string, Float64Array>();
  const scan: Scan = { text, at: HEAD.length, buffer: new Float64Array(2_048) };
  for (;;) {
    const name = scanName(scan);
    if (name === undefined || columns.has(name)) return;
    const values = scanNumbers(scan);
    if (values === undefined) return;
    columns.set(name, values);
    const code = text.charCodeAt(scan.at);
    scan.at += 1;
    if (code === CLOSE_BRACE) break;
    if (code !== COMMA) return;
  }
  if (text.charCodeAt(scan.at) !== CLOSE_BRACE || scan.at !== text.length - 1) return;
  return klinesOf(columns);
}

const NO_TEXTS: WireKlines['texts'] = new Map();

interface Scan {
  readonly text: string;
  at: number;
  /** Where numbers are gathered before a column's length is known. */
  buffer: Float64Array;
}

/** Others may need unescaping. */
const PLAIN_NAME = /^\w+$/;

/** `"name":[` */
function scanName(scan: Scan): string | undefined {
  const { text, at } = scan;
  if (text.charCodeAt(at) !== QUOTE) return;
  const end = text.indexOf('"', at + 1);
  if (end === -1 || text.charCodeAt(end + 1) !== COLON || text.charCodeAt(end + 2) !== OPEN_BRACKET) return;
  scan.at = end + 3;
  const name = text.slice(at + 1, end);
  return PLAIN_NAME.test(name) ? name : undefined;
}

/** `1,2.5]` */
function scanNumbers(scan: Scan): Float64Array | undefined {
  const { text } = scan;
  let at = scan.at;
  let count = 0;
  if (text.charCodeAt(at) === CLOSE_BRACKET) {
    scan.at = at + 1;
    return new Float64Array(0);
  }
  for (;;) {
    const start = at;
    let mantissa = 0;
    let code = text.charCodeAt(at);
    while (code >= 48 && code <= 57) {
      mantissa = mantissa * 10 + (code - 48);
      at += 1;
      code = text.charCodeAt(at);
    }
    let digits = at - start;
    // JSON knows neither `.5` nor `01`
    if (digits === 0 || (digits > 1 && text.charCodeAt(start) === 48)) return;
    let decimals = 0;
    if (code === POINT) {
      const point = at;
      at += 1;
      code = text.charCodeAt(at);
      while (code >= 48 && code <= 57) {
        mantissa = mantissa * 10 + (code - 48);
        at += 1;
        code = text.charCodeAt(at);
      }
      decimals = at - point - 1;
      if (decimals === 0) return;
      digits += decimals;
    }
    if (digits > 15) return;
    if (count === scan.buffer.length) scan.buffer = grown(scan.buffer);
    scan.buffer[count] = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] as number);
    count += 1;
    at += 1;
    if (code === CLOSE_BRACKET) break;
    if (code !== COMMA) return;
  }
  scan.at = at;
  return scan.buffer.slice(0, count);
}

function grown(buffer: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(buffer.length * 2);
  larger.set(buffer);
  return larger;
}

/** What readKlines would refuse is left for it to refuse. */
function klinesOf(columns: ReadonlyMap<string, Float64Array>): WireKlines | undefined {
  const [time, open, close, high, low, vol, amount] = COLUMNS.map((name) => columns.get(name));
  if (!(time && open && close && high && low && vol && amount)) return;
  const [realOpen, realClose, realHigh, realLow] = REAL_COLUMNS.map((name) => columns.get(name));
  const { length } = time;
  for (const values of columns.values()) if (values.length !== length) return;
  for (let i = 0; i < length; i += 1) {
    if (!Number.isInteger(time[i]) || (i > 0 && (time[i] as number) < (time[i - 1] as number))) return;
  }
  const real =
    realOpen && realClose && realHigh && realLow
      ? { open: realOpen, high: realHigh, low: realLow, close: realClose }
      : null;
  if (real === null && realOpen !== undefined) return;
  return { length, time, open, high, low, close, vol, amount, real, texts: NO_TEXTS };
}
