import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** Why an admin request is not served, with its HTTP status. */
export class AdminRefusal extends Error {
  override readonly name = 'AdminRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whether a server at this address is reached from this machine alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

/**
 * Who may use admin paths: with a token, whoever knows it. Without one everybody on this machine, except a web page that a
 * browser here has open: it is told by a foreign `Host` (a name made to point here) or a foreign `Origin`.
 * @throws AdminRefusal
 */
export function guard(request: FastifyRequest, token: string | undefined): void {
  const { host = '', origin, authorization = '' } = request.headers;
  const { token: asked } = request.query as { readonly token?: string };
  if (token !== undefined) {
    const given = authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : (asked ?? '');
    if (!same(given, token)) throw new AdminRefusal(401, 'the token is missing or wrong: Authorization: Bearer TOKEN');
  } else if (!isLoopback(nameIn(host))) {
    throw new AdminRefusal(403, `admin paths are not served as '${host}': ask for 127.0.0.1 or localhost`);
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new AdminRefusal(403, 'admin paths are not served to pages of other origins');
  }
}

/** Of `127.0.0.1:9100`, `[::1]:9100`, `localhost`. */
const nameIn = (host: string): string =>
  host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
