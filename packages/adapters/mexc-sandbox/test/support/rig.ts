import { ManualClock } from '@prate/runtime';
import { onTestFinished } from 'vitest';
import { MexcSandbox, type MexcSandboxOptions, ScriptedBackend, type ScriptedBackendOptions } from '../../src/index.ts';
import { KEY, RawClient, SECRET } from './raw-client.ts';
import { RawSocket } from './raw-socket.ts';

/** 2026-01-01T00:00:00Z, the time of the reference's vectors. */
export const START_MS = 1_767_225_600_000;

export interface Rig {
  readonly clock: ManualClock;
  readonly backend: ScriptedBackend;
  readonly sandbox: MexcSandbox;
  readonly client: RawClient;
  socket(): Promise<RawSocket>;
}

/** A sandbox with one account of 10,000 USDT and a BTC_USDT market at 80,000, on a manual clock. */
export async function rig(
  options: Partial<MexcSandboxOptions> & { readonly scripted?: Partial<ScriptedBackendOptions> } = {},
): Promise<Rig> {
  const clock = new ManualClock(START_MS);
  const backend = new ScriptedBackend({ clock, accounts: { [KEY]: { USDT: '10000' } }, ...options.scripted });
  const sandbox = await MexcSandbox.start({
    backend,
    clock,
    accounts: [{ apiKey: KEY, secretKey: SECRET }],
    ...options,
  });
  onTestFinished(() => sandbox.close());
  backend.setBook(
    'BTC_USDT',
    [
      { price: '79999', volume: 1000 },
      { price: '79998', volume: 5000 },
    ],
    [
      { price: '80001', volume: 1000 },
      { price: '80002', volume: 5000 },
    ],
  );
  backend.trade('BTC_USDT', '80000', 10);
  return {
    clock,
    backend,
    sandbox,
    client: new RawClient(sandbox.restUrl, () => clock.nowMs()),
    async socket() {
      const socket = await RawSocket.open(sandbox.wsUrl);
      onTestFinished(() => socket.close());
      return socket;
    },
  };
}

export const order = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  symbol: 'BTC_USDT',
  side: 1,
  openType: 1,
  type: 1,
  vol: 10,
  price: 79_000,
  leverage: 20,
  positionMode: 2,
  ...more,
});
