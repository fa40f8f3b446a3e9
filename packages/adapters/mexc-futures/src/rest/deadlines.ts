import type { Alarm, Clock } from '@prate/runtime';

/** What ends by itself, or else by its time-out. */
export interface Timed {
  /** By `monotonicMs`. */
  readonly dueMs: number;
  readonly isOver: boolean;
  /** Its time has come: it is over then. */
  timeOut(): void;
}

/** Time-outs of one length on one alarm: they come due in the order in which they began. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  /** Oldest first. One that is over stays while an older one is not. */
  readonly #waiting: Timed[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#alarm = clock.alarm(() => this.#ring());
  }

  /** @param one due no earlier than those before it */
  begin(one: Timed): void {
    this.#waiting.push(one);
    if (this.#waiting.length === 1) this.#alarm.set(one.dueMs);
  }

  /** One of them is over. */
  ended(): void {
    const waiting = this.#waiting;
    while (waiting[0]?.isOver) waiting.shift();
    if (waiting.length === 0) this.#alarm.clear();
  }

  #ring(): void {
    const waiting = this.#waiting;
    const now = this.#clock.monotonicMs();
    for (const one of waiting.filter(({ dueMs }) => dueMs <= now)) if (!one.isOver) one.timeOut();
    this.ended();
    if (waiting[0] !== undefined) this.#alarm.set(waiting[0].dueMs);
  }
}
