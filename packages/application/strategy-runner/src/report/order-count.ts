const MOST_ENDED = 10_000;

/** Counts orders by their ids, each once, and forgets those that ended long ago. */
export class OrderCount {
  readonly #active = new Set<string>();
  readonly #ended = new Set<string>();
  count = 0;

  add(id: string, isActive: boolean): void {
    const isKnown = this.#active.has(id) || this.#ended.has(id);
    if (!isKnown) this.count += 1;
    if (isActive) {
      if (!this.#ended.has(id)) this.#active.add(id);
      return;
    }
    this.#active.delete(id);
    this.#ended.add(id);
    if (this.#ended.size <= MOST_ENDED) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      return;
    }
  }
}
