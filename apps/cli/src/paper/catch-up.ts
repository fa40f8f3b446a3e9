import { Decimal } from '@prate/domain';
import type { DeskEvent } from '@prate/in-memory-paper';
import { counted } from '../counted.ts';
import { durationText } from '../times.ts';
import type { SavedAccount } from './account-file.ts';
import { PaperSession, type SessionStart } from './paper-session.ts';

const MINUTE_MS = 60_000;
const FUNDING_MS = 8 * 3_600_000;
/** So much before now is played in full. */
const IN_FULL_MS = 24 * 3_600_000;
/** By then every symbol has had a book, and nearly every one a trade. */
const WARM_UP_MS = 5_000;
/** Between two tellings of progress, in market time. */
const STRIDE_MS = 10 * MINUTE_MS;

/** Just before the last whole minute that a warm-up fits after: each minute the market tells what funding will be. */
export const warmFrom = (nowMs: number): number => Math.floor((nowMs - WARM_UP_MS) / MINUTE_MS) * MINUTE_MS - 1;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface CatchUpOptions {
  readonly signal: AbortSignal;
  /** So much before now is played in full, in ms; default a day. */
  readonly inFullMs?: number;
  /** Market time that has been played, and all that has to be, in ms. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What happened while nobody looked. */
export interface Meanwhile {
  readonly durationMs: number;
  /** Of it, from its beginning on, only the minutes before funding were played. */
  readonly skippedMs: number;
  readonly fills: number;
  /** `BTC_USDT LONG` */
  readonly liquidated: readonly string[];
  /** Received when positive. */
  readonly fundings: readonly Decimal[];
}

/**
 * The account as it is now: the market is played from the saved moment on, where something may have happened. A day is
 * played in full, and of what is longer ago the minutes that end with a settlement of funding.
 *
 * @param saved null: a new account with this balance
 */
export async function catchUp(
  saved: SavedAccount | null,
  balance: string,
  nowMs: number,
  options: CatchUpOptions,
): Promise<{ readonly session: PaperSession; readonly meanwhile: Meanwhile | null }> {
  if (saved === null) {
    const session = await PaperSession.open({ exchange: null, time: warmFrom(nowMs), balance });
    await session.playTo(nowMs, options.signal);
    return { session, meanwhile: null };
  }
  const { inFullMs = IN_FULL_MS } = options;
  const watch = new Watch();
  const { time } = saved;
  const warm = warmFrom(nowMs);
  let start: SessionStart = { exchange: saved.exchange, time, balance };
  if (warm > time) {
    const symbols = await busyIn(start);
    if (symbols.length > 0)
      start = await playStretches(start, symbols, stretchesOf(time, warm, inFullMs), watch, options);
    start = { ...start, time: warm };
  }
  const session = await PaperSession.open(start);
  const stop = watch.follow(session);
  await session.playTo(nowMs, options.signal);
  stop();
  const skippedMs = watch.hasPlayed ? Math.max(warm - inFullMs - time, 0) : 0;
  return { session, meanwhile: watch.told(session, { from: time, skippedMs }) };
}

async function busyIn(start: SessionStart): Promise<readonly string[]> {
  const session = await PaperSession.open(start);
  const symbols = await session.busySymbols();
  await session.close();
  return symbols;
}

/** What of `[from, to]` is played: the last `inFullMs`, and before that a minute up to each settlement of funding. */
function stretchesOf(from: number, to: number, inFullMs: number): Stretch[] {
  const full = Math.max(from, to - inFullMs);
  const stretches: Stretch[] = [];
  for (let due = Math.ceil((from + 1) / FUNDING_MS) * FUNDING_MS; due < full; due += FUNDING_MS) {
    stretches.push({ from: Math.max(due - MINUTE_MS - 1, from), to: due });
  }
  return [...stretches, { from: full, to }];
}

async function playStretches(
  start: SessionStart,
  symbols: readonly string[],
  stretches: readonly Stretch[],
  watch: Watch,
  { signal, onProgress }: CatchUpOptions,
): Promise<SessionStart> {
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  let exchange = start.exchange;
  watch.hasPlayed = true;
  for (const { from, to } of stretches) {
    const session = await PaperSession.open({ ...start, exchange, time: from, symbols });
    const stop = watch.follow(session);
    for (let at = from; at < to; ) {
      const next = Math.min(at + STRIDE_MS, to);
      await session.playTo(next, signal);
      done += next - at;
      at = next;
      onProgress?.(done, total);
    }
    stop();
    exchange = session.save();
    await session.close();
  }
  return { ...start, exchange };
}

/** Counts what happens. */
class Watch {
  hasPlayed = false;
  #fills = 0;
  readonly #liquidated = new Set<string>();

  follow(session: PaperSession): () => void {
    return session.desk.listen((event: DeskEvent) => {
      if (event.kind !== 'fill') return;
      this.#fills += 1;
      const { symbol, side, category } = event.fill.order;
      if (category === 'LIQUIDATION') this.#liquidated.add(`${symbol} ${side === 'SELL' ? 'LONG' : 'SHORT'}`);
    });
  }

  told(session: PaperSession, { from, skippedMs }: { readonly from: number; readonly skippedMs: number }): Meanwhile {
    const payments = session.desk.fundingPayments({ symbol: null, from: from + 1, to: session.time });
    return {
      durationMs: session.time - from,
      skippedMs,
      fills: this.#fills,
      liquidated: [...this.#liquidated],
      fundings: payments.map(({ amount }) => amount),
    };
  }
}

/** Lines for a person; empty where nothing happened. */
export function meanwhileText(meanwhile: Meanwhile | null): string {
  if (meanwhile === null) return '';
  const { durationMs, skippedMs, fills, liquidated, fundings } = meanwhile;
  const lines: string[] = [];
  if (skippedMs > 0) {
    lines.push(
      `paper: nobody looked for ${durationText(durationMs)}: the last ${durationText(durationMs - skippedMs)} were played in full, of the ${durationText(skippedMs)} before only the minutes up to each funding: fills may be missing there`,
    );
  }
  const happened = [
    ...(fills > 0 ? [counted(fills, 'fill')] : []),
    ...(fundings.length > 0
      ? [`${counted(fundings.length, 'funding payment')}, ${Decimal.sum(...fundings)} USDT in all`]
      : []),
    ...liquidated.map((position) => `${position} was liquidated`),
  ];
  if (happened.length > 0) lines.push(`paper: in the ${durationText(durationMs)} before this: ${happened.join('; ')}`);
  return lines.map((line) => `${line}\n`).join('');
}
