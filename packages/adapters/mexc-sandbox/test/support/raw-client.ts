import { createHmac } from 'node:crypto';

/** The key and secret of the reference's vectors: they are a canary too. */
export const KEY = 'mx0vTESTKEY0000001';
export const SECRET = '0123456789abcdef0123456789abcdef';

export const hmac = (target: string, secret: string = SECRET): string =>
  createHmac('sha256', secret).update(target).digest('hex');

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent
  readonly json: any;
  readonly headers: Headers;
}

type Query = Readonly<Record<string, string | number>>;

/** A client of the test's own: fetch, and a signature of its own making. */
export class RawClient {
  readonly #url: string;
  readonly #nowMs: () => number;
  readonly #key: string;
  readonly #secret: string;

  constructor(url: string, nowMs: () => number, key: string = KEY, secret: string = SECRET) {
    this.#url = url;
    this.#nowMs = nowMs;
    this.#key = key;
    this.#secret = secret;
  }

  open(path: string, query: Query = {}): Promise<Answer> {
    return this.send('GET', path, { query: queryText(query) });
  }

  get(path: string, query: Query = {}): Promise<Answer> {
    const text = queryText(query);
    return this.send('GET', `/api/v1/private/${path}`, { query: text, headers: this.signed(text) });
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.send('POST', `/api/v1/private/${path}`, { body: text, headers: this.signed(text) });
  }

  signed(parameters: string, timeMs: number = this.#nowMs()): Record<string, string> {
    const time = String(timeMs);
    return {
      ApiKey: this.#key,
      'Request-Time': time,
      Signature: hmac(`${this.#key}${time}${parameters}`, this.#secret),
      'Content-Type': 'application/json',
    };
  }

  async send(
    method: 'GET' | 'POST',
    path: string,
    parts: { readonly query?: string; readonly body?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const query = parts.query === undefined || parts.query === '' ? '' : `?${parts.query}`;
    const response = await fetch(`${this.#url}${path}${query}`, {
      method,
      headers: parts.headers ?? {},
      ...(parts.body !== undefined && { body: parts.body }),
    });
    const text = await response.text();
    return { status: response.status, text, json: parse(text), headers: response.headers };
  }
}

const queryText = (query: Query): string =>
  Object.keys(query)
    .toSorted()
    .map((name) => `${name}=${encodeURIComponent(String(query[name]))}`)
    .join('&');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
