import { createHash } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import serveStatic from '@fastify/static';
import type { Logger } from '@prate/runtime';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { API_PREFIX } from '../schema/openapi.ts';
import type { Operation } from '../schema/operations.ts';
import { operations } from '../schema/operations.ts';
import { bearerToken, type Gate } from '../security/gate.ts';
import type { Strangers } from '../security/strangers.ts';
import type { Scope } from '../wire/session.ts';
import { ApiError, errorJson, toApiError } from './api-error.ts';
import type { Asked } from './asked.ts';
import { refuseConnection } from './bad-requests.ts';
import type { Handlers } from './handlers.ts';
import { JsonText } from './json-text.ts';
import type { Metrics } from './metrics.ts';

export interface AppParts {
  readonly gate: Gate;
  readonly strangers: Strangers;
  readonly handlers: Handlers;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly openApi: object;
  readonly assets: string | null;
  readonly isReady: () => boolean;
}

const LARGEST_BODY = 16 * 1024;
const LARGEST_HEAD = 16 * 1024;
const HEAD_MS = 5000;
const REQUEST_MS = 10_000;
/** A connection on which nothing moves, a reader that does not read among them. */
const IDLE_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;
const CHECK_MS = 1000;
const MOST_CONNECTIONS = 512;
/** Requests of one token in 10 s. */
const MOST_REQUESTS = 1000;

/** Everything but the streams: routes below `/api/v1`, what watches the process, and the page. */
export async function makeApp(parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: LARGEST_BODY,
    forceCloseConnections: true,
    connectionTimeout: IDLE_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { maxHeaderSize: LARGEST_HEAD, headersTimeout: HEAD_MS, connectionsCheckingInterval: CHECK_MS },
    routerOptions: { maxParamLength: 64 },
    exposeHeadRoutes: false,
    frameworkErrors: (error, _request, reply) => refuse(reply, toApiError(error)),
    clientErrorHandler: refuseConnection,
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  parts.strangers.watch(app.server);
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    parts.gate.checkHead(request.raw as never);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    parts.metrics.request({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.setErrorHandler((error, request, reply) => {
    const told = toApiError(error);
    if (told.status >= 500 && !(error instanceof ApiError)) {
      const route = request.routeOptions.url ?? 'none';
      const stack = error instanceof Error ? error.stack : String(error);
      parts.logger.error({ method: request.method, route, stack }, 'a request failed');
    }
    return refuse(reply, told);
  });
  app.setNotFoundHandler((request) => {
    throw notThere(request);
  });
  await app.register(helmet, HEADERS);
  await app.register(rateLimit, {
    global: false,
    max: MOST_REQUESTS,
    timeWindow: 10_000,
    keyGenerator: (request) => String(scopes.get(request)),
    errorResponseBuilder: () =>
      new ApiError(429, 'TOO_MANY_REQUESTS', 'too many requests: come again in a few seconds'),
  });
  for (const [id, operation] of Object.entries(operations)) addOperation(app, parts, id as keyof Handlers, operation);
  addWatching(app, parts);
  if (parts.assets !== null) await addPage(app, parts.assets);
  return app;
}

/** Nothing from elsewhere, nothing inline, in no frame; the page is told apart by Host and Origin, see Gate. */
const HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' as const },
  referrerPolicy: { policy: 'no-referrer' as const },
  strictTransportSecurity: false, // plain HTTP on loopback
};

/** What the token of a request may do. */
const scopes = new WeakMap<FastifyRequest, Scope>();

const needs =
  (parts: AppParts, scope: Scope) =>
  async (request: FastifyRequest): Promise<void> => {
    scopes.set(request, parts.gate.checkToken(bearerToken(request.headers), scope));
    parts.strangers.welcome(request.socket);
  };

function addOperation(
  app: FastifyInstance,
  parts: AppParts,
  id: keyof Handlers,
  operation: Operation<unknown, unknown, unknown>,
): void {
  const handler = parts.handlers[id] as (asked: Asked<unknown, unknown>) => Promise<unknown>;
  const enter = needs(parts, operation.scope);
  app.route({
    method: operation.method,
    url: API_PREFIX + operation.path.replace(/\{(\w+)\}/g, ':$1'),
    // nothing keeps who has the token from the kill switch
    onRequest: id === 'kill' ? [enter] : [enter, app.rateLimit()],
    handler: async (request, reply) => {
      const result = await handler({
        query: checked(operation.query, request.query, 'the query'),
        body: checked(operation.body, request.body ?? {}, 'the body'),
        path: request.params as Record<string, string>,
        scope: scopes.get(request) as Scope,
        signal: goneSignal(reply),
      });
      if (operation.method !== 'GET') parts.logger.info({ operation: id }, 'done over HTTP');
      return result instanceof JsonText ? sendText(request, reply, result) : reply.send(result);
    },
  });
}

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 3).map(({ path, message }) => {
    const at = path.length === 0 ? what : path.map(String).join('.').slice(0, 80);
    return `${at}: ${message.endsWith('received undefined') ? 'is missing' : message.slice(0, 160)}`;
  });
  throw new ApiError(400, 'INVALID_INPUT', problems.join('; '));
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new ApiError(400, 'GONE', 'the caller has gone'));
  });
  return gone.signal;
}

function sendText(request: FastifyRequest, reply: FastifyReply, { text, cacheControl }: JsonText): FastifyReply {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  reply.headers({ 'cache-control': cacheControl, etag: tag, vary: 'authorization' });
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(text);
}

function addWatching(app: FastifyInstance, parts: AppParts): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const isReady = parts.isReady();
    return reply
      .code(isReady ? 200 : 503)
      .send(
        isReady ? { status: 'ready' } : { code: 'NOT_READY', message: 'the account is not connected, or not read yet' },
      );
  });
  const openApi = JSON.stringify(parts.openApi); // once: anybody may ask for it
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(openApi));
  app.get('/metrics', { onRequest: needs(parts, 'read') }, async (_request, reply) =>
    reply.type(parts.metrics.contentType).send(await parts.metrics.text()),
  );
}

async function addPage(app: FastifyInstance, root: string): Promise<void> {
  await app.register(serveStatic, {
    root,
    wildcard: false, // the files that are there now, each by its own route: no path leads anywhere else
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      // what the build names by its content never changes
      const isNamedByContent = /[\\/]assets[\\/][^\\/]+-[\w-]{8,}\.\w+$/.test(path);
      reply.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/** 405 where the path is there with another method. */
function notThere({ method, url }: FastifyRequest): ApiError {
  const path = url.split('?')[0] as string;
  const allowed = Object.values(operations)
    .filter((operation) => new RegExp(`^${API_PREFIX}${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((operation) => operation.method);
  if (allowed.length === 0 && !WATCHED.includes(path)) return new ApiError(404, 'NOT_FOUND', 'there is nothing here');
  const allow = [...new Set(allowed.length === 0 ? ['GET'] : allowed)].join(', ');
  return new ApiError(405, 'METHOD_NOT_ALLOWED', `${method} is not for this: ${allow}`, { allow });
}

const WATCHED: readonly string[] = ['/healthz', '/readyz', '/openapi.json', '/metrics'];

function refuse(reply: FastifyReply, error: ApiError): FastifyReply {
  // a body that nobody will read is not waited for
  if (error.status !== 404 && error.status < 500) reply.header('connection', 'close');
  return reply
    .code(error.status)
    .headers(error.headers)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(errorJson(error));
}
