import { type CandleColumns, Decimal, type FundingRate, PrateError, toInterval } from '@prate/domain';
import { emptyColumns } from '@prate/domain/candles';
import type { DeskEvent, MissedMarket, PaperExchange } from '@prate/in-memory-paper';
import type { MarketDataPort } from '@prate/market-data-port';
import type { Logger } from '@prate/runtime';
import { counted } from '../counted.ts';
import type { SavedAccount } from '../paper/account-file.ts';
import { durationText, formatTime } from '../times.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Longer ago than this, the market has passed the account by. */
const MOST_MS = 7 * DAY_MS;
/** The exchange's candle of a minute is there so long after its end. */
const SETTLE_MS = 5000;
/** What is left when the session goes live may be so much, and is not played. */
const REST_MS = 2 * MINUTE_MS;
/** Symbols that are asked for at a time. */
const PARALLEL = 4;

export interface TimeAwayParts {
  readonly saved: SavedAccount;
  /** Restored from it, and not connected. */
  readonly exchange: PaperExchange;
  readonly market: MarketDataPort;
  /** Where the account holds something, and the market knows it. */
  readonly symbols: readonly string[];
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Market time that has been played, and all that has to be, in ms. */
  readonly onProgress: (done: number, total: number) => void;
}

/** What happened to a kept account while no session ran. */
export interface TimeAway {
  /** Epoch ms: of this time whole minutes were played. */
  readonly from: number;
  readonly to: number;
  /** Of the time before it nothing was. */
  readonly skippedMs: number;
  readonly fills: number;
  /** `BTC_USDT LONG` */
  readonly liquidated: readonly string[];
  readonly fundingPayments: number;
  /** Received when positive. */
  readonly funding: Decimal;
  /** Why it is not all that happened; null where it is. */
  readonly problem: string | null;
}

/**
 * Plays the exchange's minutes since the account was saved to it, so that it is where it would be had it been watched. Null where
 * nothing could have happened: it holds nothing, or no whole minute has passed since.
 */
export async function playTimeAway(parts: TimeAwayParts): Promise<TimeAway | null> {
  const { saved, exchange, market, symbols, signal, log, onProgress } = parts;
  if (symbols.length === 0) return null;
  const desk = exchange.desk('main');
  const watch = new Watch();
  const stop = desk.listen((event) => watch.note(event));
  const told = { problem: null as string | null };
  // of the minute in which it was saved nobody knows what came after that
  const since = ceilMinute(saved.time);
  let [from, to] = [since, since];
  try {
    const now = await settled(market, signal);
    from = Math.max(since, ceilMinute(now - MOST_MS));
    to = from;
    if (now <= from) return null;
    const funding = await fundingOf(parts, from, now);
    for (let end = now; end > to && (to === from || end - to > REST_MS); end = await settled(market, signal)) {
      while (to < end) {
        const next = Math.min(to + DAY_MS, end);
        const missed = await each(symbols, async (symbol): Promise<MissedMarket[]> => {
          const pages = await minutesOf(market, symbol, to, next, signal);
          return pages.map((candles) => ({ symbol, candles }));
        });
        exchange.playMissed([...missed.flat(), ...(to === from ? funding : [])], next);
        to = next;
        onProgress(to - from, end - from);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!PrateError.is(error)) throw error;
    log.warn({ error }, 'the time away was not played to its end');
    told.problem = `the paper account was not played on from ${formatTime(to)} UTC on, when no session ran: ${error.message}`;
  } finally {
    stop();
  }
  const payments = desk.fundingPayments({ symbol: null, from: saved.time + 1, to });
  return {
    ...{ from, to, skippedMs: from - since, ...told },
    ...{ fills: watch.fills, liquidated: [...watch.liquidated] },
    ...{ fundingPayments: payments.length, funding: Decimal.sum(0, ...payments.map(({ amount }) => amount)) },
  };
}

/** One line. */
export function timeAwayText({ from, to, skippedMs, fills, liquidated, fundingPayments, funding }: TimeAway): string {
  const happened = [
    ...(fills > 0 ? [counted(fills, 'fill')] : []),
    ...(fundingPayments > 0 ? [`${counted(fundingPayments, 'funding payment')}, ${funding} USDT in all`] : []),
    ...liquidated.map((position) => `${position} was liquidated`),
  ];
  const what = `${happened.length === 0 ? 'nothing happened to it' : happened.join('; ')}`;
  const skipped =
    skippedMs > 0
      ? `; the market has passed it by in the ${durationText(skippedMs)} before, which are too long ago`
      : '';
  return `no session ran for ${durationText(to - from + skippedMs)}, whose minutes were played to the account: ${what}${skipped}`;
}

const ceilMinute = (ms: number): number => Math.ceil(ms / MINUTE_MS) * MINUTE_MS;

/** The end of the last minute that the market can tell. */
async function settled(market: MarketDataPort, signal: AbortSignal): Promise<number> {
  const now = await market.getServerTime({ signal });
  return Math.floor((now - SETTLE_MS) / MINUTE_MS) * MINUTE_MS;
}

async function minutesOf(
  market: MarketDataPort,
  symbol: string,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<CandleColumns[]> {
  const pages: CandleColumns[] = [];
  for (let next: number | null = from; next !== null; ) {
    const page = await market.getCandles({ symbol, interval: '1m', from: next, to }, { signal });
    pages.push(page.columns);
    next = page.next;
  }
  return pages;
}

async function fundingOf(
  { market, symbols, signal }: TimeAwayParts,
  from: number,
  to: number,
): Promise<MissedMarket[]> {
  if (!market.capabilities.includes('funding')) return [];
  const rates = await each(
    symbols,
    (symbol): Promise<readonly FundingRate[]> => market.getFundingHistory({ symbol, from, to: to + 1 }, { signal }),
  );
  const candles = emptyColumns(toInterval('1m'));
  return symbols.map((symbol, i) => ({ symbol, candles, funding: rates[i] }));
}

/** A few at a time; the results in the order of the symbols. */
async function each<T>(symbols: readonly string[], ask: (symbol: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < symbols.length; i += PARALLEL) {
    results.push(...(await Promise.all(symbols.slice(i, i + PARALLEL).map(ask))));
  }
  return results;
}

class Watch {
  fills = 0;
  readonly liquidated = new Set<string>();

  note(event: DeskEvent): void {
    if (event.kind !== 'fill') return;
    this.fills += 1;
    const { symbol, side, category } = event.fill.order;
    if (category === 'LIQUIDATION') this.liquidated.add(`${symbol} ${side === 'SELL' ? 'LONG' : 'SHORT'}`);
  }
}
