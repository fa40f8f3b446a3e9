import { ContractStatus, type MexcFuturesMarketData, type MexcInstrument } from '@prate/mexc-futures';
import type { Logger } from '@prate/runtime';
import { type RunningSandbox, startSandbox } from 'prate-sandbox';
import { CommandFailedError } from './command-failed-error.ts';
import type { Settings } from './config.ts';
import type { Io } from './io.ts';
import { assertOneVenue, isOwnMachine } from './live-guard.ts';
import { DEFAULT_SYMBOLS, type LiveSource, MEXC } from './sources.ts';
import { UsageError } from './usage-error.ts';
import { openMexcMarket } from './venues.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** The venue of a sandbox's candles: made-up prices are never stored as MEXC's. */
const SANDBOX = 'sandbox';
/** So long MEXC may take to answer before another market is taken. */
const PATIENCE_MS = 3000;

export interface LiveSourceOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** Absent: some. `['all']`: all that can be traded. */
  readonly symbols: readonly string[] | undefined;
  /** What the account of a venue holds something at: a market that is made up has these too. Default none. */
  readonly kept?: (venue: string) => readonly string[];
}

/** Sources that are markets of their own, which go on by themselves. */
export const isLiveSource = (source: string): source is 'auto' | 'mexc' | 'sandbox' =>
  ['auto', MEXC, SANDBOX].includes(source);

/**
 * MEXC by its public API, which needs no key; a sandbox with a made-up market; or (`auto`) the first, and where it cannot be
 * reached the second.
 * @throws CommandFailedError where MEXC cannot be reached and nothing else will do; UsageError for strange symbols
 */
export async function openLiveSource(
  io: Io,
  source: 'auto' | 'mexc' | 'sandbox',
  options: LiveSourceOptions,
): Promise<LiveSource> {
  if (source === SANDBOX) return openSandbox(io, options, 'as you asked');
  assertOneVenue(options.settings);
  const { restUrl } = options.settings.mexc;
  const venue = isOwnMachine(options.settings) ? SANDBOX : MEXC;
  const market = openMexcMarket({ settings: options.settings.mexc, clock: io.clock, log: options.log, venue });
  const why = await whyUnreachable(io, market, restUrl, PATIENCE_MS);
  if (why !== null) {
    await market.close();
    io.signal.throwIfAborted();
    if (source === 'auto') return openSandbox(io, options, why);
    throw new CommandFailedError(`${why}; --source sandbox is a market of this machine, with made-up prices`);
  }
  const close = (): Promise<void> => market.close();
  const what = venue === MEXC ? `MEXC futures, live from ${restUrl}` : `a sandbox at ${restUrl}: no real prices`;
  const facts = { kind: MEXC, description: what, isSynthetic: venue !== MEXC } as const;
  return ready(io, { ...facts, market, close }, options.symbols);
}

async function openSandbox(io: Io, options: LiveSourceOptions, why: string): Promise<LiveSource> {
  const { log } = options;
  const { kept = () => [] } = options;
  const asked = options.symbols?.[0] === 'all' ? DEFAULT_SYMBOLS : (options.symbols ?? DEFAULT_SYMBOLS);
  const symbols = [...new Set([...asked, ...kept(SANDBOX)])];
  const sandbox: RunningSandbox = await startSandbox({
    market: 'synthetic:1',
    symbols,
    speed: 1,
    faults: [],
    seed: 1,
    balance: '10000',
    rateLimits: false,
    logger: log,
  });
  const { rest: restUrl, ws: wsUrl } = sandbox.ready;
  const settings = { ...options.settings.mexc, restUrl, wsUrl };
  const market = openMexcMarket({ settings, clock: io.clock, log, venue: SANDBOX });
  const close = async (): Promise<void> => {
    await market.close();
    await sandbox.close();
  };
  const description = `a sandbox on this machine, prices made up from seed 1: no real ones (${why})`;
  return ready(io, { kind: SANDBOX, description, isSynthetic: true, market, close }, options.symbols);
}

interface Opened extends Pick<LiveSource, 'kind' | 'description' | 'isSynthetic' | 'close'> {
  readonly market: MexcFuturesMarketData;
}

async function ready(io: Io, opened: Opened, asked: readonly string[] | undefined): Promise<LiveSource> {
  try {
    const instruments = await opened.market.getInstruments({ signal: io.signal });
    const listed = instruments.map(({ symbol }) => symbol);
    const symbols = symbolsOf(instruments, asked);
    return { pace: 'live', clock: io.clock, symbols, listed, ...opened };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function symbolsOf(instruments: readonly MexcInstrument[], asked: readonly string[] | undefined): readonly string[] {
  const known = instruments.map(({ symbol }) => symbol);
  if (asked?.[0] === 'all')
    return instruments.filter(({ status }) => status === ContractStatus.TRADING).map(({ symbol }) => symbol);
  const symbols = asked ?? DEFAULT_SYMBOLS;
  const strange = symbols.filter((symbol) => !known.includes(symbol));
  if (strange.length === 0) return symbols;
  throw new UsageError(
    `the market has no ${strange.join(', ')}; it has ${known.length} symbols, such as ${known.slice(0, 5).join(', ')} (--symbols all takes them all)`,
  );
}
