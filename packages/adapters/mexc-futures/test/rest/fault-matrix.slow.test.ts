import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { PrateError } from '@prate/domain';
import { HttpResponse, http } from 'msw';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WriteResult } from '../../src/rest/outcome.ts';
import { UndiciTransport } from '../../src/transport/undici-transport.ts';
import { MexcApiError } from '../../src/wire/errors.ts';
import { CANARY_KEY, CANARY_SECRET, expectNoCanary } from '../support/canary.ts';
import { createNetwork } from '../support/network.ts';
import { envelope, type PrivateCall, privateCalls } from '../support/private-calls.ts';
import { type Rig, rig, type Settled, START_MS } from '../support/rig.ts';

const BASE = 'https://api.mexc.com';
const net = createNetwork(http.get(`${BASE}/api/v1/contract/ping`, () => json(envelope(String(START_MS)))));
beforeAll(() => net.enable());
afterEach(() => net.resetHandlers());
afterAll(() => net.disable());

const transport = new UndiciTransport();
afterAll(() => transport.close());

const reply = (body: string, status: number, type: string, more: Record<string, string> = {}) =>
  new HttpResponse(body, { status, headers: { 'content-type': type, ...more } });
const json = (body: string, status = 200, more: Record<string, string> = {}) =>
  reply(body, status, 'application/json;charset=UTF-8', more);
const html = (status: number, more: Record<string, string> = {}) =>
  // an edge that repeats what it was sent, keys and all
  reply(`<html><body>${CANARY_KEY} ${CANARY_SECRET}</body></html>`, status, 'text/html', more);
const refusal = (code: number) =>
  json(`{"success":false,"code":${code},"message":"no, ${CANARY_KEY} and ${CANARY_SECRET}"}`);

/** Five sendings of what may be repeated, one of what may not. */
const TRIES = 5;

/** How a fault ends: for what is sent once, for a cancel, for a read. */
interface Fault {
  readonly name: string;
  readonly answer: (row: PrivateCall, sending: number) => Response | Promise<Response>;
  readonly write: (outcome: WriteResult<unknown>) => void;
  readonly cancel?: ((outcome: WriteResult<unknown>) => void) | undefined;
  /** The code of the error; or `value`, where a later sending succeeds. */
  readonly read: string;
  /** How often a read or a cancel is sent. */
  readonly tries?: number | undefined;
}

const unknown =
  (code: string) =>
  (outcome: WriteResult<unknown>): void => {
    expect(outcome).toMatchObject({ kind: 'unknown', cause: { code } });
    expect(PrateError.is((outcome as { cause: unknown }).cause)).toBe(true);
  };
const refused =
  (code: number) =>
  (outcome: WriteResult<unknown>): void => {
    expect(outcome).toMatchObject({ kind: 'refused', code, message: expect.any(String) });
  };
const ok = (outcome: WriteResult<unknown>): void => {
  expect(outcome).toMatchObject({ kind: 'ok' });
};
const everyTime =
  (answer: () => Response): Fault['answer'] =>
  () =>
    answer();
/** The fault once, then the proper reply. */
const once =
  (answer: () => Response): Fault['answer'] =>
  (row, sending) =>
    sending === 1 ? answer() : json(envelope(row.data));

