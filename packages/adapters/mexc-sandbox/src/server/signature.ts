import { createHmac, timingSafeEqual } from 'node:crypto';

/** Lower-case hex HMAC-SHA256 with the secret over key, time and parameters. */
export const sign = (secretKey: string, target: string): string =>
  createHmac('sha256', secretKey).update(target).digest('hex');

/** In constant time; `false` for a text that is no signature at all. */
export function isSignature(given: string, secretKey: string, target: string): boolean {
  const right = Buffer.from(sign(secretKey, target));
  const other = Buffer.from(given);
  return right.length === other.length && timingSafeEqual(right, other);
}

/**
 * The texts that a client may have signed for a query: its pairs sorted by key, with values as they came, decoded, or
 * percent-encoded.
 */
export function queryTexts(query: string): readonly string[] {
  if (query === '') return [''];
  const pairs = query
    .split('&')
    .map((pair): readonly [string, string] => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = (form: (value: string) => string): string =>
    pairs.map(([key, value]) => `${key}=${form(value)}`).join('&');
  return [...new Set([text((value) => value), text(decoded), text((value) => encodeURIComponent(decoded(value)))])];
}

/** As browsers do: a `+` is a space, and what is no escape stays as it is. */
export function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

/**
 * How far a request's time may be off: 10 s, or what `Recv-Window` says: up to 60 in seconds, above that in milliseconds, 60 s at
 * most.
 */
export function windowMs(header: string | undefined): number {
  const value = Number(header);
  if (header === undefined || !(value > 0)) return 10_000;
  return Math.min(value <= 60 ? value * 1000 : value, 60_000);
}
