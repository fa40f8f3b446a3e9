import { ManualClock } from '@prate/runtime';
import { FileMarket, type PlayedMarket, SyntheticMarket } from '@prate/simulated-market';
import type { Io } from './io.ts';
import { userPath } from './paths.ts';
import { startProgress } from './progress.ts';
import { fileVenue, syntheticSeed, syntheticVenue } from './sources.ts';
import { UsageError } from './usage-error.ts';

export interface HistoryOptions {
  /** `synthetic:SEED`, or a file. */
  readonly source: string;
  readonly symbol: readonly string[];
  /** Default: that of the source. */
  readonly venue?: string;
  readonly contractSize?: string;
  readonly idGaps: boolean;
}

/** A market whose whole past, up to now, can be asked for. */
export async function openHistory(io: Io, options: HistoryOptions, nowMs: number): Promise<PlayedMarket> {
  const { source, symbol: symbols, venue } = options;
  const clock = new ManualClock(nowMs);
  const seed = syntheticSeed(source);
  if (seed !== null) return new SyntheticMarket({ seed, symbols, clock, venue: venue ?? syntheticVenue(seed) });
  const [symbol, ...others] = symbols as [string, ...string[]];
  if (others.length > 0) throw new UsageError('a file holds one symbol: say which, such as --symbol BTC_USDT');
  const path = userPath(io.cwd, source);
  const progress = startProgress(io, 'reading');
  try {
    const { contractSize, idGaps } = options;
    return await FileMarket.open({
      files: [{ symbol, source: path, contractSize, idGaps }],
      clock,
      venue: venue ?? fileVenue(path),
      signal: io.signal,
      onBytes: (read, total) => total !== null && progress.update(read, total),
    });
  } finally {
    progress.stop();
  }
}
