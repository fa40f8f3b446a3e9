/** What can rest: linked with its neighbours through itself. */
export interface Resting<Order> {
  readonly ticks: number;
  readonly live: { level: Level<Order> | null; before: Order | null; after: Order | null };
}

/** Orders at one price, oldest first. */
export class Level<Order> {
  readonly ticks: number;
  head: Order | null = null;
  tail: Order | null = null;

  constructor(ticks: number) {
    this.ticks = ticks;
  }
}

/** Below this many levels, empty ones are not worth clearing out. */
const FEW = 64;

/**
 * The resting orders of one account on one side of one symbol: best price first, then oldest. Levels are in a heap; a
 * cancel only unlinks its order, and an empty level goes when it comes to the top or when most are empty.
 */
export class RestingSide<Order extends Resting<Order>> {
  /** Highest first on the buying side. */
  readonly #sign: 1 | -1;
  readonly #levels = new Map<number, Level<Order>>();
  readonly #heap: Level<Order>[] = [];
  #empty = 0;

  constructor(isBuying: boolean) {
    this.#sign = isBuying ? -1 : 1;
  }

  add(order: Order): void {
    let level = this.#levels.get(order.ticks);
    if (level === undefined) {
      level = new Level<Order>(order.ticks);
      this.#levels.set(order.ticks, level);
      this.#push(level);
    } else if (level.head === null) {
      this.#empty -= 1;
    }
    order.live.level = level;
    order.live.before = level.tail;
    if (level.tail === null) level.head = order;
    else level.tail.live.after = order;
    level.tail = order;
  }

  remove(order: Order): void {
    const { live } = order;
    const { level, before, after } = live;
    if (level === null) return;
    if (before === null) level.head = after;
    else before.live.after = after;
    if (after === null) level.tail = before;
    else after.live.before = before;
    live.level = null;
    live.before = null;
    live.after = null;
    if (level.head !== null) return;
    this.#empty += 1;
    if (this.#empty > FEW && this.#empty * 2 > this.#heap.length) this.#compact();
  }

  /** The best level with orders. */
  top(): Level<Order> | null {
    for (;;) {
      const level = this.#heap[0];
      if (level === undefined) return null;
      if (level.head !== null) return level;
      this.#pop();
      this.#levels.delete(level.ticks);
      this.#empty -= 1;
    }
  }

  /** All orders at `ticks` or better, best price first, then oldest. */
  reached(ticks: number): Order[] {
    const found: Order[] = [];
    const levels: Level<Order>[] = [];
    for (let level = this.top(); level !== null; level = this.top()) {
      if ((level.ticks - ticks) * this.#sign > 0) break;
      for (let order = level.head; order !== null; order = order.live.after) found.push(order);
      levels.push(level);
      this.#pop();
    }
    for (const level of levels) this.#push(level);
    return found;
  }

  /** Levels with orders, in no order. */
  *levels(): Generator<Level<Order>> {
    for (const level of this.#heap) if (level.head !== null) yield level;
  }

  #compact(): void {
    const kept = this.#heap.filter((level) => level.head !== null);
    for (const level of this.#heap) if (level.head === null) this.#levels.delete(level.ticks);
    kept.sort((a, b) => (a.ticks - b.ticks) * this.#sign); // a sorted array is a heap
    this.#heap.length = 0;
    for (const level of kept) this.#heap.push(level);
    this.#empty = 0;
  }

  #push(level: Level<Order>): void {
    const heap = this.#heap;
    const key = level.ticks * this.#sign;
    let at = heap.length;
    heap.push(level);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Level<Order>;
      if (above.ticks * this.#sign <= key) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = level;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    const key = last.ticks * this.#sign;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      const first = heap[child];
      if (first === undefined) break;
      const second = heap[child + 1];
      let least = first;
      if (second !== undefined && (second.ticks - first.ticks) * this.#sign < 0) {
        child += 1;
        least = second;
      }
      if (least.ticks * this.#sign >= key) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  }
}
