import { setImmediate } from 'node:timers/promises';
import type { BackfillOptions } from '@prate/candle-aggregator';
import { ManualClock } from '@prate/runtime';
import { FileMarket, SyntheticMarket } from '@prate/simulated-market';
import { readSettings } from './config.ts';
import type { Io } from './io.ts';
import { mexcMarket } from './on-venue.ts';
import { userPath } from './paths.ts';
import { startProgress } from './progress.ts';
import { fileVenue, MEXC, sourceOf, syntheticSeed, syntheticVenue } from './sources.ts';
import { UsageError } from './usage-error.ts';

export interface HistoryOptions {
  /** `synthetic:SEED`, `mexc`, or a file; default by the venue. */
  readonly source?: string;
  readonly symbol: readonly string[];
  /** Default: that of the source. */
  readonly venue?: string;
  readonly contractSize?: string;
  readonly idGaps: boolean;
}

/** A market whose past, up to now, can be asked for. */
export interface History {
  readonly market: BackfillOptions['market'];
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = async (): Promise<void> => {};

export async function openHistory(io: Io, options: HistoryOptions, nowMs: number): Promise<History> {
  const { symbol: symbols, venue } = options;
  const source = sourceOf(options);
  if (source === MEXC) {
    if (venue !== undefined && venue !== MEXC)
      throw new UsageError(`candles of MEXC are stored under the venue mexc, not ${venue}`);
    return mexcMarket(io, readSettings(io));
  }
  const clock = new ManualClock(nowMs);
  const seed = syntheticSeed(source);
  if (seed !== null) {
    const market = new SyntheticMarket({ seed, symbols, clock, venue: venue ?? syntheticVenue(seed) });
    return { market: inTurns(market), close: NOTHING_TO_CLOSE };
  }
  const [symbol, ...others] = symbols as [string, ...string[]];
  if (others.length > 0) throw new UsageError('a file holds one symbol: say which, such as --symbol BTC_USDT');
  const path = userPath(io.cwd, source);
  const progress = startProgress(io, 'reading');
  try {
    const { contractSize, idGaps } = options;
    const market = await FileMarket.open({
      files: [{ symbol, source: path, contractSize, idGaps }],
      clock,
      venue: venue ?? fileVenue(path),
      signal: io.signal,
      onBytes: (read, total) => total !== null && progress.update(read, total),
    });
    return { market: inTurns(market), close: NOTHING_TO_CLOSE };
  } finally {
    progress.stop();
  }
}

/** A market in memory that leaves room, before each answer, for a signal and for the line of progress. */
const inTurns = (market: History['market']): History['market'] => ({
  venue: market.venue,
  capabilities: market.capabilities,
  getServerTime: (options) => market.getServerTime(options),
  async getCandles(query, options) {
    await setImmediate();
    return market.getCandles(query, options);
  },
  async getTrades(query, options) {
    await setImmediate();
    return market.getTrades(query, options);
  },
});
