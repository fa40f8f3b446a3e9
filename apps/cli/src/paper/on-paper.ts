import type { Instrument } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import { ManualClock, systemClock } from '@prate/runtime';
import type { SyntheticMarket } from '@prate/simulated-market';
import { readSettings } from '../config.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { prateCommand, quoted } from '../next-steps.ts';
import type { OpenVenue, Result } from '../open-venue.ts';
import { startProgress } from '../progress.ts';
import { durationText } from '../times.ts';
import { PAPER_BALANCE, type VenueFlags } from '../venue-options.ts';
import { bad, readAccountFile, type SavedAccount, writeAccountFile } from './account-file.ts';
import { withLock } from './account-lock.ts';
import { catchUp, meanwhileText } from './catch-up.ts';
import { PaperSession, paperMarket } from './paper-session.ts';

/** A bar that comes and goes is no help. */
const PROGRESS_AFTER_MS = 1000;
/** Clocks are set right by seconds now and then. */
const CLOCK_BEHIND_MS = 5000;

export type PaperFlags = Pick<VenueFlags, 'balance' | 'paperFile'>;

/** The account of a command: as it was saved, and as it is now. */
export interface OpenAccount {
  readonly file: string;
  readonly session: PaperSession;
  readonly createdAt: number;
  readonly balance: string;
  /** Whether it lies in its file already. */
  readonly isSaved: boolean;
}

/** Does something with the paper account and keeps what it came to, before anybody is told. */
export function onPaper(
  io: Io,
  flags: PaperFlags,
  { changes }: { readonly changes: boolean },
  act: (venue: OpenVenue, account: OpenAccount) => Promise<Result>,
): Promise<Result> {
  const { signal } = io;
  const { paperFile: file } = readSettings(io, flags);
  return withLock(file, signal, async () => {
    const account = await openAccount(io, file, flags);
    const { session } = account;
    const copies: PaperSession[] = [];
    const ahead = async (durationMs: number): Promise<ExecutionPort> => {
      const { time } = session;
      const copy = await PaperSession.open({ exchange: session.save(), time, balance: account.balance });
      copies.push(copy);
      await copy.playTo(time + durationMs, signal);
      return copy.execution;
    };
    try {
      const { execution } = session;
      const result = await act({ execution, signal, ahead, getInstruments: () => paperInstruments(io) }, account);
      // who only looks, or is refused, makes no account
      if (account.isSaved || (changes && result.code === ExitCode.OK)) await keep(io, account);
      return result;
    } finally {
      for (const each of [session, ...copies]) await each.close();
    }
  });
}

/** Needs the lock. */
export async function openAccount(io: Io, file: string, flags: PaperFlags): Promise<OpenAccount> {
  const saved = readAccountFile(file);
  const nowMs = Math.floor(io.clock.nowMs());
  const balance = saved?.balance ?? flags.balance ?? PAPER_BALANCE;
  if (saved !== null && flags.balance !== undefined) {
    io.warn(
      `paper: --balance is for a new account, and ${file} keeps the one that began with ${balance} USDT: ${resetLine(io, flags)} begins anew\n`,
    );
  }
  if (saved !== null && saved.time - nowMs > CLOCK_BEHIND_MS) {
    const behind = durationText(saved.time - nowMs);
    io.warn(
      `paper: this machine's clock stands ${behind} before the account's last moment: until then its market waits\n`,
    );
  }
  const session = await atNow(io, saved, { file, balance, nowMs });
  return { file, session, createdAt: saved?.createdAt ?? nowMs, balance, isSaved: saved !== null };
}

const resetLine = (io: Io, { balance, paperFile }: PaperFlags): string =>
  `${prateCommand(io)} paper reset --balance ${balance}${paperFile === undefined ? '' : ` --paper-file ${quoted(paperFile)}`}`;

/** Plays the market up to now, and tells what happened in it. @throws BadAccountFileError */
export async function atNow(
  io: Io,
  saved: SavedAccount | null,
  { file, balance, nowMs }: { readonly file: string; readonly balance: string; readonly nowMs: number },
): Promise<PaperSession> {
  const { signal } = io;
  const progress = startProgress(io, 'catching up');
  const since = systemClock.monotonicMs();
  const onProgress = (done: number, total: number): void => {
    if (systemClock.monotonicMs() - since > PROGRESS_AFTER_MS) progress.update(done, total);
  };
  try {
    const { session, meanwhile } = await catchUp(saved, balance, nowMs, { signal, onProgress });
    progress.stop();
    io.warn(meanwhileText(meanwhile));
    return session;
  } catch (error) {
    if (signal.aborted || saved === null) throw error;
    throw bad(file, `cannot be played on (${(error as Error).message})`);
  } finally {
    progress.stop();
  }
}

/** Needs the lock. @throws CommandFailedError */
export async function keep(io: Io, { file, session, createdAt, balance, isSaved }: OpenAccount): Promise<void> {
  await writeAccountFile(file, { createdAt, balance, time: session.time, exchange: session.save() });
  if (!isSaved) io.warn(`paper: a new account with ${balance} USDT, kept in ${file}\n`);
}

const paperInstruments = (io: Io): Promise<readonly Instrument[]> => openPaperMarket(io).getInstruments();

/** The market alone, which needs no account. */
export const openPaperMarket = (io: Io): SyntheticMarket => paperMarket(new ManualClock(Math.floor(io.clock.nowMs())));
