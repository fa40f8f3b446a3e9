import type { TriggerPriceSource } from '@prate/execution-port';

export type Direction = 'RISES_TO' | 'FALLS_TO';

/** The price that rang something, in ticks, and what that means for an order that is sent now. */
export interface Moment {
  readonly ticks: number;
  /** How far the price surely goes: no further, but on a candle's way to its high or low that end. */
  readonly extreme: number;
  /** On candles: where an order that is sent now trades at once. Null: it meets the market as any other. */
  readonly tradesAt: number | null;
  /** The ends of the candle whose range is being walked; null elsewhere. */
  readonly range: { readonly low: number; readonly high: number } | null;
  readonly timeMs: number;
}

/** Waits for one price. */
export class Alarm {
  readonly source: TriggerPriceSource;
  readonly direction: Direction;
  readonly ticks: number;
  /** Of its trigger: of two at one price the older is first. */
  readonly id: number;
  /** Gives false where it is not to happen now: then it goes on waiting. */
  readonly ring: (moment: Moment) => boolean;
  isSet = true;
  /** Where it waits; null while it rings, or is kept for later. */
  heap: AlarmHeap | null = null;

  constructor(fields: Pick<Alarm, 'source' | 'direction' | 'ticks' | 'id' | 'ring'>) {
    this.source = fields.source;
    this.direction = fields.direction;
    this.ticks = fields.ticks;
    this.id = fields.id;
    this.ring = fields.ring;
  }

  isReachedBy(ticks: number): boolean {
    return this.direction === 'RISES_TO' ? ticks >= this.ticks : ticks <= this.ticks;
  }

  unset(): void {
    if (!this.isSet) return;
    this.isSet = false;
    this.heap?.forget();
  }

  /** Whether a price comes to it before it comes to another of its direction. */
  isBefore(other: Alarm): boolean {
    if (this.ticks === other.ticks) return this.id < other.id;
    return this.ticks < other.ticks === (this.direction === 'RISES_TO');
  }
}

/** Below this many alarms, those that are unset are not worth clearing out. */
const FEW = 32;

/** Alarms of one direction, what a price comes to first at the head. An unset one goes when it is the head, or most are unset. */
export class AlarmHeap {
  #heap: Alarm[] = [];
  #unset = 0;

  get head(): Alarm | null {
    for (;;) {
      const [top] = this.#heap;
      if (top === undefined || top.isSet) return top ?? null;
      this.#unset -= 1;
      this.#drop();
    }
  }

  add(alarm: Alarm): void {
    alarm.heap = this;
    const heap = this.#heap;
    let at = heap.push(alarm) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Alarm;
      if (!alarm.isBefore(above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = alarm;
  }

  /** The head, which goes. */
  take(): Alarm | null {
    const { head } = this;
    if (head === null) return null;
    head.heap = null;
    this.#drop();
    return head;
  }

  /** One of them was unset. */
  forget(): void {
    this.#unset += 1;
    if (this.#heap.length < FEW || this.#unset * 2 < this.#heap.length) return;
    const set = this.#heap.filter(({ isSet }) => isSet);
    this.#heap = [];
    this.#unset = 0;
    for (const alarm of set) this.add(alarm);
  }

  #drop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Alarm).isBefore(heap[child] as Alarm)) child += 1;
      const below = heap[child] as Alarm;
      if (!below.isBefore(last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
