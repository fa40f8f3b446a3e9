import { Decimal, InvalidInputError } from '@prate/domain';
import { PaperExchange } from '@prate/in-memory-paper';
import { applyFault, type FaultWords, MexcSandbox, type SandboxBackend } from '@prate/mexc-sandbox';
import { type Logger, seededRandom, silentLogger, systemClock } from '@prate/runtime';
import { DeskAccounts } from './accounts/desk-accounts.ts';
import { LiveMarket } from './market/live-market.ts';
import { openMarket } from './open-market.ts';
import { marketTime, Playback } from './playback.ts';

export interface SandboxOptions {
  /** `synthetic:SEED`, or a file of trades or klines. */
  readonly market: string;
  /** Absent: those of a synthetic market; a file needs one. */
  readonly symbols?: readonly string[] | undefined;
  /** Of all symbols of a synthetic market together, on average; absent: some three a symbol. */
  readonly tradesPerSecond?: number | undefined;
  /** Market time per real time. */
  readonly speed: number;
  /** Absent: a free one. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly token?: string | undefined;
  readonly faults: readonly FaultWords[];
  /** Of the chance in faults, and in the exchange. */
  readonly seed: number;
  /** What accounts begin with, in the quote asset. */
  readonly balance: string;
  /** Whether MEXC's published limits hold. */
  readonly rateLimits: boolean;
  readonly logger?: Logger | undefined;
}

/** Where a client finds a sandbox, and the keys of the account that it begins with. */
export interface SandboxReady {
  readonly rest: string;
  readonly ws: string;
  readonly apiKey: string;
  readonly secretKey: string;
  /** To have the same faults again. */
  readonly seed: number;
}

export interface RunningSandbox {
  readonly ready: SandboxReady;
  /** The wire server itself, for tests in the same process. */
  readonly server: MexcSandbox;
  /** Rejects when the market breaks. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** By section 12.6 of what is known of MEXC: what trades by API pay. */
const FEES = { maker: new Decimal('0.0006'), taker: new Decimal('0.0008') };

/**
 * A market, an exchange on it, and MEXC's wire in front of both. What has already happened on the market is played first.
 * @throws InvalidInputError, BadFileError, PortInUseError: what the options ask for cannot be had
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { speed, seed, logger = silentLogger } = options;
  if (!(speed > 0 && speed <= MOST_SPEED))
    throw new InvalidInputError(`speed must be above 0, up to ${MOST_SPEED}; not ${speed}`);
  const opened = await openMarket(options.market, options, systemClock.nowMs());
  const { market, clock: marketClock, candles, description } = opened;
  const exchange = new PaperExchange({
    market,
    clock: marketClock,
    random: seededRandom(seed),
    balance: options.balance,
    feed: candles === null ? { kind: 'trades' } : { kind: 'candles', interval: candles },
    fees: FEES,
    maxOpenOrders: MOST_OPEN_ORDERS,
    maxTriggers: MOST_TRIGGERS,
  });
  const live = await LiveMarket.open({
    market,
    clock: marketClock,
    candles,
    insurance: (coin) => exchange.insuranceFund(coin),
    openInterest: (symbol) => exchange.openInterest(symbol),
  });
  // books are looked at from the last second on: an hour of them would take long, and nobody trades on it
  await market.play({ until: opened.opensAt(systemClock.nowMs()) - LAST_SECOND_MS });
  live.followBooks();
  let fail = (_: unknown): void => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // for whoever looks
  await exchange.connect({ whenFailed: fail });
  const accounts = new DeskAccounts(exchange, (symbol) => live.contract(symbol), new Decimal(options.balance));
  // all of that has taken a while
  await market.play({ until: opened.opensAt(systemClock.nowMs()) });
  const playback = new Playback(opened, systemClock, speed);
  const backend: SandboxBackend = {
    market: live,
    account: (apiKey) => accounts.account(apiKey),
    subscribe(listener) {
      const leave = [live.subscribe(listener), accounts.subscribe(listener)];
      return () => {
        for (const each of leave) each();
      };
    },
  };
  const server = await MexcSandbox.start({
    backend,
    accounts: [],
    clock: marketTime(marketClock, systemClock),
    otherClock: systemClock,
    seed,
    logger,
    port: options.port,
    host: options.host,
    rateLimits: options.rateLimits,
    admin: {
      token: options.token,
      about: { market: description, speed },
      openAccount: (account) => accounts.open(account),
      advance: (ms) => playback.advance(ms),
    },
  });
  const { apiKey, secretKey } = server.openAccount('main');
  for (const fault of options.faults) applyFault(server.faults, fault);
  playback.start(fail);
  return {
    ready: { rest: server.restUrl, ws: server.wsUrl, apiKey, secretKey, seed },
    server,
    failed,
    async close() {
      await server.close();
      await playback.stop();
      await exchange.disconnect();
    },
  };
}

const LAST_SECOND_MS = 1000;
/** Of one account at one contract, as contracts say. */
const MOST_OPEN_ORDERS = 200;
const MOST_TRIGGERS = 50;
/** A week in ten minutes. */
const MOST_SPEED = 1000;
