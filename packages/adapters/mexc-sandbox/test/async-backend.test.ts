import { ManualClock } from '@prate/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MexcSandbox, type SandboxBackend, ScriptedBackend } from '../src/index.ts';
import { KEY, RawClient, SECRET } from './support/raw-client.ts';
import { RawSocket } from './support/raw-socket.ts';
import { order, rig, START_MS } from './support/rig.ts';

/** The same object, every answer a promise that takes its time. */
function slow<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        await new Promise((resolve) => setImmediate(resolve));
        return value.apply(target, args);
      };
    },
  });
}

describe('a backend that answers by promises', () => {
  it('is served like one that answers at once: same answers, same pushes in the same order', async () => {
    const run = async (wrap: (backend: ScriptedBackend) => SandboxBackend): Promise<unknown> => {
      const clock = new ManualClock(START_MS);
      const backend = new ScriptedBackend({ clock, accounts: { [KEY]: { USDT: 10_000 } } });
      const accounts = [{ apiKey: KEY, secretKey: SECRET }];
      await using sandbox = await MexcSandbox.start({ backend: wrap(backend), clock, accounts });
      const client = new RawClient(sandbox.restUrl, () => clock.nowMs());
      const edge = await RawSocket.open(sandbox.wsUrl);
      onTestFinished(() => edge.close());
      await edge.login(START_MS);
      for (const name of ['deal', 'depth', 'kline', 'fair.price', 'depth.full']) {
        await edge.ask(`sub.${name}`, { symbol: 'BTC_USDT', interval: 'Min1', compress: false });
      }
      const answers: string[] = [];
      const post = async (path: string, body: unknown): Promise<void> => {
        answers.push((await client.post(path, body)).text);
      };
      backend.setBook('BTC_USDT', [{ price: 79_999, volume: 100 }], [{ price: 80_001, volume: 100 }]);
      backend.trade('BTC_USDT', 80_000, 1);
      await post('order/create', order({ type: 5 }));
      await post('order/create', order({ price: 79_500, externalOid: 'resting' }));
      await post('order/create', order({ vol: 0 }));
      await post('order/create', order({ externalOid: 'resting' }));
      backend.trade('BTC_USDT', 79_400, 4);
      await post('order/cancel_all', {});
      await post('position/close_all', {});
      for (const path of ['position/open_positions', 'account/assets', 'order/list/history_orders']) {
        answers.push((await client.get(path)).text);
      }
      clock.advance(200);
      await edge.settled();
      const channels = (beginning: string) => edge.frames.filter(({ channel }) => channel.startsWith(beginning));
      return {
        answers,
        personal: channels('push.personal'),
        deals: channels('push.deal'),
        klines: channels('push.kline'),
      };
    };
    const atOnce = await run((backend) => backend);
    const byPromises = await run((backend) => ({
      market: slow(backend.market),
      account: (apiKey) => {
        const account = backend.account(apiKey);
        return account === null ? null : slow(account);
      },
      subscribe: (listener) => backend.subscribe(listener),
    }));
    expect(byPromises).toEqual(atOnce);
  });

  it('that breaks is answered with 500, and the server goes on', async () => {
    const lines: string[] = [];
    const log = (_fields: object, message: string): void => void lines.push(message);
    const clock = new ManualClock(START_MS);
    const backend = new ScriptedBackend({ clock, accounts: { [KEY]: { USDT: 1 } } });
    const broken: SandboxBackend = {
      market: { ...backend.market, ticker: () => Promise.reject(new Error(`lost with ${SECRET.length} digits`)) },
      account: (apiKey) => backend.account(apiKey),
      subscribe: (listener) => backend.subscribe(listener),
    };
    const logger = { debug: log, info: log, warn: log, error: log };
    await using sandbox = await MexcSandbox.start({ backend: broken, clock, accounts: [], logger });
    const client = new RawClient(sandbox.restUrl, () => clock.nowMs());
    expect((await client.open('/api/v1/contract/ticker')).json).toEqual({
      success: false,
      code: 500,
      message: 'Internal error',
    });
    expect(lines).toEqual(['the backend failed']);
    expect((await client.open('/api/v1/contract/ping')).json.success).toBe(true);
  });
});

describe('start', () => {
  it('fails where the port is taken, and leaves nothing behind', async () => {
    const { sandbox } = await rig();
    let listeners = 0;
    const backend = new ScriptedBackend({ accounts: {} });
    const counted: SandboxBackend = {
      market: backend.market,
      account: () => null,
      subscribe: () => {
        listeners += 1;
        return () => {
          listeners -= 1;
        };
      },
    };
    const port = Number(new URL(sandbox.restUrl).port);
    await expect(MexcSandbox.start({ backend: counted, accounts: [], port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    expect(listeners).toBe(0);
  });

  it('serves sockets on /edge and /ws, and on no other path', async () => {
    const { sandbox } = await rig();
    const open = (path: string) =>
      RawSocket.open(sandbox.wsUrl.replace('/edge', path)).then(
        (socket) => {
          socket.close();
          return 'open';
        },
        () => 'refused',
      );
    expect([await open('/edge'), await open('/ws'), await open('/other')]).toEqual(['open', 'open', 'refused']);
  });
});
