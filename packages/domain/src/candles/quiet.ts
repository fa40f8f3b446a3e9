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
  #anchor: Anchor | null;

  constructor(anchor: Anchor | null) {
    this.#anchor = anchor;
  }

  row(end: number, close: number, source: number): void {
    this.#anchor = { end, price: close, source };
  }

  /** Nothing traded in the watched time `[from, to)`. */
  watched(from: number, to: number): void {
    if (from >= to) return;
    // a stretch without watch in between may have moved the price: what stood before it is no longer known
    const anchor = this.#anchor !== null && this.#anchor.end === from ? this.#anchor : null;
    const price = anchor?.price ?? null;
    const last = this.stretches.at(-1);
    if (last !== undefined && last.to === from && last.price === price)
      this.stretches[this.stretches.length - 1] = { ...last, to };
    else this.stretches.push({ from, to, price, source: anchor?.source ?? 0 });
    this.#anchor = anchor === null ? null : { ...anchor, end: to };
  }

  anchorAt(end: number): Anchor | null {
    return this.#anchor !== null && this.#anchor.end === end ? this.#anchor : null;
  }
}
