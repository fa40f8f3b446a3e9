import type { Sample } from './probe.ts';

/** One minute of a run. */
export interface Minute {
  /** Since the session began, 1 for the first. */
  readonly minute: number;
  readonly session: Sample;
  readonly idle: Sample;
  /** Cores that the sandbox took. */
  readonly sandboxCpu: number;
  readonly page: {
    readonly answers: number;
    readonly slowestMs: number;
    readonly messages: number;
    readonly orders: number;
  };
}

const COLUMNS: readonly (readonly [head: string, of: (minute: Minute) => string])[] = [
  ['minute', ({ minute }) => String(minute)],
  ['delay p50', ({ session }) => session.delayMs.p50.toFixed(1)],
  ['p99', ({ session }) => session.delayMs.p99.toFixed(1)],
  ['max', ({ session }) => session.delayMs.max.toFixed(0)],
  ['idle p50', ({ idle }) => idle.delayMs.p50.toFixed(1)],
  ['p99', ({ idle }) => idle.delayMs.p99.toFixed(1)],
  ['max', ({ idle }) => idle.delayMs.max.toFixed(0)],
  ['p99 ratio', (minute) => ratioOf(minute).toFixed(2)],
  ['heap MB', ({ session }) => megabytes(session.heap)],
  ['RSS MB', ({ session }) => megabytes(session.rss)],
  ['cores', ({ session }) => session.cpu.toFixed(2)],
  ['sandbox', ({ sandboxCpu }) => sandboxCpu.toFixed(2)],
  ['order changes', ({ page }) => String(page.orders)],
  ['HTTP max ms', ({ page }) => page.slowestMs.toFixed(0)],
];

export const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const ratioOf = ({ session, idle }: Minute): number => session.delayMs.p99 / idle.delayMs.p99;

export const HEADS: readonly string[] = COLUMNS.map(([head]) => head);
export const cellsOf = (minute: Minute): readonly string[] => COLUMNS.map(([, of]) => of(minute));

export const plainRow = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padStart(Math.max((HEADS[i] as string).length, 6))).join('  ');

/** The median over minutes of the session's p99 and of the idle process's, and how often the first is the second. */
export function delays(minutes: readonly Minute[]): { session: number; idle: number; ratio: number } {
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const session = median(minutes.map((one) => one.session.delayMs.p99));
  const idle = median(minutes.map((one) => one.idle.delayMs.p99));
  return { session, idle, ratio: session / idle };
}

/** Short runs cannot wait for what fills in the first minutes. */
const SETTLED = { fromMinute: 10, within: 0.05 };
const SHORT = { shorterThan: 12, fromMinute: 2, within: 0.15 };

/** How much the largest heap after `fromMinute` lies above the one at it, and how much it may. */
export function heapGrowth(minutes: readonly Minute[]): {
  fromMinute: number;
  share: number;
  within: number;
  isJudged: boolean;
} {
  const { fromMinute, within } = minutes.length < SHORT.shorterThan ? SHORT : SETTLED;
  const heaps = minutes.filter(({ minute }) => minute >= fromMinute).map(({ session }) => session.heap);
  const first = heaps[0] ?? 1;
  return { fromMinute, within, isJudged: heaps.length > 1, share: Math.max(first, ...heaps) / first - 1 };
}
