import { randomInt } from 'node:crypto';
import type { ExecutionPort } from '@prate/execution-port';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import type { MarketDataPort } from '@prate/market-data-port';
import { MexcFuturesExecution, MexcFuturesMarketData, type SocketTransport } from '@prate/mexc-futures';
import type { HttpTransport } from '@prate/mexc-futures/rest';
import { type Clock, type Logger, ManualClock, type Random, seededRandom } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import type { MexcSettings } from './config.ts';
import type { Keys } from './credentials.ts';
import type { Io } from './io.ts';
import { syntheticVenue } from './sources.ts';

export interface MexcParts {
  readonly settings: MexcSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An account at MEXC, connected. `dry` stands in for the network. */
export async function openMexcAccount(parts: MexcParts & MexcAccountParts): Promise<ExecutionPort> {
  const { settings, keys, clock, log, signal, dry } = parts;
  const { restUrl: restBaseUrl, ...others } = settings;
  const more = { clock, logger: log, random: chance() };
  const execution = new MexcFuturesExecution({ ...others, restBaseUrl, ...keys, ...more, ...dry });
  try {
    await execution.connect({ signal });
  } catch (error) {
    await execution.disconnect();
    throw error;
  }
  return execution;
}

interface MexcAccountParts {
  readonly keys: Keys;
  readonly signal: AbortSignal;
  readonly dry?: { readonly transport: HttpTransport; readonly socketTransport: SocketTransport };
}

/** MEXC's market, which needs no keys. */
export function openMexcMarket({ settings, clock, log }: MexcParts): MexcFuturesMarketData {
  const { restUrl: restBaseUrl, wsUrl } = settings;
  return new MexcFuturesMarketData({ restBaseUrl, wsUrl, clock, logger: log, random: chance() });
}

/** Of client order ids and pauses: others in every process. */
const chance = (): Random => seededRandom(randomInt(2 ** 32));

const PAPER_SEED = 1;
const PAPER_SYMBOLS = ['BTC_USDT', 'ETH_USDT', 'SOL_USDT', 'XRP_USDT', 'DOGE_USDT', 'LTC_USDT'];
/** By then every symbol has had a book and a trade. */
const WARM_UP_MS = 5_000;

/** A new paper account on a made-up market, which stands still unless it is told to pass. */
export async function openPaper(
  io: Io,
  balance: string,
): Promise<{
  readonly execution: ExecutionPort;
  readonly market: MarketDataPort;
  pass(durationMs: number): Promise<void>;
  close(): Promise<void>;
}> {
  const clock = new ManualClock();
  const start = Math.floor(io.clock.nowMs() / 1000) * 1000;
  const market = new SyntheticMarket({
    seed: PAPER_SEED,
    symbols: PAPER_SYMBOLS,
    clock,
    start,
    venue: syntheticVenue(PAPER_SEED),
  });
  const execution = new InMemoryPaperExecution({ market, clock, random: seededRandom(PAPER_SEED), balance });
  const { signal } = io;
  const pass = (durationMs: number): Promise<void> => market.play({ until: clock.nowMs() + durationMs, signal });
  await execution.connect({ signal });
  await pass(WARM_UP_MS);
  const close = async (): Promise<void> => {
    await execution.disconnect();
    market.close();
  };
  return { execution, market, pass, close };
}
