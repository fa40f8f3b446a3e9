import { existsSync } from 'node:fs';
import { CommandFailedError } from '../command-failed-error.ts';
import { readSettings } from '../config.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { prateCommand } from '../next-steps.ts';
import { print } from '../on-venue.ts';
import { orderText } from '../order-text.ts';
import { BadAccountFileError, moveAside, readAccountFile, type SavedAccount } from '../paper/account-file.ts';
import { withLock } from '../paper/account-lock.ts';
import { atNow, keep, onPaper, type PaperFlags } from '../paper/on-paper.ts';
import { PaperSession } from '../paper/paper-session.ts';
import { labelled } from '../report-text.ts';
import { durationText, formatTime } from '../times.ts';
import { PAPER_BALANCE } from '../venue-options.ts';

export type PaperOptions = PaperFlags & { readonly json?: true };

/** Where the paper account lies, how old it is, and how it stands. @throws CommandFailedError where there is none */
export async function paperStatus(io: Io, flags: PaperOptions): Promise<ExitCode> {
  const { paperFile } = readSettings(io, flags);
  if (!existsSync(paperFile)) {
    throw new CommandFailedError(
      `there is no paper account ${paperFile} yet; ${prateCommand(io)} paper reset makes it, and so does the first order`,
    );
  }
  const result = await onPaper(io, flags, { changes: false }, async ({ execution }, account) => {
    const { file, createdAt, balance: startBalance, session } = account;
    const [balances, positions, orders, triggers] = await Promise.all([
      execution.getBalances(),
      execution.getPositions(),
      execution.getOpenOrders(),
      execution.triggers?.list() ?? null,
    ]);
    const { time } = session;
    const age = durationText(time - createdAt);
    return {
      code: ExitCode.OK,
      document: { file, createdAt, startBalance, time, balances, positions, orders, triggers },
      text: labelled([
        ['account', file],
        ['begun', `${formatTime(createdAt)} UTC, ${age} ago, with ${startBalance} USDT`],
        ...balances.map(({ asset, equity, available }): [string, string] => [
          'equity',
          `${equity} ${asset}, of which ${available} available`,
        ]),
        ...positions.map(({ positionSide, quantity, symbol, entryPrice, unrealizedPnl }): [string, string] => [
          'position',
          `${positionSide} ${quantity} ${symbol} from ${entryPrice}, open profit ${unrealizedPnl}`,
        ]),
        ...orders.map((order): [string, string] => ['open order', orderText(order)]),
        ...(triggers === null ? [] : [['waiting', counted(triggers.length, 'trigger order')] as [string, string]]),
      ]),
    };
  });
  return print(io, { ...flags, venue: 'paper' }, result);
}

/** Begins the paper account anew. An account that can be read is gone then; anything else is moved aside. */
export function paperReset(io: Io, flags: PaperOptions): Promise<ExitCode> {
  const { paperFile: file } = readSettings(io, flags);
  const { balance = PAPER_BALANCE } = flags;
  return withLock(file, io.signal, async () => {
    const nowMs = Math.floor(io.clock.nowMs());
    const before = await standingIn(file);
    const session = await atNow(io, null, { file, balance, nowMs });
    const aside = before === 'other' ? moveAside(file) : null;
    try {
      await keep(io, { file, session, createdAt: nowMs, balance, isSaved: true });
    } finally {
      await session.close();
    }
    const lines = [
      `a new paper account with ${balance} USDT, kept in ${file}`,
      ...(before === 'account' ? ['the one before is gone'] : []),
      ...(aside === null ? [] : [`what lay there is ${aside} now`]),
    ];
    const document = { file, createdAt: nowMs, startBalance: balance, movedTo: aside };
    return print(io, { ...flags, venue: 'paper' }, { code: ExitCode.OK, document, text: `${lines.join('\n')}\n` });
  });
}

async function standingIn(file: string): Promise<'nothing' | 'account' | 'other'> {
  let saved: SavedAccount | null;
  try {
    saved = readAccountFile(file);
  } catch (error) {
    if (error instanceof BadAccountFileError) return 'other';
    throw error;
  }
  if (saved === null) return 'nothing';
  try {
    await (await PaperSession.open(saved)).close();
    return 'account';
  } catch {
    return 'other'; // of an exchange that this one cannot go on with
  }
}
