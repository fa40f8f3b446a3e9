import { dirname, join } from 'node:path';
import { systemClock } from '@prate/runtime';
import { WorkerCandleStore } from '@prate/sqlite-store/worker';
import { readSettings, type Settings } from '../config.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { isLiveSource, openLiveSource } from '../live-sources.ts';
import { makeLogger } from '../logger.ts';
import { withLock } from '../paper/account-lock.ts';
import { prepareDatabase } from '../paths.ts';
import { reportFilesOf } from '../report/write-report.ts';
import { secretsOf } from '../secrets.ts';
import { keptSymbols } from '../session/paper-account.ts';
import { runUp } from '../session/run-up.ts';
import { SessionAccount } from '../session/session-account.ts';
import type { UpOptions, UpParts } from '../session/up-parts.ts';
import { openSource, type Source } from '../sources.ts';
import { loadStrategy } from '../strategies.ts';
import { UsageError } from '../usage-error.ts';

/** A session that ends has ended by then; one that goes on would not end in any time. */
const LOCK_PATIENCE_MS = 3000;

/** A market in, candles stored, a strategy trading on paper, a page to watch and stop it all. */
export async function up(io: Io, options: UpOptions): Promise<ExitCode> {
  const settings = readSettings(io, options);
  if (settings.mode === 'live') {
    throw new UsageError(
      'prate up trades on paper alone: trading live waits for the guard of orders; unset PRATE_MODE (and "mode" in prate.config.json)',
    );
  }
  if (typeof options.report === 'string') reportFilesOf(io, options.report);
  const strategy = await loadStrategy(io.cwd, options.strategy);
  const store = await WorkerCandleStore.open(prepareDatabase(settings.db));
  try {
    const source = await openAnySource(io, store, options, settings).catch((error: unknown) => {
      io.signal.throwIfAborted(); // whatever that has broken
      throw error;
    });
    const secrets = secretsOf(io);
    const log = makeLogger(io, settings.logLevel, { secrets });
    try {
      return await onItsAccount(io, { options, settings, log, secrets, strategy, store, source });
    } finally {
      if (source.pace === 'live') await source.close();
    }
  } catch (error) {
    if (!io.signal.aborted || error !== io.signal.reason) throw error;
    io.warn('stopped before the session had begun; nothing was played\n');
    return ExitCode.OK;
  } finally {
    await store.close();
  }
}

function openAnySource(io: Io, store: WorkerCandleStore, options: UpOptions, settings: Settings): Promise<Source> {
  const { source, symbols } = options;
  if (!isLiveSource(source)) return openSource(io, store, options, systemClock.nowMs());
  const log = makeLogger(io, settings.logLevel);
  const kept = (venue: string): readonly string[] => keptSymbols(accountFileOf(settings, venue));
  return openLiveSource(io, source, { settings, symbols, log, kept });
}

/** On a live market an account is kept from one session to the next, and no two sessions have it at a time. */
function onItsAccount(io: Io, parts: Omit<UpParts, 'account'>): Promise<ExitCode> {
  const { source, settings, options, log } = parts;
  if (source.pace === 'played') return runUp(io, { ...parts, account: null });
  const file = accountFileOf(settings, source.market.venue);
  const begin = (): Promise<ExitCode> => {
    const account = new SessionAccount(file, options.balance, {
      ...{ clock: io.clock, log, warn: (line: string) => io.warn(line) },
    });
    if (account.saved !== null && options.balance !== undefined && options.balance !== account.balance)
      io.warn(`--balance is for a new account, and ${file} keeps the one that began with ${account.balance} USDT\n`);
    return runUp(io, { ...parts, account });
  };
  return withLock(file, io.signal, begin, LOCK_PATIENCE_MS);
}

const accountFileOf = ({ db }: Settings, venue: string): string => join(dirname(db), `account-${venue}.json`);
