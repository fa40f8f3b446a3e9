import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk, Ran } from '../../../apps/cli/test/support/desk.ts';
import { LiveSession, type Orders, openDesk, type SessionReply } from '../../../apps/cli/test/support/live-session.ts';
import { type Answer, type Call, call, type Served, sendRaw } from './http-calls.ts';

/** Planted in the environment of the session: none of them may come out. */
export const CANARIES: Readonly<Record<string, string>> = {
  MEXC_API_KEY: 'mx0vCANARYKEY7f3a91',
  MEXC_SECRET_KEY: 'CANARYSECRET5e8d0c2b7a6f4e3d',
  PRATE_SPARE_TOKEN: 'CANARYTOKENd41d8cd98f00b204',
};

/** Has one order at a time, and another one after each candle: whoever looks twice sees that it trades. */
const REPLACES = `let last;
export default { name: 'replaces', async onCandle({ symbol }, { execution, symbols: [own] }) {
  if (symbol !== own) return;
  if (last) await execution.cancelOrder({ symbol, orderId: last });
  const made = await execution.createOrder({ symbol, side: 'BUY', type: 'LIMIT', price: '20000', quantity: '0.001' });
  last = made.order?.id;
} };`;

interface Seen {
  readonly tradeAt: number | null;
  readonly order: string | undefined;
}

/** A `prate up` as a process of its own that is attacked, and remembers all that it was heard to say. */
export class AttackedSession implements Served {
  readonly #desk: Desk;
  readonly #session: LiveSession;
  readonly port: number;
  /** Of all answers. */
  readonly heard: string[] = [];

  static async begin(): Promise<AttackedSession> {
    const desk = openDesk().write({ 'replaces.mjs': REPLACES, 'data/beside.txt': 'beside' });
    const args = '--source sandbox --history none --interval 1s --strategy replaces.mjs';
    const log = { PRATE_LOG_LEVEL: 'debug', PRATE_LOG_FORMAT: 'json' };
    return new AttackedSession(desk, await LiveSession.begin(desk, args, { ...CANARIES, ...log }));
  }

  private constructor(desk: Desk, session: LiveSession) {
    this.#desk = desk;
    this.#session = session;
    this.port = Number(new URL(session.url).port);
  }

  get folder(): string {
    return this.#desk.folder;
  }

  get url(): string {
    return this.#session.url;
  }

  get own(): string {
    return `127.0.0.1:${this.port}`;
  }

  token(scope: 'read' | 'trade'): string {
    const text = readFileSync(join(this.folder, 'data/page-tokens.json'), 'utf8');
    return (JSON.parse(text) as Record<typeof scope, string>)[scope];
  }

  async call(path: string, options?: Call): Promise<Answer> {
    const answer = await askAgain(() => call(this, path, options));
    this.heard.push(`${JSON.stringify(answer.headers)}\n${answer.text}`);
    return answer;
  }

  async send(bytes: string): Promise<string> {
    const answer = await sendRaw(this.port, bytes);
    this.heard.push(answer);
    return answer;
  }

  async seen(): Promise<Seen> {
    const ask = <T>(path: string): Promise<T> => askAgain(() => this.#session.call<T>(path));
    const { feeds } = await ask<SessionReply & { feeds: { lastItemAt: number | null }[] }>('/session');
    const { orders } = await ask<Orders>('/orders?symbol=BTC_USDT');
    return { tradeAt: feeds[0]?.lastItemAt ?? null, order: orders.at(-1)?.id };
  }

  /** Resolves when trades have come, and the strategy has ordered anew, since. */
  async tradesOn(since: Seen): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { tradeAt, order } = await this.seen();
      if ((tradeAt ?? 0) > (since.tradeAt ?? 0) && order !== undefined && order !== since.order) return;
      await sleep(100);
    }
    throw new Error('no trade and no order of the strategy within a minute');
  }

  end(signal: NodeJS.Signals): Promise<Ran> {
    return this.#session.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.kill('SIGKILL');
    this.#desk[Symbol.dispose]();
  }
}

/** In a crowd a connection may be pushed out before its token was read, or find no room: a client asks again. */
async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      const isPushedOut = code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
      if (!isPushedOut || tries === 100) throw error;
    }
    await sleep(100);
  }
}
