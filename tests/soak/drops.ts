/** A request for the last 100 trades of a symbol. */
export interface DealsRequest {
  readonly symbol: string;
  readonly timeMs: number;
}

const LOOK_EVERY_MS = 1000;

interface Seen {
  readonly url: string;
  readonly timeMs: number;
}

/** Cuts all connections of a sandbox now and then, and notes what is asked of it, by its own clock. */
export class Drops {
  readonly #rest: string;
  /** Of the cuts. */
  readonly times: number[] = [];
  readonly problems: string[] = [];
  readonly #requests = new Map<string, DealsRequest>();
  readonly #dropping: NodeJS.Timeout;
  readonly #looking: NodeJS.Timeout;

  constructor(rest: string, everyMs: number) {
    this.#rest = rest;
    this.#dropping = setInterval(() => this.#note(this.#drop()), everyMs);
    this.#looking = setInterval(() => this.#note(this.#look()), LOOK_EVERY_MS);
  }

  /** The first request for a symbol's trades after a loss. */
  requestAfter(symbol: string, lossMs: number): DealsRequest | null {
    const after = [...this.#requests.values()].filter((one) => one.symbol === symbol && one.timeMs >= lossMs);
    return after.sort((a, b) => a.timeMs - b.timeMs)[0] ?? null;
  }

  #note(work: Promise<void>): void {
    work.catch((error: unknown) => this.problems.push(`the sandbox did not answer: ${String(error)}`));
  }

  /** No more cuts; requests are still noted. */
  stop(): void {
    clearInterval(this.#dropping);
  }

  close(): void {
    this.stop();
    clearInterval(this.#looking);
  }

  async #drop(): Promise<void> {
    const { now } = (await this.#ask('clock')) as { now: number };
    this.times.push(now);
    await this.#ask('faults', { kind: 'resetSockets' });
  }

  /** The sandbox tells its last 50 requests: more than a session may send in a second or two. */
  async #look(): Promise<void> {
    const { requests } = (await this.#ask('status')) as { requests: Seen[] };
    for (const { url, timeMs } of requests) {
      const symbol = /^\/api\/v1\/contract\/deals\/([A-Z0-9_]+)/.exec(url)?.[1];
      if (symbol !== undefined) this.#requests.set(`${url} ${timeMs}`, { symbol, timeMs });
    }
  }

  /** Once more where an idle connection was closed just then. */
  async #ask(path: string, body?: object): Promise<unknown> {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const send = (): Promise<Response> => fetch(`${this.#rest}/sandbox/${path}`, init);
    return (await send().catch(send)).json();
  }
}
