import type { Interval } from '@prate/domain';
import type { PaperState } from '@prate/in-memory-paper';
import type { PaperModuleOptions } from '@prate/in-memory-paper/inversify';
import { readAccountFile } from '../paper/account-file.ts';
import type { LiveSource, Source } from '../sources.ts';
import { PAPER_BALANCE } from '../venue-options.ts';
import { BAD_FILE_ADVICE, type SessionAccount } from './session-account.ts';

/** Books are much to follow: of more symbols than this, paper orders fill by trades alone. */
const MOST_BOOKS = 20;

/** An account for this session alone. */
export function playedPaper(source: Source, interval: Interval, balance: string = PAPER_BALANCE): PaperModuleOptions {
  return { balance, feed: source.kind === 'candles' ? { kind: 'candles', interval } : { kind: 'trades' } };
}

/**
 * The account that sessions on one market share, one after the other: what it holds at other symbols is followed too. Whether
 * books are, is settled by its first session.
 */
export function keptPaper({ saved, balance }: SessionAccount, { symbols, listed }: LiveSource): PaperModuleOptions {
  const state = saved?.exchange ?? null;
  const before = state?.engine.markets ?? [];
  const books = before.length > 0 ? before.some(({ match }) => match === 'book') : symbols.length <= MOST_BOOKS;
  // what the market no longer has stays in the account as it was
  const held = heldSymbols(state).filter((symbol) => listed.includes(symbol));
  return { balance, state, symbols: [...new Set([...symbols, ...held])], feed: { kind: 'trades', books } };
}

/** What the account in a file holds something at; none where there is no file. @throws BadAccountFileError */
export const keptSymbols = (file: string): readonly string[] =>
  heldSymbols(readAccountFile(file, BAD_FILE_ADVICE)?.exchange ?? null);

/** Where there is a position, an open order or a trigger order. */
export function heldSymbols(state: PaperState | null): readonly string[] {
  if (state === null) return [];
  const { accounts, markets, triggers } = state.engine;
  const positions = accounts.flatMap((each) => each.positions.filter(({ lots }) => lots !== 0));
  const orders = accounts.flatMap((each) => each.orders.filter(({ place }) => place !== 'NOWHERE'));
  const held = new Set([...positions, ...orders].map(({ symbol }) => symbol));
  const waiting = JSON.stringify(triggers);
  return markets
    .map(({ instrument }) => String(instrument['symbol']))
    .filter((symbol) => held.has(symbol) || waiting.includes(JSON.stringify(symbol)));
}
