import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { CandleAggregator } from '@prate/candle-aggregator';
import type { CandleStorePort } from '@prate/candle-store-port';
import type { Interval } from '@prate/domain';
import type { MarketDataPort } from '@prate/market-data-port';
import { type Clock, ManualClock } from '@prate/runtime';
import { FileMarket, type PlayedMarket, StoreMarket, SyntheticMarket } from '@prate/simulated-market';
import { openTable, readKlines } from '@prate/simulated-market/files';
import { CommandFailedError } from './command-failed-error.ts';
import type { Io } from './io.ts';
import { userPath } from './paths.ts';
import { startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface SourceFacts {
  readonly symbols: readonly string[];
  /** One line: what market this is, and why it was taken. */
  readonly description: string;
  readonly isSynthetic: boolean;
}

/** A market whose time passes because the session plays it. */
export interface PlayedSource extends SourceFacts {
  readonly pace: 'played';
  readonly kind: 'synthetic' | 'trades' | 'candles';
  readonly market: PlayedMarket;
  readonly clock: ManualClock;
  /** Of the candles that it plays; null for trades. */
  readonly interval: Interval | null;
  /** What a file of candles has put into the store: rows, and the width of each; null for trades. */
  readonly stored: { readonly rows: number; readonly seconds: number } | null;
  /** Where the time of the machine begins to count, epoch ms; null for a source that is played to its end. */
  readonly liveFrom: number | null;
}

/** A market whose time is the machine's. */
export interface LiveSource extends SourceFacts {
  readonly pace: 'live';
  readonly kind: 'mexc' | 'sandbox';
  readonly market: MarketDataPort;
  readonly clock: Clock;
  /** All that it has. */
  readonly listed: readonly string[];
  close(): Promise<void>;
}

/** A market that a session can run on. */
export type Source = PlayedSource | LiveSource;

export interface SourceOptions {
  /** `synthetic:SEED`, or a file. */
  readonly source: string;
  readonly symbols?: readonly string[];
  readonly contractSize?: string;
  readonly idGaps: boolean;
  /** Of a file of klines: also plays candles that were not watched whole. */
  readonly allowInterpolated?: true;
  /** Of a file; a synthetic market has one of its own. Default: `file-` and its name. */
  readonly venue?: string;
  /** Of the strategy's candles. Default: those of a file of klines, else 5 s. */
  readonly interval?: Interval;
}

/** How much of a synthetic market has already happened when a session begins. */
const SYNTHETIC_PAST_MS = 3_600_000;

/** A venue for each file: what two files say of one symbol must not mix unasked. */
export const fileVenue = (path: string): string => `file-${basename(path)}`.slice(0, 64).trim();

/** As for files: two made-up markets must not mix in one series. */
export const syntheticVenue = (seed: number): string => `synthetic-${seed}`;

/** @param store where the candles of a file of klines are put, and played from */
export async function openSource(
  io: Io,
  store: CandleStorePort,
  options: SourceOptions,
  nowMs: number,
): Promise<PlayedSource> {
  const seed = syntheticSeed(options.source);
  if (seed !== null) return openSynthetic(seed, options.symbols ?? DEFAULT_SYMBOLS, nowMs);
  const path = userPath(io.cwd, options.source);
  if (/^\w*$/.test(options.source) && !existsSync(path)) {
    throw new UsageError(
      `there is no source '${options.source}': it is auto, mexc, sandbox, synthetic:SEED, or a file of trades or klines`,
    );
  }
  const [symbol, ...others] = options.symbols ?? [];
  if (symbol === undefined || others.length > 0) {
    throw new UsageError('a file holds one symbol: say which, such as --symbols BTC_USDT');
  }
  const file = await openTable(path);
  await file.close();
  return file.kind === 'klines' ? openKlines(io, store, path, symbol, options) : openTrades(io, path, symbol, options);
}

/** What `--source` is where it was not given: a venue's candles come from that venue. */
export const sourceOf = ({ source, venue }: { readonly source?: string; readonly venue?: string }): string =>
  source ?? (venue === MEXC ? MEXC : 'synthetic:1');

/** Of a session, unless others are named. */
export const DEFAULT_SYMBOLS: readonly string[] = ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'];

/** The source, and the venue, of MEXC's candles. */
export const MEXC = 'mexc';

/** The seed of a `--source synthetic:SEED`; null for a file. @throws UsageError for a live venue */
export function syntheticSeed(source: string): number | null {
  const synthetic = /^synthetic(?::(.*))?$/.exec(source);
  if (synthetic !== null) return seedOf(synthetic[1] ?? '1');
  if (!['auto', 'mexc', 'sandbox'].includes(source)) return null;
  throw new UsageError(
    `--source ${source} is not for this command; there are mexc, synthetic:SEED, such as synthetic:7, and files`,
  );
}

function seedOf(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new UsageError(
    `the seed of a synthetic market is a whole number below 4294967296, such as synthetic:7, not '${text}'`,
  );
}

function openSynthetic(seed: number, symbols: readonly string[], nowMs: number): PlayedSource {
  const clock = new ManualClock();
  const liveFrom = Math.floor(nowMs / 1000) * 1000;
  const start = liveFrom - SYNTHETIC_PAST_MS;
  const market = new SyntheticMarket({ seed, symbols, clock, start, venue: syntheticVenue(seed) });
  const description = `synthetic market, made up from seed ${seed}: no real prices`;
  const facts = { symbols, description, isSynthetic: true, interval: null, stored: null };
  return { pace: 'played', kind: 'synthetic', market, clock, liveFrom, ...facts };
}

async function openTrades(io: Io, path: string, symbol: string, options: SourceOptions): Promise<PlayedSource> {
  const clock = new ManualClock();
  const progress = startProgress(io, 'reading');
  try {
    const market = await FileMarket.open({
      files: [{ symbol, source: path, contractSize: options.contractSize, idGaps: options.idGaps }],
      clock,
      venue: options.venue ?? fileVenue(path),
      signal: io.signal,
      onBytes: (read, total) => total !== null && progress.update(read, total),
    });
    return {
      pace: 'played',
      kind: 'trades',
      isSynthetic: false,
      market,
      clock,
      symbols: [symbol],
      description: `trades of ${path}`,
      interval: null,
      stored: null,
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
): Promise<PlayedSource> {
  const clock = new ManualClock();
  const series = { venue: options.venue ?? fileVenue(path), symbol };
  const progress = startProgress(io, 'reading');
  const seen: { interval?: Interval; from?: number; to?: number; rows: number } = { rows: 0 };
  try {
    const reading = readKlines(path, {
      contractSize: options.contractSize,
      signal: io.signal,
      onBytes: (read, total) => total !== null && progress.update(read, total),
    });
    const batches = async function* () {
      for await (const columns of reading) {
        seen.interval = columns.interval;
        seen.rows += columns.length;
        seen.from ??= columns.openTime[0] as number;
        seen.to = (columns.openTime[columns.length - 1] as number) + (columns.interval.seconds as number) * 1000;
        yield { columns };
      }
    };
    await new CandleAggregator({ store, cachedCandles: 0 }).store(series, batches());
  } finally {
    progress.stop();
  }
  const { from, to } = seen;
  const interval = options.interval ?? seen.interval;
  if (interval === undefined || from === undefined || to === undefined)
    throw new CommandFailedError(`${path}: a header and no rows; there is nothing to play`);
  const market = await StoreMarket.open({
    store,
    series,
    interval,
    from,
    to,
    clock,
    allowInterpolated: options.allowInterpolated,
  });
  return {
    pace: 'played',
    kind: 'candles',
    isSynthetic: false,
    market,
    clock,
    symbols: [symbol],
    description: `${seen.interval?.text} candles of ${path}`,
    interval,
    stored: { rows: seen.rows, seconds: seen.interval?.seconds ?? 0 },
    liveFrom: null,
  };
}
