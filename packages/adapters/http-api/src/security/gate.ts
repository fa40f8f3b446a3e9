import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../server/api-error.ts';
import type { Scope } from '../wire/session.ts';
import { STREAM_PROTOCOL, STREAM_TOKEN_PREFIX } from '../wire/stream.ts';
import type { TokenKeeper } from './tokens.ts';

/** What the gate looks at: the head of a request as it came. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/**
 * Who may come in. A browser carries a stranger's page as willingly as ours: it is told apart by Host (a name that
 * was bent to this address, DNS rebinding) and by Origin. The token is never in a cookie, so no request has it by itself.
 */
export class Gate {
  readonly #tokens: TokenKeeper;
  /** `name:port`, lower case; known when the server listens. */
  #hosts: ReadonlySet<string> = new Set();

  constructor(tokens: TokenKeeper) {
    this.#tokens = tokens;
  }

  allow(hosts: Iterable<string>): void {
    this.#hosts = new Set(Array.from(hosts, (host) => host.toLowerCase()));
  }

  /** @throws ApiError for a request that a stranger's page, or a bent name, brought here */
  checkHead({ url, headers, rawHeaders }: RequestHead): void {
    if (!url.startsWith('/')) throw new ApiError(400, 'BAD_REQUEST', 'the target must be a path');
    const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
    if (hosts !== 1 || !this.#hosts.has((headers.host ?? '').toLowerCase())) {
      throw new ApiError(421, 'FOREIGN_HOST', 'this server does not answer under that name');
    }
    const { origin } = headers;
    const isApi = url.startsWith('/api/');
    const isForeign = origin === undefined ? isApi && headers['sec-fetch-site'] === 'cross-site' : !this.#isOwn(origin);
    if (isForeign) throw new ApiError(403, 'FOREIGN_ORIGIN', 'only the page of this server may ask');
  }

  /** @throws ApiError where the token is missing, not known, or may not do this */
  checkToken(token: string | null, needed: Scope): Scope {
    const scope = token === null ? null : this.#tokens.scopeOf(token);
    if (scope === null) {
      const message = token === null ? 'a token is needed' : 'this token is not known: it is another after each start';
      throw new ApiError(401, 'UNAUTHORIZED', message, { 'www-authenticate': 'Bearer realm="prate"' });
    }
    if (needed === 'trade' && scope !== 'trade') throw new ApiError(403, 'FORBIDDEN', 'this needs the trade token');
    return scope;
  }

  #isOwn(origin: string): boolean {
    const match = /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase());
    return match !== null && this.#hosts.has(match[1] as string);
  }
}

export function bearerToken({ authorization }: IncomingHttpHeaders): string | null {
  const match = /^Bearer ([0-9A-Za-z_-]{1,128})$/i.exec(authorization ?? '');
  return match?.[1] ?? null;
}

/** Of a stream: from the header, or, as a browser's page cannot set one, from the subprotocols that it offers. */
export function streamToken(headers: IncomingHttpHeaders): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());
  if (!offered.includes(STREAM_PROTOCOL)) return null;
  const token = offered.find((text) => text.startsWith(STREAM_TOKEN_PREFIX))?.slice(STREAM_TOKEN_PREFIX.length);
  return token ?? bearerToken(headers);
}
