import { AsyncQueue } from '@prate/runtime';

/**
 * In-process, an event that an ExecutionPort has told travels through a few promises until its loop sees it, and so does
 * what a call came to. So many turns of the microtask queue without an arrival mean that none is under way: a plain
 * AsyncQueue takes 3, and every async generator around it about 3 more.
 */
const QUIET_TURNS = 16;

/** Knows whether something of the account may be under way: an event, or what a call of the strategy came to. */
export class Quiet {
  /** Counts the account's events, so that one can wait until none comes. */
  #arrivals = 0;
  /** Whether the account's events come in the moment in which they are told, so that none is ever under way. */
  #toldAtOnce = false;
  /** Whether the strategy has used its account or its history since things were last quiet. */
  #used = false;

  get mayBeUnderWay(): boolean {
    return this.#used || !this.#toldAtOnce;
  }

  /** How the account's events come. */
  follows(events: AsyncIterable<unknown>): void {
    this.#toldAtOnce = events instanceof AsyncQueue;
  }

  arrive(): void {
    this.#arrivals += 1;
  }

  /**
   * @param method of the account, null where the history is asked. A loop of the strategy's own over the account's events, too,
   *   must get its turns between market events.
   */
  use(method: PropertyKey | null): void {
    this.#used = true;
    if (method === 'events') this.#toldAtOnce = false;
  }

  /** Until nothing is under way: none of the account's events, and nothing that a callback did not wait for. */
  async settle(): Promise<void> {
    let seen = this.#arrivals;
    this.#used = false;
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
      await Promise.resolve();
      if (this.#arrivals === seen && !this.#used) continue;
      seen = this.#arrivals;
      this.#used = false;
      turn = 0;
    }
  }
}
