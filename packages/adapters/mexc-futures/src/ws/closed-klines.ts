import { decimal } from '@prate/domain';
import type { Listener } from '@prate/market-data-port';
import type { WireKline } from '../wire/market.ts';
import type { SocketItem } from './topic.ts';

export interface ClosedKlinesOptions {
  /** The length of a bar; null for months, which are over when the next one is pushed. */
  readonly intervalMs: number | null;
  /** How long after its end a bar may still be pushed, default 2 s. */
  readonly graceMs?: number | undefined;
  readonly listener: Listener<SocketItem<readonly WireKline[]>>;
}

/**
 * Bars that are over, each once, from pushes of bars that grow. MEXC flags no end: a bar is over when a later one is pushed,
 * or when the feed has told everything up to its end and a little more. A bar that a loss has touched is told only if it was
 * pushed again after the loss; else the gap reaches back to its open, so that a repair fetches it whole.
 */
export class ClosedKlines {
  readonly #options: ClosedKlinesOptions;
  readonly #graceMs: number;
  #bar: WireKline | null = null;
  /** A loss came after its last push. */
  #isDoubtful: boolean = false;
  #lastOver: number = Number.NEGATIVE_INFINITY;

  constructor(options: ClosedKlinesOptions) {
    this.#options = options;
    this.#graceMs = options.graceMs ?? 2_000;
  }

  take(item: SocketItem<WireKline>): void {
    const { listener } = this.#options;
    if (item.kind === 'data') {
      this.#push(item.data, item.timeMs);
      return;
    }
    if (item.kind === 'gap') {
      this.#isDoubtful = true;
      const bar = this.#bar;
      const isOver = bar !== null && this.#endOf(bar) <= item.toMs;
      listener(isOver ? { ...item, fromMs: Math.min(item.fromMs, bar.openSeconds * 1_000) } : item);
      if (isOver) this.#forget(bar);
      return;
    }
    if (item.kind === 'interrupted') this.#isDoubtful = true;
    else this.#closeBefore(item.timeMs);
    listener(item);
  }

  #push(kline: WireKline, timeMs: number): void {
    const bar = this.#bar;
    if (kline.openSeconds <= this.#lastOver) return;
    if (bar !== null && kline.openSeconds < bar.openSeconds) return;
    if (bar?.openSeconds === kline.openSeconds) {
      // volume only grows: a push with less of it is an older one
      if (decimal(kline.vol).lt(bar.vol)) return;
    } else if (bar !== null) {
      this.#close(bar, timeMs);
    }
    this.#bar = kline;
    this.#isDoubtful = false;
  }

  #closeBefore(timeMs: number): void {
    const bar = this.#bar;
    if (bar !== null && this.#endOf(bar) + this.#graceMs <= timeMs) this.#close(bar, timeMs);
  }

  #close(bar: WireKline, timeMs: number): void {
    const isDoubtful = this.#isDoubtful;
    this.#forget(bar);
    const fromMs = bar.openSeconds * 1_000;
    if (isDoubtful) this.#options.listener({ kind: 'gap', fromMs, toMs: Math.min(this.#endOf(bar), timeMs) });
    else this.#options.listener({ kind: 'data', data: [bar], timeMs });
  }

  #forget(bar: WireKline): void {
    this.#lastOver = bar.openSeconds;
    this.#bar = null;
  }

  #endOf(bar: WireKline): number {
    const { intervalMs } = this.#options;
    return intervalMs === null ? Number.POSITIVE_INFINITY : bar.openSeconds * 1_000 + intervalMs;
  }
}
