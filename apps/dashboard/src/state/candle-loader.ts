import { bucketEnd, bucketOpen, toInterval } from '@prate/domain';
import type { CandlesChange, CandlesState, CandleWindowJson } from '@prate/http-api/wire';
import { type Api, messageOf, type WindowQuery } from '../api/api.ts';
import type { LiveStream } from '../api/live-stream.ts';
import { type Bars, barsOf, merged, NO_BARS, withLive, withNewer, withOlder, withSnapshot } from './bars.ts';
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

/**
 * The candles that the chart shows: a stretch that grows at either end while one scrolls, and by the stream where it
 * reaches now. One window is on the way at a time; whoever asks meanwhile asks in vain, and again when it has come.
 */
export class CandleLoader {
  readonly candles: Store<Candles>;
  readonly #api: Api;
  readonly #stream: LiveStream;
  #ending = new AbortController();
  #unsubscribe: () => void = () => {};
  /** What the stream tells of now, whether or not the stretch reaches it. */
  #latest: CandlesState | null = null;
  #isBusy = false;

  constructor(api: Api, stream: LiveStream) {
    this.#api = api;
    this.#stream = stream;
    const nothing = { symbol: '', interval: '1m', priceDecimals: null, isLoading: true, error: null, stretch: 0 };
    this.candles = new Store<Candles>({ ...NO_BARS, ...nothing });
  }

  /** Another symbol, interval or place: `to` as in View, `count` candles or more. */
  open(symbol: string, interval: string, to: number | null, count: number): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#isBusy = false;
    const known = this.candles.get();
    if (known.symbol !== symbol || known.interval !== interval) this.#listen(symbol, interval);
    const stretch = known.stretch + 1;
    this.candles.set({
      ...{ ...NO_BARS, symbol, interval, priceDecimals: null, isLoading: true, error: null, stretch },
      later: to,
    });
    const width = toInterval(interval);
    const before = to === null ? {} : { before: bucketEnd(width, bucketOpen(width, to)) };
    const last = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, count));
    void this.#load({ last, ...before }, (window) => {
      const later = to === null ? null : window.to;
      this.#patch({ bars: barsOf(window), earlier: window.earlier, later });
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
      void this.#load({ before: earlier, last: count }, (window) => this.#patch(withOlder(this.candles.get(), window)));
    } else if (onTheRight < inSight && later !== null) {
      this.#loadNewer(later, count);
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
    this.#unsubscribe = this.#stream.subscribe<'candles'>(
      { kind: 'candles', symbol, interval },
      {
        onSnapshot: (state) => {
          this.#latest = state;
          this.#join();
        },
        onChange: (change) => this.#take(change),
        onRefused: (_code, message) => this.#patch({ error: `no live candles: ${message}` }),
      },
    );
  }

  #take(change: CandlesChange): void {
    if (this.#latest !== null) {
      const candles = merged(this.#latest.candles, change.candles).slice(-MOST_LATEST);
      this.#latest = { candles, forming: change.forming };
    }
    const held = this.candles.get();
    if (this.#isBusy && held.bars.length === 0) return; // the first window is on its way
    this.#patch(withLive(held, held.interval, change));
  }

  /** Goes on with what the stream tells; what is missing between that and what is held is loaded first. */
  #join(): void {
    const held = this.candles.get();
    const latest = this.#latest;
    if (latest === null || held.later !== null || (this.#isBusy && held.bars.length === 0)) return;
    const last = held.bars.at(-1);
    const first = latest.candles[0] ?? latest.forming;
    const isJoined =
      last === undefined || first === null || first.openTime <= bucketEnd(toInterval(held.interval), last.openTime);
    if (isJoined) {
      this.#patch(withSnapshot(held, latest));
    } else {
      this.#patch({ later: last.openTime });
      this.#loadNewer(last.openTime, LEAST_WINDOW);
    }
  }

  /** The next candles from a time on, up to what the stream tells. */
  #loadNewer(from: number, count: number): void {
    const interval = toInterval(this.candles.get().interval);
    const told = (this.#latest?.candles[0] ?? this.#latest?.forming)?.openTime ?? bucketOpen(interval, Date.now());
    const to = Math.min(told, from + count * (interval.seconds ?? 0) * 1000);
    if (to <= from) {
      this.#patch({ later: null });
      this.#join();
      return;
    }
    void this.#load({ from, to }, (window) => {
      if (window.openTime.length === 0 && to < told) {
        void this.#leap(to, told);
        return;
      }
      this.#patch(withNewer(this.candles.get(), window, to < told ? to : null));
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
      this.#patch({ isLoading: false, error: null, priceDecimals: window.priceDecimals });
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
