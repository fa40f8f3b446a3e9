import { delays, heapGrowth, megabytes } from './minutes.ts';
import type { SoakOptions } from './options.ts';
import type { Run } from './run.ts';

export interface Check {
  readonly passed: boolean;
  readonly text: string;
}

const END_WITHIN_MS = 3000;
/** The event loop's delay beside the idle process's; on a machine where tests of others run, a short run is not judged by it. */
const DELAY_RATIO = 2;
const SHORT_MINUTES = 12;
const SHORT_DELAY_RATIO = 10;

const number = (value: number): string => value.toLocaleString('en');

/** Everything that a run has to show. */
export function checksOf(run: Run, options: SoakOptions): { readonly run: Run; readonly all: readonly Check[] } {
  const { truth, minutes, ended, document, pageProblems, drops } = run;
  const heap = heapGrowth(minutes);
  const { session, idle, ratio } = delays(minutes);
  const most = options.minutes < SHORT_MINUTES ? SHORT_DELAY_RATIO : DELAY_RATIO;
  const asked = options.minutes < SHORT_MINUTES ? `${most}; in a run of 12 minutes and more ${DELAY_RATIO}` : most;
  const last = minutes.slice(-Math.ceil(minutes.length / 3));
  const first = minutes[heap.fromMinute - 1] ?? minutes[0];
  const verified = !truth.failures.some((failure) => failure.startsWith('the store is damaged'));
  const wanted = options.rate * options.minutes * 60;
  const all: Check[] = [
    {
      passed: truth.failures.length === 0,
      text: `no trade is lost that could still be had, none counts twice: ${number(truth.trades)} trades in ${number(truth.watched)} watched seconds of all symbols (${number(truth.compared)} with trades), each candle exactly the market's`,
    },
    {
      passed: truth.trades > wanted / 2,
      text: `the load was there: ${number(Math.round(truth.trades / (options.minutes * 60)))} trades a second of ${number(options.rate)}`,
    },
    {
      passed: drops >= 1 && truth.watched > 0 && truth.unwatched < truth.watched,
      text: `${drops} times all connections were cut: ${number(truth.unwatched)} seconds were told as not watched, in all of them ${number(truth.beyondReach)} trades that neither sockets nor REST's last 100 could give`,
    },
    {
      passed: heap.share <= heap.within,
      text: heap.isJudged
        ? `heap after a forced collection: at most ${(100 * heap.share).toFixed(1)} % above the ${megabytes(first?.session.heap ?? 0)} MB of minute ${heap.fromMinute} (asked: ${100 * heap.within} %)`
        : `heap after a forced collection: ${megabytes(first?.session.heap ?? 0)} MB in minute ${heap.fromMinute}, too early to tell of growth`,
    },
    {
      passed: ratio <= most,
      text: `event loop delay, p99, median of the minutes: ${session.toFixed(1)} ms, idle process ${idle.toFixed(1)} ms, ${ratio.toFixed(2)} times (asked: ${asked})`,
    },
    {
      passed: last.every(({ page }) => page.orders > 0),
      text: `orders flow to the end: ${number(Number(document['orders'] ?? 0))} orders, ${number(Number(document['fills'] ?? 0))} fills`,
    },
    {
      passed: pageProblems.length === 0 && minutes.every(({ page }) => page.answers > 0 && page.messages > 0),
      text: `the page was served: ${number(minutes.reduce((sum, { page }) => sum + page.answers, 0))} answers, ${number(minutes.reduce((sum, { page }) => sum + page.messages, 0))} messages of streams`,
    },
    {
      passed: ended.code === 0 && ended.tookMs <= END_WITHIN_MS,
      text: `SIGINT ends the session with ${ended.code ?? ended.signal} after ${(ended.tookMs / 1000).toFixed(2)} s (asked: 0, within ${END_WITHIN_MS / 1000} s)`,
    },
    {
      passed: verified,
      text: `the store is sound: ${number(truth.verified.rows)} rows in ${number(truth.verified.blocks)} blocks`,
    },
  ];
  return { run, all };
}
