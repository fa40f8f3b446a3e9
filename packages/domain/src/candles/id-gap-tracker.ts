import { normalizeRanges, subtractRanges, type TimeRange } from '../time-range.ts';

/** Trades are missing between two that follow each other. */
export interface IdJump {
  /** From the second of the trade before the jump to the end of the second of the trade after it. */
  readonly range: TimeRange;
  /** The time of the trade after it, epoch ms. */
  readonly atMs: number;
}

const INTEGER = /^\d{1,40}$/;
const secondOf = (timeMs: number): number => Math.floor(timeMs / 1000) * 1000;

/**
 * Finds out which seconds a file or a history of trades watched: from the second of its first to the second of its last trade, except
 * that an id that is more than one above the highest before it says that trades are missing, which makes every second from
 * the trade before it to the trade after it unobserved. An id at or below the highest, or one that is no whole number,
 * tells nothing.
 */
export class IdGapTracker {
  readonly #idsCount: boolean;
  readonly #jumps: IdJump[] = [];
  #highest: bigint | null = null;
  #lastMs: number | null = null;
  #firstKeptMs: number | null = null;
  #lastKeptMs: number | null = null;

  /** @param idsCount false where ids have no order, so that no jump means anything */
  constructor(idsCount = true) {
    this.#idsCount = idsCount;
  }

  /**
   * Takes the rows in their order.
   * @param timeMs null where the row's time cannot be trusted: then it is the time of the row before it
   * @param kept false for a row that is no trade of the market: its id was seen all the same
   */
  see(timeMs: number | null, id: string, kept: boolean): void {
    const time = timeMs ?? this.#lastMs;
    if (time === null) return;
    if (this.#idsCount) this.#compare(id, time);
    this.#lastMs = time;
    if (!kept) return;
    this.#firstKeptMs ??= time;
    this.#lastKeptMs = time;
  }

  #compare(id: string, time: number): void {
    if (!INTEGER.test(id)) {
      this.#highest = null;
      return;
    }
    const number = BigInt(id);
    if (this.#highest !== null && this.#lastMs !== null && number > this.#highest + 1n) {
      this.#jumps.push({ range: { from: secondOf(this.#lastMs), to: secondOf(time) + 1000 }, atMs: time });
    }
    if (this.#highest === null || number > this.#highest) this.#highest = number;
  }

  get jumps(): readonly IdJump[] {
    return this.#jumps;
  }

  /** Watched time so far, in whole seconds: ascending, without overlaps. */
  observed(): TimeRange[] {
    if (this.#firstKeptMs === null || this.#lastKeptMs === null) return [];
    const whole = { from: secondOf(this.#firstKeptMs), to: secondOf(this.#lastKeptMs) + 1000 };
    return subtractRanges([whole], normalizeRanges(this.#jumps.map(({ range }) => range)));
  }
}
