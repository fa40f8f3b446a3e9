import { bucketEnd, bucketOpen, type Interval, toInterval } from '@prate/domain';
import type { CandleJson, CandlesChange, CandlesState, CandleWindowJson } from '@prate/http-api/wire';
import { type Api, messageOf, type WindowQuery } from '../api/api.ts';
import type { LiveStream } from '../api/live-stream.ts';
import {
  type Bars,
  barsOf,
  decimalsOf,
  formingBar,
  heldWhile,
  MOST_GAPS,
  MOST_HELD,
  merged,
  NO_BARS,
  withLive,
  withNewer,
  withOlder,
  withSnapshot,
} from './bars.ts';
import { Store } from './store.ts';

export interface Candles extends Bars {
  readonly symbol: string;
  readonly interval: string;
  readonly priceDecimals: number | null;
  readonly isLoading: boolean;
  /** Of the last attempt, for people; null when it went well. */
  readonly error: string | null;
  /** Another number whenever the stretch is another one: what was in sight means nothing then. */
  readonly stretch: number;
}

/** Windows have so many candles at least, and at most. */
const LEAST_WINDOW = 1000;
const MOST_WINDOW = 20_000;
/** The stream's own snapshots reach back so far. */
const MOST_LATEST = 200;
const MOST_MISSED = 500;

/**
 * The candles that the chart shows: a stretch that grows at either end while one scrolls, and by the stream where it
 * reaches now. One window is on the way at a time; whoever asks meanwhile asks in vain, and again when it has come.
 */
export class CandleLoader {
  readonly candles: Store<Candles>;
  readonly #api: Api;
  readonly #stream: LiveStream;
  readonly #marketTime: () => number | null;
  #ending = new AbortController();
  #unsubscribe: () => void = () => {};
  /** What the stream told of now, as of its snapshot or later; only what traded. */
  #latest: CandlesState | null = null;
  /** What it told since then and is not in the stretch. */
  #missed: CandlesChange[] = [];
  /** Whether the stretch has what the stream told, so that the next change can be put on it. */
  #isJoined = false;
  /** Up to here the store was read: what is missing before is a gap. */
  #readTo = 0;
  #isBusy = false;

  /** @param marketTime epoch ms, null where it is not known yet */
  constructor(api: Api, stream: LiveStream, marketTime: () => number | null) {
    this.#api = api;
    this.#stream = stream;
    this.#marketTime = marketTime;
    const nothing = { symbol: '', interval: '1m', priceDecimals: null, isLoading: true, error: null, stretch: 0 };
    this.candles = new Store<Candles>({ ...NO_BARS, ...nothing });
  }

