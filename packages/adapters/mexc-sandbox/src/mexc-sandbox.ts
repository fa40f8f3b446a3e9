import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type Decimal, InvalidInputError, PrateError } from '@prate/domain';
import { type Clock, type Logger, silentLogger, systemClock } from '@prate/runtime';
import type { AdminOptions } from './admin/admin-options.ts';
import { isLoopback } from './admin/guard.ts';
import type { AdminParts, OpenedAccount } from './admin/status.ts';
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
  /** A clock whose time signatures may have as well: the machine's, where `clock` tells a market's. */
  readonly otherClock?: Clock | undefined;
  /** Of faults with a chance, a whole number below 2^32; default 1. */
  readonly seed?: number | undefined;
  readonly logger?: Logger | undefined;
  /** What it listens on; default 127.0.0.1. Any other than loopback needs the token of `admin`. */
  readonly host?: string | undefined;
  /** Paths below /sandbox/ and the status page at `/`; default none. */
  readonly admin?: AdminOptions | undefined;
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

/** The port that was asked for belongs to somebody else. */
export class PortInUseError extends PrateError {
  readonly code = 'PORT_IN_USE';
}

interface SandboxParts {
  readonly host: string;
  readonly port: number;
  readonly faults: Faults;
  readonly seen: readonly SeenRequest[];
  readonly open: AdminParts['open'];
  readonly end: () => Promise<void>;
}

/** MEXC's futures API on loopback, in front of a backend. */
export class MexcSandbox {
  readonly restUrl: string;
  readonly wsUrl: string;
  /** What goes wrong on purpose. */
  readonly faults: Faults;
  readonly #parts: SandboxParts;
  #closed: Promise<void> | null = null;

  private constructor(parts: SandboxParts) {
    const { host, port, faults } = parts;
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
    this.restUrl = `http://${name}:${port}`;
    this.wsUrl = `ws://${name}:${port}/edge`;
    this.faults = faults;
    this.#parts = parts;
  }

  /**
   * Listens on 127.0.0.1, unless it is told otherwise.
   * @throws InvalidInputError for a host beyond loopback without a token, PortInUseError (`PORT_IN_USE`)
   */
  static async start(options: MexcSandboxOptions): Promise<MexcSandbox> {
    const { backend, accounts, clock = systemClock, logger = silentLogger, host = '127.0.0.1', admin } = options;
    if (!isLoopback(host) && (admin?.token ?? '') === '') {
      throw new InvalidInputError(`to listen on ${host}, which others can reach, a token is needed`);
    }
    const edge = new EdgeServer();
    const faults = new Faults(options.seed ?? 1, edge);
    const venue: Venue = { backend, clock, faults };
    const doorkeeper = new Doorkeeper(venue, accounts, options.otherClock ?? null);
    const closing = new AbortController();
    const seen: SeenRequest[] = [];
    const open: AdminParts['open'] = (name, balance) => {
      if (admin === undefined) throw new InvalidInputError('accounts are made where `admin` is there');
      const [apiKey, secretKey] = [`mx0v${randomBytes(7).toString('hex')}`, randomBytes(16).toString('hex')];
      const given = name ?? `account-${doorkeeper.accounts.length + 1}`;
      if (doorkeeper.accounts.some((other) => other.name === given)) {
        throw new InvalidInputError(`there is an account '${given}' already`);
      }
      const begun = admin.openAccount({ apiKey, name: given, balance });
      doorkeeper.add({ apiKey, secretKey, name: given });
      return { name: given, apiKey, secretKey, balance: begun };
    };
    const app = makeHttpServer({
      venue,
      doorkeeper,
      limiter: options.rateLimits === true ? new RateLimiter(clock) : null,
      logger,
      closing: closing.signal,
      seen: (request) => {
        // not one by one: what moves 10,000 places with every request is slow
        if (seen.push(request) > 2 * MOST_SEEN) seen.splice(0, MOST_SEEN);
      },
      admin: admin === undefined ? null : { venue, doorkeeper, options: admin, seen, sockets: () => edge.size, open },
    });
    const rates = { ...MEXC_RATES, ...options.pushRates };
    edge.attach(app.server, { venue, doorkeeper, logger, rates, idleMs: options.idleMs ?? IDLE_MS });
    const end = async (): Promise<void> => {
      closing.abort();
      edge.close();
      await app.close();
    };
    try {
      await app.listen({ host, port: options.port ?? 0 });
    } catch (error) {
      await end();
      throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? new PortInUseError(`port ${options.port} is in use: choose another, or none for a free one`)
        : error;
    }
    const { port } = app.server.address() as AddressInfo;
    return new MexcSandbox({ host, port, faults, seen, open, end });
  }

  /** Makes an account with a new key, as `POST /sandbox/accounts` does. @throws InvalidInputError for a name that is taken, and without `admin` */
  openAccount(name: string | null = null, balance: Decimal | null = null): OpenedAccount {
    return this.#parts.open(name, balance);
  }

  /** The last 10,000 requests at least, oldest first, without their headers. */
  get requests(): readonly SeenRequest[] {
    return this.#parts.seen;
  }

  /** Ends every connection, also those that hang; may be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#parts.end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
