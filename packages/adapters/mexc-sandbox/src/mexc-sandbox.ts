import type { AddressInfo } from 'node:net';
import { type Clock, type Logger, type Random, seededRandom, silentLogger, systemClock } from '@prate/runtime';
import type { SandboxBackend } from './backend/sandbox-backend.ts';
import { Faults } from './faults/faults.ts';
import { type Credentials, Doorkeeper } from './server/credentials.ts';
import { makeHttpServer } from './server/http-server.ts';
import { RateLimiter } from './server/rate-limits.ts';
import type { Venue } from './server/route.ts';
import type { SeenRequest } from './server/seen-request.ts';
import { EdgeServer } from './socket/edge-server.ts';
import { MEXC_RATES, type PushRates } from './socket/subscriptions.ts';

export interface MexcSandboxOptions {
  readonly backend: SandboxBackend;
  /** Keys that may speak; the backend knows their accounts. */
  readonly accounts: readonly Credentials[];
  /** Time of everything that waits here; the backend should have the same. */
  readonly clock?: Clock | undefined;
  /** Of faults with a chance. */
  readonly random?: Random | undefined;
  readonly logger?: Logger | undefined;
  /** Absent: a free one. */
  readonly port?: number | undefined;
  /** Whether the published limits hold; default false. */
  readonly rateLimits?: boolean | undefined;
  /** How long a socket may go without a ping, in ms; default 60,000. */
  readonly idleMs?: number | undefined;
  /** Default: as MEXC has them. */
  readonly pushRates?: Partial<PushRates> | undefined;
}

const IDLE_MS = 60_000;
const MOST_SEEN = 10_000;

/** MEXC's futures API on loopback, in front of a backend. */
export class MexcSandbox {
  readonly restUrl: string;
  readonly wsUrl: string;
  /** What goes wrong on purpose. */
  readonly faults: Faults;
  readonly #seen: SeenRequest[];
  readonly #end: () => Promise<void>;
  #closed: Promise<void> | null = null;

  private constructor(port: number, faults: Faults, seen: SeenRequest[], end: () => Promise<void>) {
    this.restUrl = `http://127.0.0.1:${port}`;
    this.wsUrl = `ws://127.0.0.1:${port}/edge`;
    this.faults = faults;
    this.#seen = seen;
    this.#end = end;
  }

  /** Listens on 127.0.0.1 and nowhere else. */
  static async start(options: MexcSandboxOptions): Promise<MexcSandbox> {
    const { backend, accounts, clock = systemClock, random = seededRandom(1), logger = silentLogger } = options;
    const edge = new EdgeServer();
    const faults = new Faults(random, edge);
    const venue: Venue = { backend, clock, faults };
    const doorkeeper = new Doorkeeper(venue, accounts);
    const closing = new AbortController();
    const seen: SeenRequest[] = [];
    const app = makeHttpServer({
      venue,
      doorkeeper,
      limiter: options.rateLimits === true ? new RateLimiter(clock) : null,
      logger,
      closing: closing.signal,
      seen: (request) => {
        if (seen.push(request) > MOST_SEEN) seen.shift();
      },
    });
    const rates = { ...MEXC_RATES, ...options.pushRates };
    edge.attach(app.server, { venue, doorkeeper, logger, rates, idleMs: options.idleMs ?? IDLE_MS, random });
    const end = async (): Promise<void> => {
      closing.abort();
      edge.close();
      await app.close();
    };
    try {
      await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
    } catch (error) {
      await end();
      throw error;
    }
    const { port } = app.server.address() as AddressInfo;
    return new MexcSandbox(port, faults, seen, end);
  }

  /** The last 10,000 requests, oldest first, without their headers. */
  get requests(): readonly SeenRequest[] {
    return this.#seen;
  }

  /** Ends every connection, also those that hang; may be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
