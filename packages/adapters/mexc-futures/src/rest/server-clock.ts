import type { Clock, Logger } from '@prate/runtime';

/** Samples for one reading: the median of three shrugs off one slow reply. */
const SAMPLES = 3;
/** How long an offset is good for; a machine's clock drifts by some milliseconds in that time. */
const GOOD_FOR_MS = 300_000;
/** After a reading that failed. */
const RETRY_AFTER_MS = 30_000;

/**
 * The server's time: this machine's monotonic time plus an offset read from `contract/ping`, so that a jump of the wall
 * clock does not matter. Until the first reading, and where none succeeds, it is the wall clock.
 */
export class ServerClock {
  readonly #clock: Clock;
  readonly #ping: () => Promise<number>;
  readonly #logger: Logger;
  /** Server time minus monotonic time. */
  #offsetMs: number | undefined;
  #dueAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  /** @param parts `ping` asks the server for its time in epoch ms */
  constructor(parts: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly ping: () => Promise<number>;
  }) {
    this.#clock = parts.clock;
    this.#ping = parts.ping;
    this.#logger = parts.logger;
  }

  /** Epoch ms of the server, whole. */
  nowMs(): number {
    return this.#offsetMs === undefined ? this.#clock.nowMs() : Math.round(this.#clock.monotonicMs() + this.#offsetMs);
  }

  /** By how much the server is ahead of this machine's wall clock; undefined before the first reading. */
  aheadMs(): number | undefined {
    return this.#offsetMs === undefined ? undefined : this.nowMs() - this.#clock.nowMs();
  }

  /**
   * Reads the offset anew; calls at the same time share one reading.
   *
   * @throws what `ping` throws; the old offset stays
   */
  sync(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Sees to it that there is an offset before something is signed. Only the first reading is waited for; none fails here. */
  async ready(): Promise<void> {
    if (this.#clock.monotonicMs() < this.#dueAtMs) return;
    const reading = this.sync().catch((error: unknown) => {
      this.#dueAtMs = this.#clock.monotonicMs() + RETRY_AFTER_MS;
      this.#logger.warn(
        { error: String(error) },
        "MEXC's time could not be read; requests are signed with the old offset",
      );
    });
    if (this.#offsetMs === undefined) await reading;
  }

  /** Whether `ready` would have anything to do. */
  get isDue(): boolean {
    return this.#clock.monotonicMs() >= this.#dueAtMs;
  }

  async #read(): Promise<void> {
    const offsets: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const from = this.#clock.monotonicMs();
      const serverMs = await this.#ping();
      // the server read its clock half way, as far as one can know
      offsets.push(serverMs - (from + this.#clock.monotonicMs()) / 2);
    }
    offsets.sort((a, b) => a - b);
    this.#offsetMs = offsets[(SAMPLES - 1) / 2];
    this.#dueAtMs = this.#clock.monotonicMs() + GOOD_FOR_MS;
  }
}
