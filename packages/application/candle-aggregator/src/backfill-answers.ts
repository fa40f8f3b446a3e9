import type { CandleBatch } from '@prate/candle-store-port';
import {
  bucketCeil,
  bucketEnd,
  type Interval,
  normalizeRanges,
  PrateError,
  sameInterval,
  subtractRanges,
  type TimeRange,
} from '@prate/domain';
import {
  type CandleColumns,
  IdGapTracker,
  lowerBound,
  sliceColumns,
  sliceTrades,
  type TradeColumns,
  tradeIdAt,
  validateColumns,
} from '@prate/domain/candles';
import type { Page } from '@prate/market-data-port';
import { SymbolSeconds } from './symbol-seconds.ts';

/**
 * What it means that an answer lacks a row, at its start, inside or at its end. `unobserved`: nothing is known. `quiet`: the
 * market is taken at its word that it told everything, and nothing traded.
 */
export type MissingRows = 'unobserved' | 'quiet';

/** A market's answer breaks the rules of its port: it does not go on, or holds what was not asked for. */
export class BadAnswerError extends PrateError {
  readonly code = 'BAD_ANSWER';
  override readonly retryable = true;
}

/** What one page came to. */
export interface Answer {
  /** What is to be stored before the next page is asked for; null where nothing is. */
  readonly batch: CandleBatch | null;
  /** Everything before this moment was asked for. */
  readonly until: number;
}

export type AskPage<Columns> = (range: TimeRange) => Promise<Page<Columns>>;

/** A page, and which time it is about: what it holds before and after belongs to other pages. */
interface TimedPage<Columns> {
  readonly columns: Columns;
  readonly until: number;
  readonly isLast: boolean;
}

/**
 * The candles of a stretch of whole buckets, page by page. Rows outside a page's own time (told twice, or still forming)
 * are left out. A row was watched as far as it says itself.
 */
export async function* candleAnswers(
  ask: AskPage<CandleColumns>,
  stretch: TimeRange,
  interval: Interval,
  missing: MissingRows,
): AsyncGenerator<Answer> {
  for (let from = stretch.from, isLast = false; !isLast; ) {
    const page = timed(await ask({ from, to: stretch.to }), stretch, (next) => bucketCeil(interval, next));
    const { openTime, length } = page.columns;
    const columns = sliceColumns(
      page.columns,
      lowerBound(openTime, from, length),
      lowerBound(openTime, page.until, length),
    );
    const observed = missing === 'quiet' ? watchedBy(columns, { from, to: page.until }) : undefined;
    const batch = columns.length > 0 || observed !== undefined ? { columns, observed } : null;
    yield { batch, until: page.until };
    ({ until: from, isLast } = page);
  }
}

/** All of a span, without the ends of rows that were not watched to their end. */
function watchedBy(columns: CandleColumns, span: TimeRange): TimeRange[] {
  const unwatched: TimeRange[] = [];
  columns.openTime.forEach((open, row) => {
    const from = open + (columns.coverage[row] as number) * 1000;
    const to = bucketEnd(columns.interval, open);
    if (from < to) unwatched.push({ from, to });
  });
  return subtractRanges([span], normalizeRanges(unwatched));
}

/**
 * The trades of a stretch of whole seconds as seconds, page by page. They were watched from the second of the first trade
 * to that of the last, except where ids jump, as in a file of trades; with `quiet` from the first to the last second of the
 * stretch.
 *
 * Until the last page the second of the last trade waits, and is not stored: a run that is cut off asks for that second
 * again, finds the trade there, and so knows that it goes on where it ended, and what its id was.
 */
export async function* tradeAnswers(
  ask: AskPage<TradeColumns>,
  stretch: TimeRange,
  missing: MissingRows,
  idGaps: boolean,
): AsyncGenerator<Answer> {
  const seconds = new SymbolSeconds();
  const ids = new IdGapTracker(idGaps);
  let jumps = 0;
  if (missing === 'quiet') seconds.heartbeat(stretch.from);
  for (let from = stretch.from, isLast = false; !isLast; ) {
    const page = timed(await ask({ from, to: stretch.to }), stretch, (next) => next);
    const { time } = page.columns;
    const trades = sliceTrades(page.columns, lowerBound(time, from), lowerBound(time, page.until));
    seconds.add(trades);
    for (let row = 0; row < trades.length; row += 1) ids.see(trades.time[row] as number, tradeIdAt(trades, row), true);
    for (; jumps < ids.jumps.length; jumps += 1) {
      const { from: fromMs, to: toMs } = (ids.jumps[jumps] as { range: TimeRange }).range;
      seconds.gap(fromMs, toMs);
    }
    ({ until: from, isLast } = page);
    if (isLast && missing === 'quiet') seconds.heartbeat(stretch.to);
    yield { batch: isLast && missing === 'unobserved' ? seconds.closeAll(false) : seconds.close(), until: from };
  }
}

function timed<Columns>(
  { columns, next }: Page<Columns>,
  stretch: TimeRange,
  align: (next: number) => number,
): TimedPage<Columns> {
  const until = next === null ? stretch.to : Math.min(align(next), stretch.to);
  return { columns, until, isLast: until === stretch.to };
}

/** @throws BadAnswerError, or InvalidRowError for a row that breaks a rule of candles */
export function checkCandles(page: Page<CandleColumns>, { from }: TimeRange, interval: Interval): void {
  ensureGoesOn(page.next, from);
  if (!sameInterval(page.columns.interval, interval)) {
    throw new BadAnswerError(
      `the market was asked for ${interval.text} candles and gave ${page.columns.interval.text}`,
    );
  }
  validateColumns(page.columns);
}

/** @throws BadAnswerError */
export function checkTrades({ columns, next }: Page<TradeColumns>, { from }: TimeRange): void {
  ensureGoesOn(next, from);
  for (let i = 1; i < columns.length; i += 1) {
    if ((columns.time[i] as number) >= (columns.time[i - 1] as number)) continue;
    throw new BadAnswerError(`the market gave a trade of ${columns.time[i]} after one of ${columns.time[i - 1]}`);
  }
}

function ensureGoesOn(next: number | null, from: number): void {
  if (next === null || next > from) return;
  throw new BadAnswerError(`the page after the one from ${from} must begin later, not at ${next}`);
}
