import { CandleAggregator } from '@prate/candle-aggregator';
import type { CandleStorePort } from '@prate/candle-store-port';
import type { Interval } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import { FileMarket, type PlayedMarket, StoreMarket, SyntheticMarket } from '@prate/simulated-market';
import { openTable, readKlines } from '@prate/simulated-market/files';
import { CommandFailedError } from './command-failed-error.ts';
import type { Io } from './io.ts';
import { userPath } from './paths.ts';
import { startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

/** A market that a session can run on. */
export interface Source {
  readonly kind: 'synthetic' | 'trades' | 'candles';
  readonly market: PlayedMarket;
  readonly clock: ManualClock;
  readonly symbols: readonly string[];
  /** One line: what market this is. */
  readonly description: string;
  /** Of the candles that the source itself has; null for trades. */
  readonly interval: Interval | null;
  /** Where the time of the machine begins to count, epoch ms; null for a source that is played to its end. */
  readonly liveFrom: number | null;
}

export interface SourceOptions {
  /** `synthetic:SEED`, or a file. */
  readonly source: string;
  readonly symbols?: readonly string[];
  readonly contractSize?: string;
  readonly idGaps: boolean;
  readonly allowInterpolated?: boolean;
}

/** How much of a synthetic market has already happened when a session begins. */
const SYNTHETIC_PAST_MS = 3_600_000;
const FILE_VENUE = 'file';

/** @param store where the candles of a file of klines are put, and played from */
export async function openSource(
  io: Io,
  store: CandleStorePort,
  options: SourceOptions,
  nowMs: number,
): Promise<Source> {
  const synthetic = /^synthetic(?::(\d{1,10}))?$/.exec(options.source);
  if (synthetic !== null) return openSynthetic(Number(synthetic[1] ?? 1), options.symbols ?? ['BTC_USDT'], nowMs);
  if (['auto', 'mexc', 'sandbox'].includes(options.source)) {
    throw new UsageError(
      `--source ${options.source} is not there yet; there are synthetic:SEED, such as synthetic:7, and files`,
    );
  }
  const [symbol, ...others] = options.symbols ?? [];
  if (symbol === undefined || others.length > 0) {
    throw new UsageError('a file holds one symbol: say which, such as --symbols BTC_USDT');
  }
  const path = userPath(io.cwd, options.source);
  const file = await openTable(path);
  await file.close();
  return file.kind === 'klines' ? openKlines(io, store, path, symbol, options) : openTrades(io, path, symbol, options);
}

function openSynthetic(seed: number, symbols: readonly string[], nowMs: number): Source {
  const clock = new ManualClock();
  const liveFrom = Math.floor(nowMs / 1000) * 1000;
  const market = new SyntheticMarket({ seed, symbols, clock, start: liveFrom - SYNTHETIC_PAST_MS });
  const description = `synthetic market, made up from seed ${seed}: no real prices`;
  return { kind: 'synthetic', market, clock, symbols, description, interval: null, liveFrom };
}

async function openTrades(io: Io, path: string, symbol: string, options: SourceOptions): Promise<Source> {
  const clock = new ManualClock();
  const progress = startProgress(io, 'reading');
  try {
    const market = await FileMarket.open({
      files: [{ symbol, source: path, contractSize: options.contractSize, idGaps: options.idGaps }],
      clock,
      venue: FILE_VENUE,
      signal: io.signal,
      onBytes: (read, total) => total !== null && progress.update(read, total),
    });
    return {
      kind: 'trades',
      market,
      clock,
      symbols: [symbol],
      description: `trades of ${path}`,
      interval: null,
      liveFrom: null,
    };
  } finally {
    progress.stop();
  }
}

/** The candles go into the store first, and are played from there. */
async function openKlines(
  io: Io,
  store: CandleStorePort,
  path: string,
  symbol: string,
  options: SourceOptions,
): Promise<Source> {
  const clock = new ManualClock();
  const progress = startProgress(io, 'reading');
  const seen: { interval?: Interval; from?: number; to?: number } = {};
  try {
    const reading = readKlines(path, {
      contractSize: options.contractSize,
      signal: io.signal,
      onBytes: (read, total) => total !== null && progress.update(read, total),
    });
    const batches = async function* () {
      for await (const columns of reading) {
        seen.interval = columns.interval;
        seen.from ??= columns.openTime[0] as number;
        seen.to = (columns.openTime[columns.length - 1] as number) + (columns.interval.seconds as number) * 1000;
        yield { columns };
      }
    };
    await new CandleAggregator({ store, cachedCandles: 0 }).store({ venue: FILE_VENUE, symbol }, batches());
  } finally {
    progress.stop();
  }
  const { interval, from, to } = seen;
  if (interval === undefined || from === undefined || to === undefined)
    throw new CommandFailedError(`${path}: a header and no rows; there is nothing to play`);
  const market = await StoreMarket.open({ store, series: { venue: FILE_VENUE, symbol }, interval, from, to, clock });
  return {
    kind: 'candles',
    market,
    clock,
    symbols: [symbol],
    description: `${interval.text} candles of ${path}`,
    interval,
    liveFrom: null,
  };
}
