import { randomInt } from 'node:crypto';
import type { ExecutionPort } from '@prate/execution-port';
import { MexcFuturesExecution, MexcFuturesMarketData, type SocketTransport } from '@prate/mexc-futures';
import type { HttpTransport } from '@prate/mexc-futures/rest';
import { type Clock, type Logger, type Random, seededRandom } from '@prate/runtime';
import type { MexcSettings } from './config.ts';
import type { Keys } from './credentials.ts';

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
export function openMexcMarket({
  settings,
  clock,
  log,
  venue,
}: MexcParts & { readonly venue?: string }): MexcFuturesMarketData {
  const { restUrl: restBaseUrl, wsUrl } = settings;
  return new MexcFuturesMarketData({ restBaseUrl, wsUrl, clock, logger: log, random: chance(), venue });
}

/** Of client order ids and pauses: others in every process. */
const chance = (): Random => seededRandom(randomInt(2 ** 32));
