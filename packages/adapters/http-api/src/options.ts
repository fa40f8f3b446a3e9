import type { ExecutionPort } from '@prate/execution-port';
import type { MarketDataPort } from '@prate/market-data-port';
import type { Clock, Logger, Random } from '@prate/runtime';
import type { LiveCandleFeed, StoredCandles } from './candle-sources.ts';
import type { SessionControl } from './session-control.ts';

export interface Tokens {
  readonly read: string;
  /** May do what `read` may, and trade, and kill. */
  readonly trade: string;
}

export interface HttpApiOptions {
  readonly session: SessionControl;
  /** Connected by the caller before `start`. */
  readonly execution: ExecutionPort;
  readonly market: Pick<MarketDataPort, 'getInstruments' | 'venue'>;
  readonly candles: StoredCandles;
  readonly live: LiveCandleFeed;
  /** The machine's time: what waits here waits for real, whatever time the market has. */
  readonly clock: Clock;
  /** Tokens are made of it: one that nobody can guess, such as `secureRandom`. */
  readonly random: Random;
  readonly logger: Logger;
  /** Told as the API's own. */
  readonly version: string;
  /** The folder of the page; null for none. */
  readonly assets: string | null;
  /** 0 for a free one. */
  readonly port: number;
  /** Default 127.0.0.1. Any that is not a loopback address needs `tokens` in so many words. */
  readonly host?: string | undefined;
  /** Names besides its own under which browsers may reach it, such as `prate.lan:8080`. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Each 32 to 128 characters of `0-9A-Za-z_-`, and different. Absent: made of `random`. */
  readonly tokens?: Tokens | undefined;
}
