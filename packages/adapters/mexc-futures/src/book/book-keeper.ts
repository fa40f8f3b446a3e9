import type { FeedFact, Listener } from '@prate/market-data-port';
import type { Clock, Random } from '@prate/runtime';
import type { WireDepth } from '../wire/depth.ts';
import type { SocketItem } from '../ws/topic.ts';
import { LocalBook } from './local-book.ts';

/**
 * - `book`: as it is now, proven by its versions; to be read during the call, for the next change alters it.
 * - `interrupted`: from `fromMs` on its content is not certain; nothing is shown until the `gap` that ends it.
 */
export type BookItem =
  | FeedFact
  | { readonly kind: 'interrupted'; readonly fromMs: number }
  | { readonly kind: 'book'; readonly book: LocalBook; readonly timeMs: number };

export interface BookKeeperOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly listener: Listener<BookItem>;
  /** What the listener threw while nobody else could hear it; the keeper is closed. */
  readonly onFailure: (error: unknown) => void;
  /** The whole book, asked for with `levels` a side. */
  readonly fetchSnapshot: (signal: AbortSignal) => Promise<WireDepth>;
  /** The latest changes in any order (`depth_commits`), to close a small hole. */
  readonly fetchCommits: (signal: AbortSignal) => Promise<readonly WireDepth[]>;
  /** The server's time as far as it is known; default the clock's. */
  readonly serverTimeMs?: (() => number) | undefined;
  /** Levels a side, default 1,000: the most that MEXC gives. */
  readonly levels?: number | undefined;
  /** How long a fetch may take, default 10 s. */
  readonly fetchTimeoutMs?: number | undefined;
}

/** More waiting changes than this are hours of them: the oldest are let go, and the next snapshot has to be newer. */
const MAX_WAITING = 10_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Keeps one book from the pushes of `depth` and from snapshots, and shows it only while it is proven. Feed it the items of
 * the subscription; it asks for a snapshot itself, at the start, after every loss, on a hole in the versions, on a crossed
 * book, and when a side has worn thin.
 */
export class BookKeeper {
  readonly #options: BookKeeperOptions;
  readonly #serverTimeMs: () => number;
  readonly #levels: number;
  readonly #closing = new AbortController();
  #book: LocalBook;
  #isProven: boolean = false;
  /** The work to prove it again; a new loss makes a new one. */
  #work: AbortController | null = null;
  #waiting: WireDepth[] = [];
  /** The time of the last change that fitted. A heartbeat does not move it: it proves the connection, not the versions. */
  #provenUntilMs: number = 0;
  #uncertainSinceMs: number | null = null;
  /** How often it had to be made anew, the first time not counted. */
  resyncs: number = 0;

  constructor(options: BookKeeperOptions) {
    this.#options = options;
    this.#serverTimeMs = options.serverTimeMs ?? (() => options.clock.nowMs());
    this.#levels = options.levels ?? 1_000;
    this.#book = new LocalBook(this.#levels);
  }

  /** The book while it is proven, else null. */
  get book(): LocalBook | null {
    return this.#isProven ? this.#book : null;
  }

  /** Takes an item of the subscription. */
  take(item: SocketItem<WireDepth>): void {
    if (this.#closing.signal.aborted) return;
    if (item.kind === 'data') {
      this.#change(item.data, item.timeMs);
    } else if (item.kind === 'interrupted') {
      this.#lose(item.fromMs);
      this.#waiting = []; // another connection's changes may follow these with a hole
      this.#work?.abort();
      this.#work = null;
    } else if (item.kind === 'gap') {
      this.#lose(item.fromMs);
      this.#work?.abort(); // what it has asked for may be older than what was lost
      this.#work = null;
      this.#prove();
    } else if (!this.#isProven) {
      this.#prove();
    } else {
      this.#options.listener(item);
    }
  }

  /** May be called twice. */
  close(): void {
    this.#closing.abort();
    this.#work?.abort();
    this.#isProven = false;
  }

  #change(change: WireDepth, timeMs: number): void {
    if (!this.#isProven || this.#work !== null) this.#keep(change);
    if (!this.#isProven) {
      this.#prove();
      return;
    }
    const applied = this.#book.apply(change);
    if (applied === 'old') return;
    if (applied === 'applied') {
      this.#show(timeMs);
      if (this.#book.isThin(this.#levels / 4) && this.#work === null) this.#renew();
      return;
    }
    this.#lose(this.#provenUntilMs);
    this.#work?.abort();
    this.#work = null;
    if (applied === 'gap') this.#waiting = [change];
    else this.#forget();
    this.#prove();
  }

  #keep(change: WireDepth): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.splice(0, MAX_WAITING / 2);
    this.#waiting.push(change);
  }

  /** A crossed book is wrong at a version that looks right: commits cannot mend it. */
  #forget(): void {
    this.#book = new LocalBook(this.#levels);
    this.#waiting = [];
  }