  /** Another symbol, interval or place: `to` as in View, `count` candles or more. */
  open(symbol: string, interval: string, to: number | null, count: number): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#isBusy = false;
    this.#isJoined = false;
    this.#readTo = 0;
    const known = this.candles.get();
    if (known.symbol !== symbol || known.interval !== interval) this.#listen(symbol, interval);
    const stretch = known.stretch + 1;
    const priceDecimals = known.symbol === symbol ? known.priceDecimals : null;
    this.candles.set({
      ...{ ...NO_BARS, symbol, interval, priceDecimals, isLoading: true, error: null, stretch },
      later: to,
    });
    const width = toInterval(interval);
    const before = to === null ? {} : { before: bucketEnd(width, bucketOpen(width, to)) };
    const last = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, count));
    void this.#load({ last, ...before }, (window) => {
      const later = to === null ? null : window.to;
      this.#patch({ bars: barsOf(window), earlier: window.earlier, later, gaps: window.gaps.slice(-MOST_GAPS) });
      this.#join();
    });
  }

  /** Told by the chart: how many bars lie in sight, and how many are held out of sight on either side. */
  look(inSight: number, onTheLeft: number, onTheRight: number): void {
    const { earlier, later, bars } = this.candles.get();
    if (bars.length === 0 || this.#isBusy) return;
    // a screen is loaded before it is wanted
    const count = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, Math.ceil(inSight)));
    if (onTheLeft < inSight && earlier !== null) {
      void this.#load({ before: earlier, last: count }, (window) =>
        this.#patch(withOlder(this.candles.get(), window, heldWhile(inSight))),
      );
    } else if (onTheRight < inSight && later !== null) {
      this.#loadNewer(later, count, heldWhile(inSight));
    }
  }

  /** After the server was away: what failed is asked for again. */
  retry(): void {
    const { symbol, interval, later, bars, error } = this.candles.get();
    if (symbol === '' || error === null) return;
    if (bars.length === 0) this.open(symbol, interval, later, LEAST_WINDOW);
    else this.#patch({ error: null });
  }

  #listen(symbol: string, interval: string): void {
    this.#unsubscribe();
    this.#latest = null;
    this.#missed = [];
    this.#unsubscribe = this.#stream.subscribe<'candles'>(
      { kind: 'candles', symbol, interval },
      {
        onSnapshot: (state) => {
          this.#latest = this.#told(state);
          this.#missed = [];
          this.#isJoined = false;
          this.#join();
        },
        onChange: (change) => this.#take(this.#told(change)),
        onRefused: (_code, message) => this.#patch({ error: `no live candles: ${message}` }),
      },
    );
  }

  /** What the stream told, with what the page knows of the candle that is not over. Prices may have more decimals than before. */
  #told<T extends { readonly candles: readonly CandleJson[]; readonly forming: CandleJson | null }>(message: T): T {
    const { candles, forming } = message;
    this.#knowDecimals(decimalsOf(forming === null ? candles : [...candles, forming]));
    if (forming === null) return message;
    return { ...message, forming: formingBar(forming, this.candles.get().interval, this.#marketTime()) };
  }

  #knowDecimals(decimals: number): void {
    const known = this.candles.get().priceDecimals;
    if (known === null || decimals > known) this.#patch({ priceDecimals: decimals });
  }

  #take(change: CandlesChange): void {
    const held = this.candles.get();
    if (this.#isJoined && held.later === null) {
      this.#patch(withLive(held, held.interval, change));
    } else {
      this.#missed.push(change);
      if (this.#missed.length > MOST_MISSED) this.#fold();
    }
  }

  /** What was missed goes into what is known of now: the store has it by the time that it is read. */
  #fold(): void {
    if (this.#latest !== null) this.#latest = this.#missed.reduce(latestAfter, this.#latest);
    this.#missed = [];
    this.#isJoined = false;
  }

  /**
   * Goes on with what the stream tells. It tells what traded and, from its snapshot on, gaps; of the time before the
   * snapshot only the store knows what was watched. So what the stretch lacks up to there is read first.
   */
  #join(): void {
    const held = this.candles.get();
    const latest = this.#latest;
    if (latest === null || held.later !== null || (this.#isBusy && held.bars.length === 0)) return;
    const interval = toInterval(held.interval);
    const last = held.bars.at(-1);
    const end = endOf(latest, interval);
    const known = Math.max(this.#readTo, last === undefined ? 0 : bucketEnd(interval, last.openTime));
    if (end === null || end <= known) {
      let joined = withSnapshot(held, latest);
      for (const change of this.#missed) joined = withLive(joined, held.interval, change);
      this.#missed = [];
      this.#isJoined = true;
      this.#patch(joined);
    } else {
      const from = last?.openTime ?? latest.candles[0]?.openTime ?? end;
      this.#patch({ later: from });
      this.#loadNewer(from, LEAST_WINDOW);
    }
  }

  /** The next candles from a time on, up to what the stream tells. */
  #loadNewer(from: number, count: number, most = MOST_HELD): void {
    if (this.#isBusy) return;
    this.#fold();
    const interval = toInterval(this.candles.get().interval);
    const told = (this.#latest === null ? null : endOf(this.#latest, interval)) ?? bucketOpen(interval, Date.now());
    const to = Math.min(told, from + count * (interval.seconds ?? 0) * 1000);
    if (to <= from) {
      this.#readTo = told;
      this.#patch({ later: null });
      this.#join();
      return;
    }
    void this.#load({ from, to }, (window) => {
      if (window.openTime.length === 0 && to < told) {
        void this.#leap(to, told);
        return;
      }
      this.#readTo = to;
      this.#patch(withNewer(this.candles.get(), window, to < told ? to : null, most));
      this.#join();
    });
  }

  /** Over a stretch of which nothing is known, to where something is. */
  async #leap(from: number, to: number): Promise<void> {
    const { signal } = this.#ending;
    const { symbol, interval } = this.candles.get();
    try {
      const { steps } = await this.#api.coverage(symbol, from, to, signal);
      const next = Math.min(to, ...steps.flatMap(({ observed }) => observed[0]?.from ?? []));
      if (!signal.aborted) this.#patch({ later: bucketOpen(toInterval(interval), next) });
    } catch (error) {
      if (!signal.aborted) this.#patch({ error: messageOf(error) });
    }
  }

  async #load(
    where: Omit<WindowQuery, 'symbol' | 'interval'>,
    take: (window: CandleWindowJson) => void,
  ): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { signal } = this.#ending;
    const { symbol, interval } = this.candles.get();
    this.#patch({ isLoading: true });
    const start = performance.now();
    try {
      const window = await this.#api.candles({ symbol, interval, ...where }, signal);
      if (signal.aborted) return;
      this.#isBusy = false;
      this.#patch({ isLoading: false, error: null });
      if (window.openTime.length > 0 && window.priceDecimals !== null) this.#knowDecimals(window.priceDecimals);
      take(window);
      const detail = { rows: window.openTime.length };
      requestAnimationFrame(() => performance.measure('prate:window', { start, detail })); // the chart's own frame was before
    } catch (error) {
      if (signal.aborted) return;
      this.#isBusy = false;
      this.#patch({ isLoading: false, error: messageOf(error) });
    }
  }

  #patch(change: Partial<Candles>): void {
    this.candles.set({ ...this.candles.get(), ...change });
  }
}

/** Where what the stream told of closed candles ends; null where it told nothing. */
function endOf({ candles, forming }: CandlesState, interval: Interval): number | null {
  const last = candles.at(-1);
  return forming?.openTime ?? (last === undefined ? null : bucketEnd(interval, last.openTime));
}

const latestAfter = ({ candles }: CandlesState, change: CandlesChange): CandlesState => ({
  candles: merged(candles, change.candles).slice(-MOST_LATEST),
  forming: change.forming,
});