const faults: readonly Fault[] = [
  { name: 'hang', answer: () => new Promise<Response>(() => {}), write: unknown('TIMEOUT'), read: 'TIMEOUT' },
  ...[500, 502, 503, 504].flatMap((status): Fault[] => [
    { name: `${status}`, answer: everyTime(() => html(status)), write: unknown('HTTP_STATUS'), read: 'HTTP_STATUS' },
    {
      name: `${status} once`,
      answer: once(() => html(status)),
      write: unknown('HTTP_STATUS'),
      cancel: ok,
      read: 'value',
      tries: 2,
    },
  ]),
  {
    name: '500 with a body that says success',
    answer: (row) => json(envelope(row.data), 500),
    write: unknown('HTTP_STATUS'),
    read: 'HTTP_STATUS',
  },
  { name: 'HTML with 200', answer: everyTime(() => html(200)), write: unknown('BAD_REPLY'), read: 'BAD_REPLY' },
  {
    name: 'HTML with 200 that calls itself JSON',
    answer: everyTime(() => json('<html></html>')),
    write: unknown('BAD_REPLY'),
    read: 'BAD_REPLY',
  },
  { name: 'empty 200', answer: everyTime(() => json('')), write: unknown('BAD_REPLY'), read: 'BAD_REPLY' },
  {
    name: 'truncated JSON',
    answer: (row) => json(envelope(row.data).slice(0, -1)),
    write: unknown('BAD_REPLY'),
    read: 'BAD_REPLY',
  },
  {
    name: 'wrong content type',
    answer: (row) => reply(envelope(row.data), 200, 'text/plain'),
    write: unknown('BAD_REPLY'),
    read: 'BAD_REPLY',
  },
  {
    name: 'a redirect',
    answer: everyTime(() => reply('', 302, 'text/html', { location: `${BASE}/api/v1/private/order/submit` })),
    write: unknown('HTTP_STATUS'),
    read: 'HTTP_STATUS',
  },
  {
    name: 'refused with an unknown code',
    answer: everyTime(() => refusal(87_654)),
    write: refused(87_654),
    read: 'MEXC_API',
    tries: 1,
  },
  {
    name: 'refused without a code',
    answer: everyTime(() => json('{"success":false}')),
    write: unknown('BAD_REPLY'),
    read: 'BAD_REPLY',
  },
  ...[500, 501, 9999].map(
    (code): Fault => ({
      name: `code ${code}: look the order up first`,
      answer: everyTime(() => refusal(code)),
      write: unknown('MEXC_API'),
      read: 'MEXC_API',
    }),
  ),
  {
    name: 'code 603: look the order up first',
    answer: everyTime(() => refusal(603)),
    write: unknown('MEXC_API'),
    read: 'MEXC_API',
    tries: 1,
  },
  {
    name: '403 of the edge',
    answer: everyTime(() => html(403)),
    write: unknown('HTTP_STATUS'),
    read: 'HTTP_STATUS',
    tries: 1,
  },
  { name: '510', answer: everyTime(() => refusal(510)), write: refused(510), read: 'MEXC_API' },
  { name: '510 once', answer: once(() => refusal(510)), write: refused(510), cancel: ok, read: 'value', tries: 2 },
  { name: '513', answer: everyTime(() => refusal(513)), write: refused(513), read: 'MEXC_API', tries: 2 },
  { name: '513 once', answer: once(() => refusal(513)), write: refused(513), cancel: ok, read: 'value', tries: 2 },
  { name: '429', answer: everyTime(() => html(429)), write: unknown('HTTP_STATUS'), read: 'HTTP_STATUS' },
  {
    name: '429 once with Retry-After',
    answer: once(() => html(429, { 'retry-after': '30' })),
    write: unknown('HTTP_STATUS'),
    cancel: ok,
    read: 'value',
    tries: 2,
  },
];

/** Runs one cell; whatever it ends in, no key shows anywhere. */
async function run(row: PrivateCall, made: Rig): Promise<Settled<unknown>> {
  const settled = await made.settle(row.call(made.rest));
  expectNoCanary(settled, made.logged);
  return settled;
}

function check(row: PrivateCall, fault: Fault, settled: Settled<unknown>, sendings: number): void {
  const tries = fault.tries ?? TRIES;
  if (row.kind === 'read') {
    if (fault.read === 'value') expect(settled.error).toBeUndefined();
    else expect(settled.error).toMatchObject({ code: fault.read });
    if (settled.error instanceof MexcApiError) {
      expect(settled.error.path).toMatch(/^\/api\/v1\/private\/[\w/{}]+$/);
      expect(settled.error.httpStatus).toBeGreaterThanOrEqual(200);
    }
    expect(sendings).toBe(tries);
    return;
  }
  expect(settled.error).toBeUndefined();
  const outcome = settled.value as WriteResult<unknown>;
  if (row.kind === 'write') {
    fault.write(outcome);
    expect(sendings).toBe(1);
  } else {
    (fault.cancel ?? fault.write)(outcome);
    expect(sendings).toBe(tries);
  }
}

