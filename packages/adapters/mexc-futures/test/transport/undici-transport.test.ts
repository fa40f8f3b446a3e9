import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { TransportError } from '../../src/transport/http-transport.ts';
import { UndiciTransport, type UndiciTransportOptions } from '../../src/transport/undici-transport.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Local {
  readonly url: string;
  readonly server: Server;
  readonly transport: UndiciTransport;
  /** Connections so far. */
  readonly sockets: Socket[];
}

async function local(listener: RequestListener, options: UndiciTransportOptions = {}): Promise<Local> {
  const server = createServer(listener);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = new UndiciTransport(options);
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  open.push(() => transport.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, transport, sockets };
}

const never = new AbortController().signal;
const get = { method: 'GET', headers: {} } as const;
const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"ü":1}' } as const;
const failure = async (call: Promise<unknown>): Promise<TransportError> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
};

describe('UndiciTransport', () => {
  it('carries request and reply to the letter, over one kept connection', async () => {
    const seen: string[] = [];
    const { url, transport, sockets } = await local((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
        const text = Buffer.from('{"grüße":"€"}');
        response.writeHead(202, { 'content-type': 'application/json', 'retry-after': '7' });
        response.write(text.subarray(0, 5)); // in the middle of a character
        setImmediate(() => response.end(text.subarray(5)));
      });
    });
    const send = () => transport.send({ ...post, url: `${url}/a%2Cb?x=%20&y=1` }, never);
    const reply = { status: 202, contentType: 'application/json', retryAfter: '7', body: '{"grüße":"€"}' };
    expect(await send()).toEqual(reply);
    await nextTurn(); // undici uses a connection again from the next turn of the event loop on
    expect(await send()).toEqual(reply);
    expect(seen).toEqual(Array(2).fill('POST /a%2Cb?x=%20&y=1 application/json {"ü":1}'));
    expect(sockets).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const { url, transport } = await local((_, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await transport.send({ ...post, url }, never)).status).toBe(307);
    expect(requests).toBe(1);
  });

  it('ends a reply that is too long', async () => {
    const { url, transport } = await local(
      (_, response) => {
        response.end('x'.repeat(5_000));
      },
      { maxBodyBytes: 4_096 },
    );
    const error = await failure(transport.send({ ...get, url }, never));
    expect(error).toMatchObject({ maybeSent: true, message: 'the reply is longer than 4096 bytes' });
  });

  it('an abort before the connection stands: certainly not sent', async () => {
    let requests = 0;
    const { url, transport } = await local(() => {
      requests += 1;
    });
    expect(await failure(transport.send({ ...post, url }, AbortSignal.abort()))).toMatchObject({ maybeSent: false });
    const controller = new AbortController();
    const sending = failure(transport.send({ ...post, url }, controller.signal));
    controller.abort();
    expect(await sending).toMatchObject({ maybeSent: false });
    expect(requests).toBe(0);
  });

  it('an abort after the request has begun: perhaps sent, and the server sees the connection go', async () => {
    const controller = new AbortController();
    let gone: () => void = () => {};
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const { url, transport } = await local((request) => {
      request.socket.on('close', gone);
      controller.abort();
    });
    expect(await failure(transport.send({ ...post, url }, controller.signal))).toMatchObject({ maybeSent: true });
    await left;
  });

  it('a reply cut off in its middle is none', async () => {
    const { url, transport } = await local((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"success":true');
      setImmediate(() => response.destroy());
    });
    expect(await failure(transport.send({ ...get, url }, never))).toMatchObject({ maybeSent: true });
  });

  it('a head that does not come in time ends the request', async () => {
    const { url, transport } = await local(() => {}, { replyTimeoutMs: 1 });
    const error = await failure(transport.send({ ...get, url }, never));
    expect(error).toMatchObject({ maybeSent: true, message: expect.stringContaining('UND_ERR_HEADERS_TIMEOUT') });
  });

  it('a kept connection that the server resets under a request: the request is not sent again', async () => {
    let requests = 0;
    const { url, transport, sockets } = await local((request, response) => {
      requests += 1;
      if (requests === 1) response.end('{}');
      else request.socket.resetAndDestroy();
    });
    await transport.send({ ...get, url }, never);
    await nextTurn();
    expect(await failure(transport.send({ ...post, url }, never))).toMatchObject({ maybeSent: true });
    expect([requests, sockets.length]).toEqual([2, 1]);
  });

  it('after close nothing is sent', async () => {
    const { url, transport } = await local((_, response) => {
      response.end();
    });
    await transport.close();
    expect(await failure(transport.send({ ...get, url }, never))).toMatchObject({ maybeSent: false });
  });
});
