import { bucketOpen, type Interval } from '@prate/domain';
import type { CandlesItem, Subscription } from '@prate/market-data-port';
import type { Clock, Logger } from '@prate/runtime';
import type { LiveCandleFeed, StoredCandles } from '../candle-sources.ts';
import { candleJsons } from '../candles/rows.ts';
import { bucketsBack } from '../candles/window.ts';
import type { CandleJson, RangeJson } from '../wire/market.ts';
import { Topic } from './topic.ts';

/** A topic tells so many closed candles at once. */
const MOST_CANDLES = 200;
/** The forming candle is looked at so often. */
const FORMING_MS = 250;

export interface CandleTopicParts {
  readonly epoch: string;
  readonly venue: string;
  readonly symbol: string;
  readonly interval: Interval;
  readonly stored: StoredCandles;
  readonly live: LiveCandleFeed;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the market, epoch ms: where the feed has told nothing yet. */
  readonly marketTime: () => number;
}

/**
 * The candles of one symbol and interval while they happen. Closed ones are told as the feed tells them; the one that is
 * forming is asked for a few times a second, so a busy market costs no more than a quiet one.
 */
export class CandleTopic {
  readonly topic: Topic<'candles'>;
  readonly #parts: CandleTopicParts;
  /** By open time, in the order of time. */
  #candles = new Map<number, CandleJson>();
  #forming: CandleJson | null = null;
  #subscription: Subscription | null = null;
  #stopLooking: () => void = () => {};
  #isClosed = false;
  /** A failure is logged once, and again after it went well. */
  #isWell = true;

  private constructor(parts: CandleTopicParts) {
    this.#parts = parts;
    this.topic = new Topic(parts.epoch, () => ({ candles: [...this.#candles.values()], forming: this.#forming }));
  }

  /** Hears the feed first and reads the store then, so that nothing falls between. @throws what the store or the feed throws */
  static async open(parts: CandleTopicParts): Promise<CandleTopic> {
    const made = new CandleTopic(parts);
    try {
      await made.#begin();
      return made;
    } catch (error) {
      made.close();
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopLooking();
    this.#subscription?.close();
  }

  async #begin(): Promise<void> {
    const { live, stored, venue, symbol, interval, marketTime } = this.#parts;
    const subscription = live.candles([symbol], interval, (item) => this.#take(item));
    this.#subscription = subscription;
    const end = (): void => {
      if (!this.#isClosed) this.topic.end('FEED_ENDED', 'the candle feed has ended');
      this.close();
    };
    subscription.done.then(end, end);
    await live.flush().catch(() => {}); // a feed that has failed ends its subscriptions too
    const to = bucketOpen(interval, live.stats.to ?? marketTime());
    const from = Math.max(0, bucketsBack(interval, to, MOST_CANDLES));
    const known = candleJsons(await stored.getColumns({ venue, symbol }, from, to, interval));
    // what the feed has told meanwhile is later
    this.#put([...known, ...this.#candles.values()]);
    await this.#look();
    this.#lookAgain();
  }

  #take(item: CandlesItem): void {
    if (item.kind === 'heartbeat') return;
    if (item.kind === 'gap') {
      this.#tell([], { from: item.fromMs, to: item.toMs });
      return;
    }
    const candles = candleJsons(item.candles);
    this.#put(candles);
    const last = candles.at(-1);
    if (this.#forming !== null && last !== undefined && this.#forming.openTime <= last.openTime) this.#forming = null;
    this.#tell(candles, null);
  }

  #tell(candles: readonly CandleJson[], gap: RangeJson | null): void {
    this.topic.change({ candles, forming: this.#forming, gap });
  }

  /** The feed tells in order, but for candles that are told again. */
  #put(candles: readonly CandleJson[]): void {
    let isInOrder = true;
    let last = Math.max(...this.#candles.keys());
    for (const candle of candles) {
      isInOrder &&= candle.openTime >= last || this.#candles.has(candle.openTime);
      last = Math.max(last, candle.openTime);
      this.#candles.set(candle.openTime, candle);
    }
    if (!isInOrder) this.#candles = new Map([...this.#candles].sort(([a], [b]) => a - b));
    for (const openTime of this.#candles.keys()) {
      if (this.#candles.size <= MOST_CANDLES) break;
      this.#candles.delete(openTime);
    }
  }

  #lookAgain(): void {
    if (this.#isClosed) return;
    this.#stopLooking = this.#parts.clock.callAfter(FORMING_MS, () => {
      void this.#look().finally(() => this.#lookAgain());
    });
  }

  /** Tells the forming candle where it is another than before. */
  async #look(): Promise<void> {
    const { live, symbol, interval, logger } = this.#parts;
    try {
      const columns = await live.partial(symbol, interval);
      this.#isWell = true;
      if (this.#isClosed) return;
      const forming = columns === null ? null : (candleJsons(columns)[0] ?? null);
      if (forming === null || this.#candles.has(forming.openTime) || sameCandle(forming, this.#forming)) return;
      const before = this.#forming;
      this.#forming = forming;
      // the one before has not been told as closed: until then it stays as it was seen last
      const left = before !== null && before.openTime < forming.openTime ? [before] : [];
      this.#put(left);
      this.#tell(left, null);
    } catch (error) {
      if (this.#isWell && !this.#isClosed) {
        logger.warn({ symbol, interval: interval.text, error: String(error) }, 'the forming candle cannot be read');
      }
      this.#isWell = false;
    }
  }
}

const sameCandle = (a: CandleJson, b: CandleJson | null): boolean => JSON.stringify(a) === JSON.stringify(b);