describe.each(faults)('$name', (fault) => {
  it.each(privateCalls)('$name', async (row) => {
    let sendings = 0;
    net.use(
      http.all(`${BASE}/api/v1/private/*`, () => {
        sendings += 1;
        return fault.answer(row, sendings);
      }),
    );
    const made = rig(transport);
    if (fault.name === 'hang') made.arrived = () => sendings;
    check(row, fault, await run(row, made), sendings);
  });
});

describe('missing data', () => {
  it.each(privateCalls)('$name', async (row) => {
    let sendings = 0;
    net.use(
      http.all(`${BASE}/api/v1/private/*`, () => {
        sendings += 1;
        return json(envelope(undefined));
      }),
    );
    const settled = await run(row, rig(transport));
    // null: a success without data is how MEXC says that there is no such order; cancels by client id may have no items
    const mayBeAbsent = ['get', 'getByExternal', 'cancelByExternal'].includes(row.name) || row.data === undefined;
    if (mayBeAbsent) {
      expect(settled.error).toBeUndefined();
      expect(sendings).toBe(1);
      if (row.kind !== 'read') expect(settled.value).toMatchObject({ kind: 'ok' });
      return;
    }
    check(row, { name: '', answer: () => json(''), write: unknown('BAD_REPLY'), read: 'BAD_REPLY' }, settled, sendings);
  });
});

describe('a reply that comes after the time for it', () => {
  it.each(privateCalls)('$name', async (row) => {
    let sendings = 0;
    const late: (() => void)[] = [];
    net.use(
      http.all(`${BASE}/api/v1/private/*`, () => {
        sendings += 1;
        return new Promise<Response>((resolve) => late.push(() => resolve(json(envelope(row.data)))));
      }),
    );
    const made = rig(transport);
    made.arrived = () => sendings;
    const settled = await run(row, made);
    for (const send of late) send();
    check(row, { name: '', answer: () => json(''), write: unknown('TIMEOUT'), read: 'TIMEOUT' }, settled, sendings);
  });
});

/** Real sockets: what MSW cannot do. */
describe('connections that are reset', () => {
  let server: Server;
  let connections: number;
  let requests: number;
  let whenToReset: 'before' | 'after';
  const sockets = new Set<Socket>();
  const real = new UndiciTransport();

  beforeAll(async () => {
    net.disable();
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      let text = '';
      let counted = false;
      const count = (): void => {
        if (counted) return;
        counted = true;
        connections += 1;
      };
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (text.startsWith('GET /api/v1/contract/ping')) {
          const body = envelope(String(START_MS));
          socket.end(
            `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
          );
          return;
        }
        count();
        if (whenToReset === 'before') {
          socket.resetAndDestroy();
          return;
        }
        const [head = '', body = ''] = text.split('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (!text.includes('\r\n\r\n') || body.length < length) return;
        requests += 1;
        socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    connections = 0;
    requests = 0;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await real.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    net.enable();
  });

  describe.each(['before', 'after'] as const)('%s the request was read', (when) => {
    it.each(privateCalls)('$name', async (row) => {
      whenToReset = when;
      const { port } = server.address() as AddressInfo;
      const made = rig(real, { restBaseUrl: `http://127.0.0.1:${port}` });
      const settled = await run(row, made);
      const sendings = when === 'before' ? connections : requests;
      check(
        row,
        { name: '', answer: () => json(''), write: unknown('TRANSPORT'), read: 'TRANSPORT' },
        settled,
        sendings,
      );
    });
  });

  it('a host that refuses connections: certainly not sent, so writes and cancels throw', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise<void>((resolve) => closed.close(() => resolve()));
    for (const row of privateCalls) {
      const { error } = await run(row, rig(real, { restBaseUrl: `http://127.0.0.1:${port}` }));
      expect(error).toMatchObject({
        code: 'TRANSPORT',
        maybeSent: false,
        message: expect.stringContaining('ECONNREFUSED'),
      });
    }
  });
});
