import { InvalidInputError, shown } from '@prate/domain';
import {
  type CallOptions,
  type Clock,
  type Logger,
  type Random,
  seededRandom,
  silentLogger,
  systemClock,
} from '@prate/runtime';
import { Credentials } from '../auth/auth.ts';
import { RateLimiter } from '../limits/rate-limiter.ts';
import type { WindowLimit } from '../limits/sliding-window.ts';
import type { HttpTransport } from '../transport/http-transport.ts';
import { UndiciTransport } from '../transport/undici-transport.ts';
import { AccountRest } from './account-rest.ts';
import { Caller } from './caller.ts';
import { DEFAULT_LIMITS, endpointsWith, type LimitClass, type OrderPaths } from './endpoints.ts';
import { MarketRest } from './market-rest.ts';
import { OrderRest } from './order-rest.ts';
import { Sender } from './sender.ts';
import { TriggerRest } from './trigger-rest.ts';
import { withAbort } from './with-abort.ts';

export interface MexcRestOptions extends OrderPaths {
  /** Without them, public endpoints only. */
  readonly credentials?: Credentials | { readonly apiKey: string; readonly secretKey: string } | undefined;
  /** Default `https://api.mexc.com`. With credentials only MEXC's hosts and loopback addresses are allowed. */
  readonly restBaseUrl?: string | undefined;
  /** Header `Recv-Window`; its unit is in doubt, so none is sent by default. */
  readonly recvWindow?: number | undefined;
  /** Header `Language` of MEXC's messages, e.g. `en`; by default none. */
  readonly language?: string | undefined;
  /** Default `prate`; MEXC's edge refuses some bare clients. */
  readonly userAgent?: string | undefined;
  /** In place of the published ones, by class. */
  readonly limits?: Partial<Readonly<Record<LimitClass, WindowLimit>>> | undefined;
  /** How many calls of a class may wait for their turn. Default 1,000. */
  readonly maxWaiting?: number | undefined;
  /** From sending to the whole reply. Default 10 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** Default: undici, with kept connections. One that is given is not closed by `close()`. */
  readonly transport?: HttpTransport | undefined;
  readonly clock?: Clock | undefined;
  /** Jitter of pauses. */
  readonly random?: Random | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * MEXC's futures API over REST, one typed method an endpoint, as the wire has it: contracts, MEXC's numbers for sides and
 * states, times in epoch ms (klines: seconds), decimals as exact texts, ids as texts.
 *
 * Reads throw when they fail; what changes something ends in a value, see WriteResult.
 */
export class MexcRest {
  readonly market: MarketRest;
  readonly account: AccountRest;
  readonly orders: OrderRest;
  readonly triggers: TriggerRest;
  readonly #sender: Sender;
  readonly #ownTransport: HttpTransport | undefined;

  /** @throws HostNotAllowedError for credentials with a host of others; InvalidInputError for options that make no sense */
  constructor(options: MexcRestOptions = {}) {
    const { clock = systemClock, logger = silentLogger, requestTimeoutMs = 10_000, limits } = options;
    if (!(requestTimeoutMs > 0))
      throw new InvalidInputError(`requestTimeoutMs must be above 0, not ${requestTimeoutMs}`);
    const random = options.random ?? seededRandom(clock.nowMs());
    this.#ownTransport = options.transport === undefined ? new UndiciTransport() : undefined;
    const endpoints = endpointsWith(options);
    this.#sender = new Sender({
      baseUrl: baseUrlOf(options.restBaseUrl),
      credentials: credentialsOf(options.credentials),
      transport: options.transport ?? (this.#ownTransport as HttpTransport),
      clock,
      logger,
      limiter: new RateLimiter({ clock, limits: { ...DEFAULT_LIMITS, ...limits }, maxWaiting: options.maxWaiting }),
      headers: headersOf(options),
      requestTimeoutMs,
      ping: endpoints.ping,
    });
    const caller = new Caller({ sender: this.#sender, clock, random });
    this.market = new MarketRest(caller, endpoints);
    this.account = new AccountRest(caller, endpoints);
    this.orders = new OrderRest(caller, endpoints);
    this.triggers = new TriggerRest(caller, endpoints);
  }

  /**
   * Reads the server's time, which requests are signed with. The first signed request does it by itself, and every five
   * minutes another; this is for those who want to know early.
   *
   * @returns by how many ms the server is ahead of this machine
   */
  async syncClock(): Promise<number> {
    await this.#sender.serverClock.sync();
    return this.#sender.serverClock.aheadMs() as number;
  }

  /**
   * Epoch ms of the server; where its clock was not read in the last five minutes it is read first. A later reading that
   * fails leaves the old offset.
   *
   * @throws what the first reading threw; `signal.reason`
   */
  async serverTimeMs(options: CallOptions = {}): Promise<number> {
    const { serverClock } = this.#sender;
    await withAbort(serverClock.aheadMs() === undefined ? serverClock.sync() : serverClock.ready(), options.signal);
    return serverClock.nowMs();
  }

  /** Epoch ms of the server, as far as is known. */
  serverNowMs(): number {
    return this.#sender.serverClock.nowMs();
  }

  /** Ends its connections, and with them the calls under way; later ones throw NotConnectedError (`NOT_CONNECTED`). */
  async close(): Promise<void> {
    this.#sender.close();
    await this.#ownTransport?.close();
  }
}

const credentialsOf = (given: MexcRestOptions['credentials']): Credentials | undefined =>
  given === undefined || given instanceof Credentials ? given : new Credentials(given.apiKey, given.secretKey);

function baseUrlOf(given = 'https://api.mexc.com'): string {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InvalidInputError(`restBaseUrl must be a URL such as https://api.mexc.com, not ${shown(given)}`);
  }
  return given.replace(/\/+$/, '');
}

function headersOf(options: MexcRestOptions): Record<string, string> {
  const { recvWindow, language, userAgent = 'prate' } = options;
  return {
    'User-Agent': userAgent,
    ...(recvWindow === undefined ? {} : { 'Recv-Window': String(recvWindow) }),
    ...(language === undefined ? {} : { Language: language }),
  };
}
