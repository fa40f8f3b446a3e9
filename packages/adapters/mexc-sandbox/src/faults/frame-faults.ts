import { type Random, seededRandom } from '@prate/runtime';

/** What goes wrong with frames that a socket sends; shares of frames from 0 to 1. */
export interface FrameFaults {
  readonly drop?: number | undefined;
  readonly duplicate?: number | undefined;
  /** A frame that is held back until up to `reorderBy` (default 4) later ones have gone. */
  readonly reorder?: number | undefined;
  readonly reorderBy?: number | undefined;
  /** Sent in several fragments of one message. */
  readonly split?: number | undefined;
  /** Instead of being sent it ends the connection with a reset: a client sees 1006. */
  readonly cut?: number | undefined;
  /** Of its chance, each socket drawing for itself. Absent: the sandbox's own, counted up with every fault. */
  readonly seed?: number | undefined;
  /** Channels that it meets, as beginnings: `'push.depth'`. Absent: every push, and no `pong` or `rs.*`. */
  readonly channels?: readonly string[] | undefined;
}

export interface Frame {
  readonly text: string;
  readonly split: boolean;
}

/** The way of one socket's frames through the faults. */
export class FrameLine {
  /** Tells this socket's chance from that of others. */
  readonly #number: number;
  readonly #send: (frame: Frame) => void;
  readonly #cut: () => void;
  #drawn: { readonly faults: SeededFrameFaults; readonly random: Random } | null = null;
  #held: { readonly frame: Frame; after: number }[] = [];

  constructor(number: number, send: (frame: Frame) => void, cut: () => void) {
    this.#number = number;
    this.#send = send;
    this.#cut = cut;
  }

  push(channel: string, text: string, faults: SeededFrameFaults | null): void {
    if (faults === null || !isMet(channel, faults)) {
      this.#go({ text, split: false });
      return;
    }
    if (this.#drawn?.faults !== faults) {
      this.#drawn = { faults, random: seededRandom((faults.seed + Math.imul(this.#number, 0x9e3779b1)) >>> 0) };
    }
    const { random } = this.#drawn;
    if (happens(random, faults.cut)) {
      this.#cut();
      return;
    }
    if (happens(random, faults.drop)) return;
    const frame = { text, split: happens(random, faults.split) };
    if (happens(random, faults.reorder)) {
      this.#held.push({ frame, after: 1 + random.nextInt(0, faults.reorderBy ?? 4) });
      return;
    }
    this.#go(frame);
    if (happens(random, faults.duplicate)) this.#go(frame);
  }

  /** Sends what is held back. */
  flush(): void {
    for (const { frame } of this.#held.splice(0)) this.#send(frame);
  }

  #go(frame: Frame): void {
    this.#send(frame);
    for (const held of this.#held) held.after -= 1;
    const due = this.#held.filter(({ after }) => after <= 0);
    this.#held = this.#held.filter(({ after }) => after > 0);
    for (const held of due) this.#send(held.frame);
  }
}

type SeededFrameFaults = FrameFaults & { readonly seed: number };

const happens = (random: Random, share: number | undefined): boolean =>
  share !== undefined && share > 0 && random.next() < share;

const isMet = (channel: string, { channels }: FrameFaults): boolean =>
  (channels ?? ['push.']).some((beginning) => channel.startsWith(beginning));
