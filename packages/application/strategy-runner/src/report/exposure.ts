/** How much was at stake; plain numbers. */
export interface ExposureFigures {
  /** The share of the run's time in which a position was open; null before the first candle. */
  readonly time: number | null;
  /** The positions' value ÷ the equity, of the closes at which a position was open: their mean, and the greatest. */
  readonly average: number | null;
  readonly greatest: number | null;
}

/** Adds up time with a position, and what the positions were worth beside the equity. */
export class Exposure {
  #openSince: number | null = null;
  #openMs = 0;
  #sum = 0;
  #count = 0;
  #greatest = 0;

  /** Whether a position is open from here on; times before the last count as the last. */
  turn(time: number, isOpen: boolean): void {
    if (isOpen) this.#openSince ??= time;
    else if (this.#openSince !== null) {
      this.#openMs += Math.max(0, time - this.#openSince);
      this.#openSince = null;
    }
  }

  /** At one close. @param share the positions' value ÷ the equity */
  sample(share: number): void {
    if (!isShare(share)) return;
    this.#sum += share;
    this.#count += 1;
    if (share > this.#greatest) this.#greatest = share;
  }

  /** Of the time `[from, to]`. @param share of the close at hand, which was not sampled yet */
  figures(from: number | null, to: number, share: number): ExposureFigures {
    const hasTime = from !== null && to > from;
    const openMs = this.#openMs + (hasTime && this.#openSince !== null ? Math.max(0, to - this.#openSince) : 0);
    const [sum, count] = isShare(share) ? [this.#sum + share, this.#count + 1] : [this.#sum, this.#count];
    return {
      time: hasTime ? Math.min(1, openMs / (to - from)) : null,
      average: count === 0 ? null : sum / count,
      greatest: count === 0 ? null : Math.max(this.#greatest, isShare(share) ? share : 0),
    };
  }
}

/** Without a position there is none, and without equity above 0 it has no meaning. */
const isShare = (share: number): boolean => share > 0 && share < Number.POSITIVE_INFINITY;
