import { Decimal, PrateError } from '@prate/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { toJson, type WireValue } from '../wire/json.ts';
import { applyFault, readFault } from './fault-words.ts';
import { AdminRefusal, guard } from './guard.ts';
import { type AdminParts, faultsJson, statusJson, statusOf } from './status.ts';
import { statusPage } from './status-page.ts';

const LONGEST_ADVANCE_MS = 7 * 86_400_000;

const accountBody = z.strictObject({
  name: z
    .string()
    .regex(/^[\w .-]{1,32}$/, 'must be 1 to 32 letters, digits, spaces, dots, _ or -')
    .optional(),
  balance: z
    .union([z.number(), z.string()])
    .refine((value) => /^\d{1,15}(\.\d{1,18})?$/.test(String(value)), 'must be an amount from 0 up, such as "10000"')
    .optional(),
});
const clockBody = z.union(
  [z.strictObject({ advanceMs: z.int().min(0) }), z.strictObject({ to: z.int().min(0) })],
  'must be {"advanceMs": N} or {"to": N}, whole milliseconds from 0 up',
);

type Answer = { readonly status?: number; readonly json: WireValue } | { readonly html: string };

/** Whether a path is the sandbox's own: faults do not meet it. */
export const isAdminPath = (path: string): boolean =>
  path === '/' || path === '/sandbox' || path.startsWith('/sandbox/');

/** What MEXC does not have: accounts to be made, faults, a clock that moves, and a page that shows it all. */
export function addAdminRoutes(app: FastifyInstance, parts: AdminParts): void {
  const { venue, options } = parts;
  const { faults } = venue;
  const route = (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    answer: (body: string) => Answer | Promise<Answer>,
  ): void => {
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        try {
          guard(request, options.token);
          send(reply, await answer(bodyOf(request)));
        } catch (error) {
          send(reply, refused(error));
        }
      },
    });
  };

  route('GET', '/', async () => ({ html: statusPage(await statusOf(parts)) }));
  route('GET', '/sandbox/status', async () => ({ json: statusJson(await statusOf(parts)) }));
  route('POST', '/sandbox/accounts', (body) => {
    const { name, balance } = read(accountBody, body, {});
    const {
      name: given,
      apiKey,
      secretKey,
      balance: begun,
    } = parts.open(name ?? null, balance === undefined ? null : new Decimal(balance));
    return { status: 201, json: { name: given, apiKey, secretKey, balance: begun } };
  });
  route('GET', '/sandbox/faults', () => ({ json: faultsJson(faults.standing) }));
  route('POST', '/sandbox/faults', (body) => {
    applyFault(faults, readFault(parsed(body)));
    return { status: 201, json: faultsJson(faults.standing) };
  });
  route('DELETE', '/sandbox/faults', () => {
    faults.clear();
    return { json: faultsJson(faults.standing) };
  });
  route('GET', '/sandbox/clock', () => ({ json: { now: Math.floor(venue.clock.nowMs()), skewMs: faults.skewMs } }));
  route('POST', '/sandbox/clock', async (body) => {
    const asked = read(clockBody, body);
    const now = Math.floor(venue.clock.nowMs());
    const ms = 'to' in asked ? asked.to - now : asked.advanceMs;
    if (ms < 0) throw new AdminRefusal(400, `the clock cannot go back: it is ${now}`);
    if (ms > LONGEST_ADVANCE_MS) throw new AdminRefusal(400, 'the clock goes 7 days at most at a time');
    await options.advance(ms);
    return { json: { now: Math.floor(venue.clock.nowMs()), skewMs: faults.skewMs } };
  });
}

/** A browser sends JSON to another origin only after asking, and is never told that it may. */
function bodyOf(request: FastifyRequest): string {
  const body = typeof request.body === 'string' ? request.body : '';
  if (request.method === 'POST' && body !== '' && !/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new AdminRefusal(415, 'the body must be JSON, with content-type: application/json');
  }
  return body;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AdminRefusal(400, 'the body is not JSON');
  }
}

function read<T>(schema: z.ZodType<T>, body: string, absent?: T): T {
  if (body === '' && absent !== undefined) return absent;
  const result = schema.safeParse(parsed(body));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new AdminRefusal(400, problems.join('; '));
}

function refused(error: unknown): Answer {
  if (error instanceof AdminRefusal) return { status: error.status, json: { error: error.message } };
  if (PrateError.is(error)) return { status: 400, json: { error: error.message } };
  return { status: 500, json: { error: 'the sandbox failed; its log says why' } };
}

function send(reply: FastifyReply, answer: Answer): void {
  reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  if ('html' in answer) {
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    reply.header('referrer-policy', 'no-referrer');
    void reply.type('text/html; charset=utf-8').send(answer.html);
    return;
  }
  void reply
    .code(answer.status ?? 200)
    .type('application/json; charset=utf-8')
    .send(`${toJson(answer.json)}\n`);
}