  #show(timeMs: number): void {
    this.#provenUntilMs = Math.max(this.#provenUntilMs, timeMs);
    this.#options.listener({ kind: 'book', book: this.#book, timeMs });
  }

  #lose(fromMs: number): void {
    if (!this.#isProven) {
      if (this.#uncertainSinceMs !== null) this.#uncertainSinceMs = Math.min(this.#uncertainSinceMs, fromMs);
      return;
    }
    this.#isProven = false;
    // a change may have been lost before the connection was, and there is no version after it to show it
    const sinceMs = Math.min(fromMs, this.#provenUntilMs);
    this.#uncertainSinceMs = sinceMs;
    this.#options.listener({ kind: 'interrupted', fromMs: sinceMs });
  }

  #prove(): void {
    if (this.#work !== null) return;
    this.#startWork(async (signal) => {
      if (this.#book.version >= 0) {
        this.resyncs += 1;
        if (await this.#bridge(signal)) return;
      }
      for (let attempt = 0; !signal.aborted; attempt++) {
        const snapshot = await this.#fetch(this.#options.fetchSnapshot, signal);
        if (snapshot !== null) {
          const book = new LocalBook(this.#levels);
          if (book.reset(snapshot, this.#levels) === 'applied' && this.#catchUp(book)) {
            this.#proven(book);
            return;
          }
        }
        await this.#pause(attempt, signal);
      }
    });
  }

  /** Whether the latest commits close the hole behind the book as it was. */
  async #bridge(signal: AbortSignal): Promise<boolean> {
    const commits = await this.#fetch(this.#options.fetchCommits, signal);
    if (commits === null) return false;
    for (const commit of [...commits].sort((a, b) => a.version - b.version)) {
      const applied = this.#book.apply(commit);
      if (applied === 'gap') return false;
      if (applied === 'crossed') {
        this.#book = new LocalBook(this.#levels);
        return false;
      }
    }
    if (!this.#catchUp(this.#book)) return false;
    this.#proven(this.#book);
    return true;
  }

  /** Applies what waits; false where the book does not reach it, and then what waits stays. */
  #catchUp(book: LocalBook): boolean {
    this.#waiting.sort((a, b) => a.begin - b.begin || a.version - b.version);
    for (const [place, change] of this.#waiting.entries()) {
      const applied = book.apply(change);
      if (applied === 'crossed') {
        this.#waiting = [];
        return false;
      }
      if (applied === 'gap') {
        this.#waiting.splice(0, place);
        return false;
      }
    }
    return true;
  }

  #proven(book: LocalBook): void {
    this.#book = book;
    this.#waiting = [];
    this.#work = null;
    this.#isProven = true;
    const nowMs = this.#serverTimeMs();
    const fromMs = this.#uncertainSinceMs;
    this.#uncertainSinceMs = null;
    if (fromMs !== null) this.#options.listener({ kind: 'gap', fromMs, toMs: Math.max(fromMs, nowMs) });
    this.#show(nowMs);
  }

  /** A book that is right but worn thin is replaced by a fresh one of the same version, without a gap. */
  #renew(): void {
    this.#waiting = [];
    this.#startWork(async (signal) => {
      const snapshot = await this.#fetch(this.#options.fetchSnapshot, signal);
      const book = new LocalBook(this.#levels);
      const isUsable = snapshot !== null && book.reset(snapshot, this.#levels) === 'applied' && this.#catchUp(book);
      if (isUsable && book.version === this.#book.version) {
        this.#book = book;
        this.#show(this.#serverTimeMs());
      } else {
        await this.#pause(4, signal); // the book still stands: no hurry
      }
      if (!signal.aborted) this.#waiting = [];
    });
  }

  #startWork(steps: (signal: AbortSignal) => Promise<void>): void {
    const work = new AbortController();
    this.#work = work;
    steps(work.signal).then(
      () => {
        if (this.#work === work) this.#work = null;
      },
      (error: unknown) => {
        this.close();
        this.#options.onFailure(error);
      },
    );
  }

  /** Null for a fetch that failed or took too long. */
  async #fetch<T>(fetch: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | null> {
    const patience = new AbortController();
    const both = AbortSignal.any([signal, patience.signal]);
    const late = this.#options.clock.sleep(this.#options.fetchTimeoutMs ?? 10_000, both).then(() => null);
    try {
      const result = await Promise.race([fetch(both), late]);
      return signal.aborted ? null : result;
    } catch {
      return null; // whatever it was, the answer is to ask again
    } finally {
      late.catch(() => {});
      patience.abort();
    }
  }

  async #pause(attempt: number, signal: AbortSignal): Promise<void> {
    const longestMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);
    await this.#options.clock.sleep(longestMs * (0.5 + this.#options.random.next() / 2), signal).catch(() => {});
  }
}
