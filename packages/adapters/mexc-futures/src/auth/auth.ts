/**
 * Signatures of MEXC's futures API: hex(HMAC-SHA256(secret, apiKey + timeMs + parameters)).
 *
 *   GET, DELETE   parameters = the query text exactly as in the URL (keys sorted, values percent-encoded once); '' without one
 *   POST          parameters = the body text exactly as sent; '' without a body
 *   WebSocket     parameters = ''
 *
 * This file imports nothing but node:crypto. Keys go in and never come out: a `Credentials` shows them to nobody, and only a
 * signer for one of MEXC's own hosts, or for this machine, is given out. Source: MEXC's integration guide of 2026-04,
 * two client libraries (2026-08, 2026-11); the encoding of commas is not certain, so send none.
 */
import { hash } from 'node:crypto';

/** Hosts that a signature may be made for, with encryption only, on their usual port. */
export const MEXC_HOSTS: readonly string[] = ['api.mexc.com', 'api.mexc.co', 'contract.mexc.com', 'contract.mexc.co'];

/** A signature was asked for a host that is neither MEXC's nor this machine: keys would leak. It is a PrateError by its mark. */
export class HostNotAllowedError extends Error {
  readonly code = 'HOST_NOT_ALLOWED';
  readonly retryable = false;
  override readonly name = 'HostNotAllowedError';

  static {
    Object.defineProperty(HostNotAllowedError.prototype, Symbol.for('@prate/error'), { value: true });
  }
}

/**
 * @param url of an API, e.g. `https://api.mexc.com` or `ws://127.0.0.1:4000/edge`
 * @throws HostNotAllowedError (`HOST_NOT_ALLOWED`) unless it is one of MEXC_HOSTS over https or wss, or a loopback address
 */
export function assertAllowedHost(url: string): void {
  const parsed = URL.parse(url);
  if (parsed === null) throw new HostNotAllowedError('requests are signed for a URL such as https://api.mexc.com only');
  const { protocol, host, hostname, username, password } = parsed;
  const bare = username === '' && password === '';
  const encrypted = protocol === 'https:' || protocol === 'wss:';
  if (bare && encrypted && MEXC_HOSTS.includes(host)) return;
  if (bare && (encrypted || protocol === 'http:' || protocol === 'ws:') && isLoopback(hostname)) return;
  throw new HostNotAllowedError(
    `no requests are signed for ${protocol}//${host}: only for ${MEXC_HOSTS.join(', ')} over https or wss, and for this machine`,
  );
}

/** Whether a host name, as `URL.hostname` spells it, is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);

/** Signs for one host. */
export interface Signer {
  /**
   * @param timeMs epoch ms of the server, within 10 s
   * @param parameters the query or the body, to the letter
   * @returns 64 lower-case hex digits
   */
  sign(timeMs: number, parameters: string): string;
  /** The headers of a private request. */
  headers(timeMs: number, parameters: string): Record<string, string>;
  /** `param` of the WebSocket's `login`. */
  login(timeMs: number): WsLogin;
}

export interface WsLogin {
  readonly apiKey: string;
  /** Epoch ms as text. */
  readonly reqTime: string;
  readonly signature: string;
}

const HIDDEN = '[hidden]';

/** An API key with its secret. Neither shows in JSON, in `util.inspect`, in text, nor as a property. */
export class Credentials {
  readonly #apiKey: string;
  readonly #secretKey: string;

  /** @throws TypeError for a key that is empty, or that no HTTP header can carry; the message does not repeat it */
  constructor(apiKey: string, secretKey: string) {
    if (!isHeaderText(apiKey)) throw new TypeError('the API key must be printable ASCII text without blanks');
    if (typeof secretKey !== 'string' || secretKey === '')
      throw new TypeError('the secret key must be a text that is not empty');
    this.#apiKey = apiKey;
    this.#secretKey = secretKey;
  }

  /**
   * @param url where the signed requests will go
   * @throws HostNotAllowedError (`HOST_NOT_ALLOWED`), see `assertAllowedHost`
   */
  signerFor(url: string): Signer {
    assertAllowedHost(url);
    const apiKey = this.#apiKey;
    const hmac = hmacSha256(this.#secretKey);
    const sign = (timeMs: number, parameters: string): string => hmac(`${apiKey}${timeMs}${parameters}`);
    return {
      sign,
      headers: (timeMs, parameters) => ({
        ApiKey: apiKey,
        'Request-Time': String(timeMs),
        Signature: sign(timeMs, parameters),
        'Content-Type': 'application/json',
      }),
      login: (timeMs) => ({ apiKey, reqTime: String(timeMs), signature: sign(timeMs, '') }),
    };
  }

  /** The same text with the keys blotted out, should a server have repeated them. */
  redact(text: string): string {
    return text.replaceAll(this.#secretKey, HIDDEN).replaceAll(this.#apiKey, HIDDEN);
  }

  toJSON(): string {
    return HIDDEN;
  }

  toString(): string {
    return HIDDEN;
  }

  static {
    const inspect = (): string => `Credentials ${HIDDEN}`;
    Object.defineProperty(Credentials.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspect });
  }
}

const BLOCK_BYTES = 64;
const ROOM_BYTES = 4096;

/**
 * HMAC-SHA256 (RFC 2104) in two hashes. `createHmac` gives the same, but each of its objects is one more for the garbage
 * collector of V8 to end; it is the oracle in the tests.
 */
function hmacSha256(secretKey: string): (text: string) => string {
  const bytes = Buffer.from(secretKey, 'utf8');
  const key = Buffer.alloc(BLOCK_BYTES);
  (bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes).copy(key);
  const inner = Buffer.from(key.map((byte) => byte ^ 0x36));
  const outer = Buffer.alloc(BLOCK_BYTES + 32);
  outer.set(key.map((byte) => byte ^ 0x5c));
  // the text is written behind the key where it fits: a request is far smaller
  const message = Buffer.alloc(BLOCK_BYTES + ROOM_BYTES);
  inner.copy(message);
  return (text) => {
    const fits = text.length * 3 <= ROOM_BYTES;
    const bytes = fits
      ? message.subarray(0, BLOCK_BYTES + message.write(text, BLOCK_BYTES, 'utf8'))
      : Buffer.concat([inner, Buffer.from(text, 'utf8')]);
    outer.write(hash('sha256', bytes, 'binary'), BLOCK_BYTES, 'binary'); // a Buffer would cost as much as the hash
    return hash('sha256', outer, 'hex');
  };
}

const isHeaderText = (text: string): boolean => typeof text === 'string' && /^[\x21-\x7e]+$/.test(text);

/** A value of a query; what is absent is left out, since MEXC reads a name without value as an empty text. */
export type QueryValue = string | number | boolean | null | undefined;

/**
 * The query of a GET or DELETE: keys in ascending order, percent-encoded once (UTF-8, `%20` for a blank, upper-case hex).
 * The same text belongs into the URL and into the signature.
 *
 * @returns without the question mark; '' where nothing is to be sent
 */
export function canonicalQuery(query: Readonly<Record<string, QueryValue>>): string {
  let text = '';
  for (const key of Object.keys(query).sort()) {
    const value = query[key];
    if (value === undefined || value === null) continue;
    text += `${text === '' ? '' : '&'}${percentEncode(key)}=${percentEncode(String(value))}`;
  }
  return text;
}

/** encodeURIComponent leaves `!'()*` alone, as RFC 3986 does not; a lone surrogate becomes U+FFFD. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
