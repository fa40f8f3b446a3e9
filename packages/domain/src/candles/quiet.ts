/** Watched time in which nothing traded. */
export interface QuietStretch {
  readonly from: number;
  readonly to: number;
  /** The price that stood meanwhile and the source of the row that told it; null where no watched time links it to one. */
  readonly price: number | null;
  readonly source: number;
}

/** A price that still stood at the time `end`. */
export interface Anchor {
  readonly end: number;
  readonly price: number;
  readonly source: number;
}

/** Follows rows and watched time in order, and tells which price stood in the quiet between. */
export class QuietLog {
  readonly stretches: QuietStretch[] = [];
  /** Until when a price is known to stand; NaN where none is. */
  #end = Number.NaN;
  #price = 0;
  #source = 0;

  constructor(anchor: Anchor | null) {
    if (anchor !== null) this.row(anchor.end, anchor.price, anchor.source);
  }

  row(end: number, close: number, source: number): void {
    this.#end = end;
    this.#price = close;
    this.#source = source;
  }

  /** Nothing traded in the watched time `[from, to)`. */
  watched(from: number, to: number): void {
    if (from >= to) return;
    // a stretch without watch in between may have moved the price: what stood before it is no longer known
    const stands = this.#end === from;
    const price = stands ? this.#price : null;
    const last = this.stretches.at(-1);
    if (last !== undefined && last.to === from && last.price === price)
      this.stretches[this.stretches.length - 1] = { ...last, to };
    else this.stretches.push({ from, to, price, source: stands ? this.#source : 0 });
    this.#end = stands ? to : Number.NaN;
  }

  anchorAt(end: number): Anchor | null {
    return this.#end === end ? { end, price: this.#price, source: this.#source } : null;
  }
}
