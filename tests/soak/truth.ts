import type { TimeRange } from '@prate/domain';
import { type CandleColumns, TRADES_CODE } from '@prate/domain/candles';
import { ManualClock } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';
import type { Drops } from './drops.ts';
import type { SoakOptions } from './options.ts';

const SECOND_MS = 1000;
/** REST tells so many trades. */
const MOST_DEALS = 100;
/**
 * A loss is told from half a second before the last word, in whole seconds, until the new subscription stands: a second or two.
 * On a machine where the tests of others run it has been more, at both ends: a sandbox that had stood still for three seconds
 * cut its connections before it said another word.
 */
const TOLD_BEFORE_MS = 10_000;
const TOLD_AFTER_MS = 30_000;
/** A feed that works has told everything so much before its end. */
const TAIL_MS = 10_000;
const SHOWN = 5;

/** What comparing the store with the market that was made up came to. */
export interface Truth {
  readonly trades: number;
  /** Seconds of all symbols that were watched, and those among them that had trades. */
  readonly watched: number;
  readonly compared: number;
  readonly unwatched: number;
  /** Trades that neither the sockets nor REST could give any more, of seconds that were told as not watched. */
  readonly beyondReach: number;
  readonly verified: { readonly rows: number; readonly blocks: number };
  readonly failures: readonly string[];
}

/** What was told of lost connections, by the session and by the sandbox. */
export interface Told {
  /** When the session lost one, epoch ms, ascending. */
  readonly losses: readonly number[];
  readonly drops: Drops;
}

/** Compares what a session stored with its market, second by second, exactly. */
export async function compare(
  file: string,
  options: SoakOptions,
  venue: string,
  endedMs: number,
  { losses, drops }: Told,
): Promise<Truth> {
  const store = SqliteCandleStore.open(file);
  try {
    const { rows, blocks, faults } = await store.verify();
    const failures = faults.map(({ problem }) => `the store is damaged: ${problem}`);
    const sums = { trades: 0, watched: 0, compared: 0, unwatched: 0, beyondReach: 0 };
    for (const symbol of options.symbols) {
      const entries = await store.coverage({ series: { venue, symbol } });
      const observed = entries.find(({ step }) => step.text === '1s')?.observed ?? [];
      const [first, last] = [observed[0], observed.at(-1)];
      if (first === undefined || last === undefined) {
        failures.push(`${symbol}: nothing was watched`);
        continue;
      }
      const until = Math.floor((endedMs - TAIL_MS) / SECOND_MS) * SECOND_MS;
      const range = { from: first.from, to: Math.max(last.to, until) };
      const query = { series: { venue, symbol }, interval: '1s', ...range, observedOnly: true };
      const stored = tradesOnly(await store.readColumns(query));
      const one = await compareSymbol({ options, symbol, range, observed, stored, losses, drops });
      for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += one[key];
      failures.push(...one.failures);
    }
    return { ...sums, verified: { rows, blocks }, failures };
  } finally {
    await store.close();
  }
}

interface Side extends Told {
  readonly options: SoakOptions;
  readonly symbol: string;
  readonly range: TimeRange;
  readonly observed: readonly TimeRange[];
  /** By open time. */
  readonly stored: ReadonlyMap<number, string>;
}

