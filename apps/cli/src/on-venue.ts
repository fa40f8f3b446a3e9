import { type Instrument, NotSupportedError, type PositionSide } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import type { MarketDataPort } from '@prate/market-data-port';
import { NoCredentialsError } from '@prate/mexc-futures/rest';
import type { Assumed } from './assumed-replies.ts';
import { CommandFailedError } from './command-failed-error.ts';
import { readSettings, type Settings } from './config.ts';
import { KEYS_HINT, readKeys } from './credentials.ts';
import { dryRun } from './dry-run.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { assertLive, assertOneVenue } from './live-guard.ts';
import { makeLogger } from './logger.ts';
import { prateCommand } from './next-steps.ts';
import type { OpenVenue, Result } from './open-venue.ts';
import { onPaper, openPaperMarket } from './paper/on-paper.ts';
import { UsageError } from './usage-error.ts';
import type { ChangeFlags, VenueFlags } from './venue-options.ts';
import { openMexcAccount, openMexcMarket } from './venues.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** So long MEXC may take to answer for the first time. */
const PATIENCE_MS = 10_000;

/** What a dry run assumes of the account, so that the command makes sense. */
interface DryFlags {
  /** Named in hedge mode only. */
  readonly positionSide?: PositionSide;
  /** What the command is about. */
  readonly assume?: Assumed | undefined;
}

/**
 * Does something with an account, and prints what it came to.
 *
 * @param change what would be changed, such as `this order`; null for a command that only looks
 * @throws UsageError where that is not allowed here; NoCredentialsError
 */
export async function onVenue(
  io: Io,
  flags: VenueFlags & Partial<ChangeFlags> & DryFlags,
  change: string | null,
  act: (venue: OpenVenue) => Promise<Result>,
): Promise<ExitCode> {
  const settings = readSettings(io);
  if (flags.venue === 'paper') {
    if (flags.dryRun) throw new UsageError('a dry run shows what would go to an exchange: add --venue mexc');
    return print(io, flags, await onPaper(io, flags, { changes: change !== null }, act));
  }
  assertOneVenue(settings);
  const log = makeLogger(io, settings.logLevel);
  if (flags.dryRun) {
    const hedge = flags.positionSide !== undefined;
    const { assume = {} } = flags;
    return print(io, flags, await dryRun({ io, settings, keys: readKeys(io), log, hedge, assume }, act));
  }
  if (change !== null) assertLive(settings, flags, change);
  const keys = readKeys(io);
  if (keys === null) {
    throw new NoCredentialsError(
      `--venue mexc needs an API key and its secret: ${KEYS_HINT}; --dry-run works without them`,
    );
  }
  const { signal, clock } = io;
  const execution = await openMexcAccount({ settings: settings.mexc, keys, clock, log, signal });
  try {
    const getInstruments = async (): Promise<readonly Instrument[]> => {
      const open = await mexcMarket(io, settings);
      try {
        return await open.market.getInstruments({ signal });
      } finally {
        await open.close();
      }
    };
    return await print(io, flags, await act({ execution, signal, ahead: null, getInstruments }));
  } finally {
    await execution.disconnect();
  }
}

/** The same for what a market tells anybody. */
export async function onMarket(
  io: Io,
  flags: VenueFlags,
  look: (venue: { readonly market: MarketDataPort; readonly signal: AbortSignal }) => Promise<Result>,
): Promise<ExitCode> {
  const settings = readSettings(io);
  if (flags.venue === 'paper') {
    return print(io, flags, await look({ market: openPaperMarket(io), signal: io.signal }));
  }
  const open = await mexcMarket(io, settings);
  try {
    return await print(io, flags, await look({ market: open.market, signal: io.signal }));
  } finally {
    await open.close();
  }
}

/** MEXC's market by the settings, which answers. @throws UsageError; CommandFailedError where it cannot be reached */
export async function mexcMarket(
  io: Io,
  settings: Settings,
): Promise<{ readonly market: MarketDataPort; close(): Promise<void> }> {
  assertOneVenue(settings);
  const log = makeLogger(io, settings.logLevel);
  const market = openMexcMarket({ settings: settings.mexc, clock: io.clock, log });
  const why = await whyUnreachable(io, market, settings.mexc.restUrl, PATIENCE_MS);
  if (why === null) return { market, close: () => market.close() };
  await market.close();
  io.signal.throwIfAborted();
  throw new CommandFailedError(`${why}; ${prateCommand(io)} doctor looks closer`);
}

/** A facet that the venue may not have. @throws NotSupportedError */
export function facetOf<F extends keyof typeof FACETS>(
  execution: ExecutionPort,
  facet: F,
): NonNullable<ExecutionPort[F]> {
  const found = execution[facet];
  if (found !== null) return found;
  throw new NotSupportedError(`the venue ${execution.venue} has no ${FACETS[facet]}`);
}

const FACETS = { settings: 'settings of leverage', history: 'history', triggers: 'trigger orders' } as const;

export async function print(
  io: Io,
  { venue, json }: Pick<VenueFlags, 'venue' | 'json'>,
  { code, document, text }: Result,
): Promise<ExitCode> {
  await io.write(json ? `${JSON.stringify({ venue, ...document }, null, 2)}\n` : text, code);
  return code;
}
