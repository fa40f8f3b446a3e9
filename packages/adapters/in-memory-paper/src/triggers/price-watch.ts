import type { TriggerPriceSource } from '@prate/execution-port';
import { type Alarm, AlarmHeap, type Direction, type Moment } from './alarm-heap.ts';

/** From the open of a candle to one of its ends. */
export interface Way {
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
  readonly range: { readonly low: number; readonly high: number };
  readonly timeMs: number;
  /** Resting orders that a price on this way goes through, nearest first; `next` is 0 where there is none. */
  readonly resting: { next(): number; fillNext(): void };
}

type Heaps = Readonly<Record<TriggerPriceSource, AlarmHeap>>;

const heaps = (): Heaps => ({ LAST: new AlarmHeap(), MARK: new AlarmHeap(), INDEX: new AlarmHeap() });

/** The alarms of one account at one symbol: a price that rings none costs a comparison with the nearest on each side. */
export class PriceWatch {
  readonly #heaps: Readonly<Record<Direction, Heaps>> = { FALLS_TO: heaps(), RISES_TO: heaps() };
  readonly #onSet: () => void;
  #way: Direction | null = null;
  /** What was set, against the way that a candle is being walked, or would not ring on it: it waits for the close. */
  #late: Alarm[] = [];

  /** @param onSet an alarm was set, so what was quiet may not be any more */
  constructor(onSet: () => void) {
    this.#onSet = onSet;
  }

  get isEmpty(): boolean {
    return Object.values(this.#heaps).every((heaps) => Object.values(heaps).every(({ head }) => head === null));
  }

  set(alarm: Alarm): void {
    if (this.#way !== null && this.#way !== alarm.direction) this.#late.push(alarm);
    else this.#add(alarm);
    this.#onSet();
  }

  /** Strictly between the two, no price of these sources rings anything. */
  quiet(sources: readonly TriggerPriceSource[]): { readonly low: number; readonly high: number } {
    return {
      low: this.#heapOf(sources, 'FALLS_TO')?.head?.ticks ?? Number.NEGATIVE_INFINITY,
      high: this.#heapOf(sources, 'RISES_TO')?.head?.ticks ?? Number.POSITIVE_INFINITY,
    };
  }

  /** A price has come: rings what it reaches, falling ones first, nearest first. What is set meanwhile waits for the next. */
  price(sources: readonly TriggerPriceSource[], moment: Moment): void {
    for (const alarm of this.#takeReached(sources, moment.ticks)) this.#ring(alarm, moment);
  }

  /**
   * The way of a candle from its open to one end: alarms ring, and resting orders fill, in the order in which the price comes
   * to them; of two at one price the alarm is first. What is set meanwhile rings too where it lies further on the way.
   */
  walk(sources: readonly TriggerPriceSource[], { direction, from, to, range, timeMs, resting }: Way): void {
    const isBefore = (a: number, b: number): boolean => (direction === 'FALLS_TO' ? a > b : a < b);
    let here = from;
    this.#way = direction;
    for (;;) {
      const heap = this.#heapOf(sources, direction);
      const alarm = heap?.head?.isReachedBy(to) === true ? heap.head : null;
      const order = resting.next();
      if (order !== 0 && isBefore(order, alarm?.ticks ?? to)) {
        if (isBefore(here, order)) here = order;
        resting.fillNext();
        continue;
      }
      if (alarm === null) break;
      heap?.take();
      if (isBefore(here, alarm.ticks)) here = alarm.ticks;
      const rang = alarm.ring({ ticks: here, extreme: to, tradesAt: here, range, timeMs });
      if (!rang) this.#late.push(alarm);
    }
    this.#way = null;
  }

  /** The close of a candle: it surely came from both ends, and from everything on the ways to them, so it rings what is between. */
  close(
    sources: readonly TriggerPriceSource[],
    ticks: number,
    range: { readonly low: number; readonly high: number },
    timeMs: number,
  ): void {
    const late = this.#late;
    this.#late = [];
    for (const alarm of late) if (alarm.isSet) this.#add(alarm);
    if (late.length > 0) this.#onSet();
    for (const alarm of this.#takeReached(sources, ticks)) {
      const tradesAt = Math.min(Math.max(alarm.ticks, range.low), range.high);
      this.#ring(alarm, { ticks, extreme: ticks, tradesAt, range: null, timeMs });
    }
  }

  #takeReached(sources: readonly TriggerPriceSource[], ticks: number): readonly Alarm[] {
    const reached: Alarm[] = [];
    for (const direction of ['FALLS_TO', 'RISES_TO'] as const) {
      for (;;) {
        const heap = this.#heapOf(sources, direction);
        if (heap?.head?.isReachedBy(ticks) !== true) break;
        reached.push(heap.take() as Alarm);
      }
    }
    return reached;
  }

  #ring(alarm: Alarm, moment: Moment): void {
    if (alarm.isSet && !alarm.ring(moment)) this.#add(alarm);
  }

  #add(alarm: Alarm): void {
    this.#heaps[alarm.direction][alarm.source].add(alarm);
  }

  /** The one with what a price comes to first; null where all are empty. */
  #heapOf(sources: readonly TriggerPriceSource[], direction: Direction): AlarmHeap | null {
    let nearest: AlarmHeap | null = null;
    for (const source of sources) {
      const heap = this.#heaps[direction][source];
      if (heap.head === null) continue;
      if (nearest?.head == null || heap.head.isBefore(nearest.head)) nearest = heap;
    }
    return nearest;
  }
}