async function compareSymbol({
  options,
  symbol,
  range,
  observed,
  stored,
  losses,
  drops,
}: Side): Promise<Omit<Truth, 'verified'>> {
  const { seed, symbols, rate } = options;
  const clock = new ManualClock(range.to);
  const market = new SyntheticMarket({ seed, symbols, tradesPerSecond: rate, clock });
  const made = new Map<number, string>();
  for (let from = range.from; from < range.to; ) {
    const page = await market.getCandles({ symbol, interval: '1s', from, to: range.to });
    for (const [open, text] of rowTexts(page.columns)) made.set(open, text);
    from = page.next ?? range.to;
  }
  const sums = { trades: 0, watched: 0, compared: 0, unwatched: 0, beyondReach: 0 };
  const failures: string[] = [];
  const fail = (open: number, text: string): void => {
    if (failures.length < SHOWN) failures.push(`${symbol} at ${iso(open)}: ${text}`);
  };
  let at = 0;
  for (let open = range.from; open < range.to; open += SECOND_MS) {
    while (at < observed.length && (observed[at] as TimeRange).to <= open) at += 1;
    const [wanted, found] = [made.get(open), stored.get(open)];
    sums.trades += found === undefined ? 0 : countOf(found);
    if ((observed[at]?.from ?? Number.POSITIVE_INFINITY) <= open) {
      sums.watched += 1;
      if (wanted !== undefined) sums.compared += 1;
      if (wanted !== found) fail(open, `${found ?? 'nothing'} is stored, the market made ${wanted ?? 'nothing'}`);
      continue;
    }
    sums.unwatched += 1;
    const lossMs = losses.findLast((time) => time - TOLD_BEFORE_MS <= open + SECOND_MS);
    if (lossMs === undefined || open > lossMs + TOLD_AFTER_MS) {
      const next = losses.find((time) => time > open);
      const near = [lossMs, next].map((time) => (time === undefined ? 'none' : iso(time))).join(' and ');
      fail(open, `not watched, and no connection was lost; the losses around it: ${near}`);
      continue;
    }
    if (wanted === found) continue;
    const missing = countOf(wanted ?? '') - countOf(found ?? '');
    // never more than there were: a trade that counts twice
    if (missing < 0 || wanted === undefined) fail(open, `${found} is stored, the market made ${wanted ?? 'nothing'}`);
    const given = await stillGiven(market, clock, symbol, open, drops, lossMs);
    if (given === null) fail(open, `${missing} trades are missing, and nobody asked REST for them`);
    else if (countOf(found ?? '') < given.count)
      fail(
        open,
        `${missing} trades are missing, though REST still gave ${given.count} of ${countOf(wanted ?? '')} when it was asked at ${iso(given.askedMs)}, after the loss at ${iso(lossMs)}: ${found ?? 'nothing'} is stored, the market made ${wanted}`,
      );
    sums.beyondReach += missing;
  }
  return { ...sums, failures };
}

/** How many trades of a second the last 100 still held when they were asked for; null where they were not. */
async function stillGiven(
  market: SyntheticMarket,
  clock: ManualClock,
  symbol: string,
  open: number,
  drops: Drops,
  lossMs: number,
): Promise<{ readonly count: number; readonly askedMs: number } | null> {
  const asked = drops.requestAfter(symbol, Math.max(lossMs, open));
  if (asked === null) return null;
  const askedMs = asked.timeMs;
  if (clock.nowMs() < asked.timeMs) clock.advanceTo(asked.timeMs);
  const { columns } = await market.getTrades({ symbol, from: open, to: asked.timeMs + 1 });
  const times = columns.time.slice(-MOST_DEALS);
  // of the oldest millisecond some may be cut off
  const oldest = columns.length >= MOST_DEALS ? (times[0] as number) : Number.NEGATIVE_INFINITY;
  return { askedMs, count: times.filter((time) => time > oldest && time < open + SECOND_MS).length };
}

function tradesOnly(columns: CandleColumns): ReadonlyMap<number, string> {
  const rows = new Map<number, string>();
  let i = 0;
  for (const [open, text] of rowTexts(columns)) {
    if (columns.source[i] === TRADES_CODE) rows.set(open, text);
    i += 1;
  }
  return rows;
}

/** Open time, and the candle as text: doubles nearest to exact decimals are equal where those are. */
function* rowTexts(columns: CandleColumns): Generator<readonly [number, string]> {
  const { priceDecimals, volumeDecimals } = columns;
  const price = 10 ** (priceDecimals ?? 0);
  const volume = 10 ** (volumeDecimals ?? 0);
  for (let i = 0; i < columns.length; i += 1) {
    const prices = [columns.open, columns.high, columns.low, columns.close].map((each) => (each[i] as number) / price);
    const all = [...prices, Number(columns.volume[i]) / volume, columns.trades[i]];
    yield [columns.openTime[i] as number, all.join(' ')];
  }
}

/** The last number of a row. */
const countOf = (row: string): number => Number(row.slice(row.lastIndexOf(' ') + 1));
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
