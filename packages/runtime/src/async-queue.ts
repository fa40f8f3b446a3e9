/** What a full queue does: drop what waits longest, drop what just came, or end the loop with an error. */
export type WhenFull = 'drop-oldest' | 'drop-newest' | 'fail';

/** A consumer was slower than its feed, and its queue was told to fail rather than drop. */
export class QueueFullError extends Error {
  readonly code = 'QUEUE_FULL';
  override readonly name = 'QueueFullError';
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A bounded queue between a synchronous producer and one `for await` loop.
 * It collects from the moment it is made, not from the first `next()`.
 */
export class AsyncQueue<T> implements AsyncIterableIterator<T> {
  readonly #capacity: number;
  readonly #whenFull: WhenFull;
  readonly #onEnd: (() => void) | undefined;
  /** What waits begins at `#first`: taking from the front of a long array one by one would copy it each time. */
  #items: T[] = [];
  #first = 0;
  #waiting: Waiter<T>[] = [];
  #ended: boolean = false;
  #failure: { readonly error: unknown } | null = null;
  #listener: ((item: T) => void) | undefined;
  /** How many items were dropped so far. */
  dropped = 0;

  /**
   * @param options `capacity` is how many items may wait, at least 1; `onEnd` is called once, when the loop or the producer ends it
   * @throws RangeError for a capacity that is no whole number from 1 up
   */
  constructor(options: {
    readonly capacity: number;
    readonly whenFull: WhenFull;
    readonly onEnd?: (() => void) | undefined;
  }) {
    const { capacity, whenFull, onEnd } = options;
    if (capacity !== Number.POSITIVE_INFINITY && !(Number.isInteger(capacity) && capacity >= 1)) {
      throw new RangeError(`the capacity of a queue is a whole number from 1 up, or Infinity; got ${capacity}`);
    }
    this.#capacity = capacity;
    this.#whenFull = whenFull;
    this.#onEnd = onEnd;
  }

  /** Whether the loop or the producer has ended it; what waits may still be read. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Adds an item; after the end it is ignored. */
  push(item: T): void {
    if (this.#ended) return;
    if (this.#listener !== undefined) {
      this.#listener(item);
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: item });
      return;
    }
    if (this.#items.length - this.#first >= this.#capacity) {
      if (this.#whenFull === 'fail') {
        this.fail(new QueueFullError(`more than ${this.#capacity} items wait: the loop is slower than its feed`));
        return;
      }
      this.dropped += 1;
      if (this.#whenFull === 'drop-newest') return;
      this.#take();
    }
    this.#items.push(item);
  }

  /** Ends the loop after what waits was read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const waiter of this.#waiting.splice(0)) waiter.resolve({ done: true, value: undefined });
    this.#onEnd?.();
  }

  /** Ends the loop with an error after what waits was read. */
  fail(error: unknown): void {
    if (this.#ended) return;
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#failure = { error };
    else waiter.reject(error);
    this.end();
  }

  /**
   * Takes the place of the loop: `take` is given what waits, and from then on each item within the `push` that adds it, so
   * that nothing is ever under way. Resolves at the end; rejects with the error of `fail()`. `take` must not throw.
   *
   * @throws TypeError when a loop waits for an item, or there is a listener already
   */
  async listen(take: (item: T) => void): Promise<void> {
    if (this.#listener !== undefined || this.#waiting.length > 0)
      throw new TypeError('this queue is being read already');
    // what `take` pushes meanwhile waits its turn
    while (this.#first < this.#items.length) take(this.#take());
    this.#listener = take;
    await this.next(); // nothing comes this way any more but the end
  }

  /** The next item; rejects once with the error of `fail()`. */
  next(): Promise<IteratorResult<T>> {
    if (this.#first < this.#items.length) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Ends the loop and forgets what waits. */
  return(): Promise<IteratorResult<T>> {
    this.#items = [];
    this.#first = 0;
    this.#failure = null;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const item = this.#items[this.#first] as T;
    this.#first += 1;
    if (this.#first * 2 > this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }
}
