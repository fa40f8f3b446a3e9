import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HttpApiRig } from './support/http-api-rig.ts';
import { call } from './support/http-calls.ts';
import { StreamReader } from './support/stream-reader.ts';

const CROWD = 1000;
let rig: HttpApiRig;
const sockets = new Set<Socket>();
let isOver = false;
let reconnects = 0;

beforeAll(async () => {
  rig = await HttpApiRig.start();
  rig.run();
});
afterAll(async () => {
  isOver = true;
  for (const socket of sockets) socket.destroy();
  await rig[Symbol.asyncDispose]();
});

/** A connection that begins with `text`, goes on a byte at a time, reads nothing, and comes back when it is ended. */
function crawl(text: string): void {
  const socket = connect(rig.api.port, '127.0.0.1');
  sockets.add(socket);
  socket.pause();
  socket.write(text);
  const drip = setInterval(() => socket.write('x'), 500);
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(drip);
    sockets.delete(socket);
    if (isOver) return;
    reconnects += 1;
    setTimeout(() => {
      if (!isOver) crawl(text);
    }, 1000);
  });
}

describe('a thousand slow connections', () => {
  it('do not keep the session from trading, nor who has a token from seeing and stopping it', async () => {
    const { port } = rig.api;
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const shapes = [
      'GET /api/v1/session HTTP/1.1\r\nX-Slow: ',
      `POST /api/v1/kill HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n`,
      `GET /api/v1/stream HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\nX-Slow: `,
      '',
      `GET /openapi.json HTTP/1.1\r\n${host}\r\n`.repeat(30),
    ];
    const reader = new StreamReader(rig.api);
    await reader.connect();
    await reader.subscribe('s', { kind: 'session' });
    for (let i = 0; i < CROWD; i += 1) crawl(shapes[i % shapes.length] as string);
    const before = rig.runner.report() as { candles: number; fills: number };
    const tookMs: number[] = [];
    for (let i = 0; i < 24; i += 1) {
      const from = performance.now();
      expect(await call(rig.api, '/api/v1/session')).toMatchObject({ status: 200 });
      tookMs.push(performance.now() - from);
      await pause(500);
    }
    const metrics = (await call(rig.api, '/metrics')).text;
    const strangers = Number(/^prate_unknown_connections (\d+)$/m.exec(metrics)?.[1]);
    expect(strangers).toBeLessThanOrEqual(257);
    expect(reconnects).toBeGreaterThan(0);
    console.log(`${reconnects} were ended and came back; a request took ${Math.max(...tookMs).toFixed(0)} ms at most`);
    // 20 times as fast as time: some 48 candles of 5 s for each symbol
    await vi.waitFor(() => {
      const { candles, fills } = rig.runner.report() as { candles: number; fills: number };
      expect(candles).toBeGreaterThan(before.candles + 50);
      expect(fills).toBeGreaterThan(before.fills);
    }, 20_000);
    expect(reader.closeCode).toBeNull();
    expect(reader.faults).toEqual([]);
    expect(await call(rig.api, '/api/v1/kill', { body: { confirm: true } })).toMatchObject({
      status: 200,
      json: { strategyStopped: true, verified: true },
    });
    reader.drop();
  });
});
