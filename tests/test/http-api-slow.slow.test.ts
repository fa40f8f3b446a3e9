import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HttpApiRig } from './support/http-api-rig.ts';
import { call } from './support/http-calls.ts';
import { StreamReader } from './support/stream-reader.ts';

// two processes of a thousand connections, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 });

const CROWD = 1000;
let rig: HttpApiRig;
let crowd: ChildProcess | undefined;

beforeAll(async () => {
  rig = await HttpApiRig.start();
  rig.run();
});
afterAll(async () => {
  crowd?.disconnect();
  await rig[Symbol.asyncDispose]();
});

describe('a thousand slow connections', () => {
  it('do not keep the session from trading, nor who has a token from seeing and stopping it', async () => {
    const reader = new StreamReader(rig.api);
    await reader.connect();
    await reader.subscribe('s', { kind: 'session' });
    const before = rig.runner.report() as { candles: number; fills: number };
    let ended = 0;
    const file = fileURLToPath(new URL('./support/slow-crowd.ts', import.meta.url));
    crowd = fork(file, [String(rig.api.port), String(CROWD)], { execArgv: [] });
    crowd.on('message', (told) => {
      ended = Number(told);
    });
    await once(crowd, 'message');
    const tookMs: number[] = [];
    for (let i = 0; i < 24; i += 1) {
      const from = performance.now();
      expect(await call(rig.api, '/api/v1/session')).toMatchObject({ status: 200 });
      tookMs.push(performance.now() - from);
      await pause(500); // the crowd's pace: this test is about real time
    }
    const metrics = (await call(rig.api, '/metrics')).text;
    expect(Number(/^prate_unknown_connections (\d+)$/m.exec(metrics)?.[1])).toBeLessThanOrEqual(257);
    expect(ended).toBeGreaterThan(CROWD);
    console.log(`${ended} were ended and came back; a request took ${Math.max(...tookMs).toFixed(0)} ms at most`);
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
