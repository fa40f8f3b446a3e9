/** A bag that remembers the last so many things put into it, and how often each. */
export class RecentBag {
  readonly #capacity: number;
  readonly #ring: string[] = [];
  readonly #counts = new Map<string, number>();
  #next: number = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.takeOut(oldest);
    this.#ring[this.#next] = key;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#counts.set(key, this.count(key) + 1);
  }

  clear(): void {
    this.#ring.length = 0;
    this.#counts.clear();
    this.#next = 0;
  }

  /** Forgets one of it. */
  takeOut(key: string): void {
    const left = this.count(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}
