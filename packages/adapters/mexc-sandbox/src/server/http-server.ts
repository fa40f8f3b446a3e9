import type { Logger } from '@prate/runtime';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { addAdminRoutes, isAdminPath } from '../admin/admin-routes.ts';
import type { AdminParts } from '../admin/status.ts';
import { BackendRefusal } from '../backend/backend-refusal.ts';
import { type HttpFaultRule, takesEffect } from '../faults/http-fault.ts';
import { Code, codeOf, WireRefusal } from '../wire/codes.ts';
import { Fields } from '../wire/fields.ts';
import { fromJson, toJson, type WireValue } from '../wire/json.ts';
import type { Doorkeeper } from './credentials.ts';
import { deliver, sendJson } from './deliver.ts';
import type { RateLimiter } from './rate-limits.ts';
import type { Route, Venue } from './route.ts';
import { routes } from './routes/index.ts';
import type { SeenRequest } from './seen-request.ts';
import { decoded, queryTexts } from './signature.ts';

interface HttpServerParts {
  readonly venue: Venue;
  readonly doorkeeper: Doorkeeper;
  /** Null: no limits. */
  readonly limiter: RateLimiter | null;
  readonly logger: Logger;
  readonly closing: AbortSignal;
  readonly seen: (request: SeenRequest) => void;
  /** Null: there are no admin paths. */
  readonly admin: AdminParts | null;
}

const LARGEST_BODY = 1 << 20;

/** MEXC's REST on Fastify: faults, then credentials, then limits, then the route. */
export function makeHttpServer(parts: HttpServerParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: LARGEST_BODY,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.removeAllContentTypeParsers();
  // signatures are over the bytes as they came, whatever they are called; a parser for all names is looked for with every request
  for (const type of ['application/json', '*']) {
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  }
  const rules = new WeakMap<FastifyRequest, HttpFaultRule>();
  app.addHook('onRequest', (request, reply, done) => {
    const { clock, faults } = parts.venue;
    if (!faults.areSet) return done();
    const path = pathOf(request);
    const rule = parts.admin !== null && isAdminPath(path) ? null : faults.take(request.method, path);
    if (rule === null) return done();
    rules.set(request, rule);
    if (rule.fault.kind !== 'reset' || takesEffect(rule)) return done();
    parts.seen({ method: request.method, url: request.url, body: '', timeMs: clock.nowMs() });
    reply.hijack();
    request.raw.socket.resetAndDestroy();
  });
  const handler =
    (route: Route | null) =>
    (request: FastifyRequest, reply: FastifyReply): void | Promise<void> => {
      const body = typeof request.body === 'string' ? request.body : '';
      const { clock } = parts.venue;
      parts.seen({ method: request.method, url: request.url, body, timeMs: clock.nowMs() });
      const rule = rules.get(request);
      const answer = (): string | Promise<string> => answerText(parts, route, request, body);
      if (rule !== undefined) return deliver(request, reply, { rule, answer, clock, closing: parts.closing });
      const text = answer();
      if (typeof text === 'string') sendJson(reply, text);
      else return text.then((waited) => sendJson(reply, waited));
    };
  for (const route of routes) app.route({ method: route.method, url: route.path, handler: handler(route) });
  if (parts.admin !== null) addAdminRoutes(app, parts.admin);
  app.setNotFoundHandler(handler(null));
  app.setErrorHandler((error, _request, reply) => {
    parts.logger.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'a request that is no request');
    void reply.code(400).type('application/json').send(refusal(Code.BODY, 'the request cannot be read'));
  });
  return app;
}

const pathOf = ({ url }: FastifyRequest): string => (url.split('?')[0] as string).replace(/(.)\/$/, '$1');

/** The body of the answer: a refusal is one too. */
function answerText(
  parts: HttpServerParts,
  route: Route | null,
  request: FastifyRequest,
  body: string,
): string | Promise<string> {
  try {
    if (route === null) throw new WireRefusal(Code.NOT_FOUND, `there is no ${request.method} ${pathOf(request)}`);
    const at = request.url.indexOf('?');
    const asked = at === -1 ? '' : request.url.slice(at + 1);
    const account =
      route.access === 'private' ? parts.doorkeeper.check(request.headers, signedTexts(route, asked, body)) : null;
    if (parts.limiter?.allows(clientOf(request), route.path, route.limit) === false) {
      throw new WireRefusal(Code.TOO_FREQUENT, 'Requests are too frequent');
    }
    const { venue } = parts;
    const query = asked === '' ? NO_FIELDS : new Fields(queryFields(asked));
    const parsed = body === '' ? undefined : parseBody(body);
    const fields = parsed === undefined ? NO_FIELDS : new Fields(parsed);
    const params = request.params as Readonly<Record<string, string>>;
    const data =
      route.access === 'private' && account !== null
        ? route.answer({ venue, query, body: parsed, fields, params, account })
        : (route as Exclude<Route, { access: 'private' }>).answer({ venue, query, body: parsed, fields, params });
    const write = route.access === 'bare' ? toJson : success;
    if (!(data instanceof Promise)) return write(data);
    return data.then(write).catch((error: unknown) => failure(parts, request, error));
  } catch (error) {
    return failure(parts, request, error);
  }
}

const NO_FIELDS = new Fields(undefined);

const success = (data: WireValue): string =>
  data === undefined ? '{"success":true,"code":0}' : `{"success":true,"code":0,"data":${toJson(data)}}`;

function failure(parts: HttpServerParts, request: FastifyRequest, error: unknown): string {
  if (error instanceof WireRefusal) return refusal(error.code, error.message);
  if (error instanceof BackendRefusal) return refusal(codeOf(error.reason), error.message);
  parts.logger.error({ path: pathOf(request), error: String(error) }, 'the backend failed');
  return refusal(Code.INTERNAL, 'Internal error');
}

function clientOf({ ip, headers }: FastifyRequest): string {
  const apiKey = headers['apikey'];
  return `${ip} ${typeof apiKey === 'string' ? apiKey : ''}`;
}

const signedTexts = ({ method }: Route, query: string, body: string): readonly string[] =>
  method === 'GET' ? queryTexts(query) : [body];

function parseBody(body: string): unknown {
  try {
    return fromJson(body);
  } catch {
    throw new WireRefusal(Code.BODY, 'the body is not JSON');
  }
}

function queryFields(query: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const pair of query.split('&')) {
    const [key = '', ...value] = pair.split('=');
    if (key !== '') fields[decoded(key)] = decoded(value.join('='));
  }
  return fields;
}

const refusal = (code: number, message: string): string => toJson({ success: false, code, message });
