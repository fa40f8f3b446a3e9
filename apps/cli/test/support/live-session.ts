import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { Desk, type Ran, spawnPrate } from './desk.ts';

/** MEXC where nobody listens. */
export const NO_MEXC: Readonly<Record<string, string>> = {
  PRATE_MEXC_REST_URL: 'http://127.0.0.1:9',
  PRATE_MEXC_WS_URL: 'ws://127.0.0.1:9/edge',
};

const MINUTE_MS = 60_000;

/**
 * One minute of forty, nobody trades BTC_USDT on the sandbox's made-up market (seed 1). Resolves when there is none within the
 * minute to come: a test that waits for a candle would wait through it.
 */
async function busyMinute(): Promise<void> {
  for (;;) {
    const now = Date.now();
    const clock = new ManualClock(now + 3 * MINUTE_MS); // what is to come is known already
    const market = new SyntheticMarket({ seed: 1, symbols: ['BTC_USDT'], clock });
    const isQuiet = async (at: number): Promise<boolean> => {
      const from = Math.floor(at / MINUTE_MS) * MINUTE_MS;
      const { columns } = await market.getTrades({ symbol: 'BTC_USDT', from, to: from + MINUTE_MS });
      return columns.length === 0;
    };
    if (!(await isQuiet(now)) && !(await isQuiet(now + MINUTE_MS))) return;
    await sleep(1000);
  }
}

/** `prate up` as a process of its own, with its page, as a browser or a script reaches it. */
export class LiveSession {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly ended: Promise<Ran>;
  readonly #kill: (signal: NodeJS.Signals) => void;

  private constructor(
    parts: Pick<LiveSession, 'pid' | 'url' | 'token' | 'ended'>,
    kill: (signal: NodeJS.Signals) => void,
  ) {
    this.pid = parts.pid;
    this.url = parts.url;
    this.token = parts.token;
    this.ended = parts.ended;
    this.#kill = kill;
  }

  /** Resolves when it has told where its page is. */
  static async begin(desk: Desk, args: string, env: Readonly<Record<string, string>> = {}): Promise<LiveSession> {
    await busyMinute();
    const port = args.includes('--port') ? '' : ' --port 0';
    const { child, ended } = spawnPrate(`up ${args} --json${port}`, desk.folder, { ...NO_MEXC, ...env });
    let stderr = '';
    const page = new Promise<RegExpExecArray>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        stderr += chunk;
        const found = /page: (\S+)\/#token=(\S+)/.exec(stderr);
        if (found !== null) resolve(found);
      });
    });
    const over = ended.then(({ code, stderr: why }) => {
      throw new Error(`it ended with ${code} before it had a page: ${why}`);
    });
    const [, url, token] = (await Promise.race([page, over])) as unknown as [string, string, string];
    const parts = { pid: child.pid as number, url, token, ended };
    return new LiveSession(parts, (signal) => void child.kill(signal));
  }

  async call<T>(path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
    const reply = await fetch(`${this.url}/api/v1${path}`, init);
    if (!reply.ok) throw new Error(`${reply.status} of ${path}: ${await reply.text()}`);
    return (await reply.json()) as T;
  }

  /** Asks until the answer is as wanted. */
  async until<T>(path: string, isWanted: (answer: T) => boolean): Promise<T> {
    for (let tries = 0; tries < 300; tries += 1) {
      const answer = await this.call<T>(path);
      if (isWanted(answer)) return answer;
      await sleep(100);
    }
    throw new Error(`${path} did not come to what was wanted within 30 s`);
  }

  kill(signal: NodeJS.Signals): Promise<Ran> {
    this.#kill(signal);
    return this.ended;
  }
}

export interface UpJson {
  readonly source: string;
  readonly description: string;
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly stored: Readonly<Record<'TRADES' | 'EXCHANGE' | 'INTERPOLATED', number>>;
  readonly gaps: number;
  readonly problems: readonly string[];
  readonly db: string;
  readonly orders: number;
  readonly fills: number;
  readonly equity: string;
}
export interface SessionReply {
  readonly source: { readonly kind: string; readonly description: string; readonly isSynthetic: boolean };
  readonly strategy: { readonly state: string; readonly reason: string | null };
  readonly feeds: readonly { readonly stream: string; readonly connected: boolean; readonly gaps: number }[];
}
export interface Orders {
  readonly orders: readonly { readonly id: string; readonly symbol: string; readonly status: string }[];
}
export interface Positions {
  readonly positions: readonly { readonly symbol: string; readonly quantity: string }[];
}

/** Strategies: buys and leaves an order, does nothing, orders often, throws, tells a secret, comes back late, never comes back. */
const STRATEGIES = {
  'buys.mjs': `export default { name: 'buys', async onStart({ execution, symbols: [symbol] }) {
    await execution.createOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: '0.01' });
    await execution.createOrder({ symbol, side: 'BUY', type: 'LIMIT', price: '20000', quantity: '0.01' });
  } };`,
  'idle.mjs': "export default { name: 'idle', onCandle() {} };",
  'often.mjs': `export default { name: 'often', async onCandle(candle, { execution, symbols: [symbol] }) {
    await execution.createOrder({ symbol, side: 'BUY', type: 'LIMIT', price: '20000', quantity: '0.001' });
  } };`,
  'throws.mjs': "export default { name: 'throws', onStart() { throw new Error('too hot'); } };",
  'tells.mjs': `export default { name: 'tells', onStart() {
    throw new Error('signing with ' + process.env.MEXC_SECRET_KEY + ' failed');
  } };`,
  'hangs.mjs': `export default { name: 'hangs', async onStart({ execution, symbols: [symbol] }) {
    const order = { symbol, side: 'BUY', type: 'LIMIT', price: '20000', quantity: '0.01' };
    await execution.createOrder(order);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await execution.createOrder(order);
  } };`,
  'never.mjs': `export default { name: 'never', async onStart({ execution, symbols: [symbol] }) {
    await execution.createOrder({ symbol, side: 'BUY', type: 'LIMIT', price: '20000', quantity: '0.01' });
    await new Promise(() => {});
  } };`,
};
export const SANDBOX = '--source sandbox --symbols BTC_USDT --history none';

export const openDesk = (): Desk => new Desk().write(STRATEGIES);
export const documentOf = ({ stdout }: { readonly stdout: string }): UpJson => JSON.parse(stdout) as UpJson;
export const hasOrders = ({ orders }: Orders): boolean => orders.length > 0;
export const hasPosition = ({ positions }: Positions): boolean => positions.length > 0;
