import type { Random } from '@prate/runtime';

/** What goes wrong with frames that a socket sends; shares of frames from 0 to 1, drawn from the sandbox's Random. */
export interface FrameFaults {
  readonly drop?: number | undefined;
  readonly duplicate?: number | undefined;
  /** A frame that is held back until up to `reorderBy` (default 4) later ones have gone. */
  readonly reorder?: number | undefined;
  readonly reorderBy?: number | undefined;
  /** Sent in several fragments of one message. */
  readonly split?: number | undefined;
  /** Channels that it meets, as beginnings: `'push.depth'`. Absent: every push, and no `pong` or `rs.*`. */
  readonly channels?: readonly string[] | undefined;
}

export interface Frame {
  readonly text: string;
  readonly split: boolean;
}

/** The way of one socket's frames through the faults. */
export class FrameLine {
  readonly #random: Random;
  readonly #send: (frame: Frame) => void;
  #held: { readonly frame: Frame; after: number }[] = [];

  constructor(random: Random, send: (frame: Frame) => void) {
    this.#random = random;
    this.#send = send;
  }

  push(channel: string, text: string, faults: FrameFaults | null): void {
    if (faults === null || !isMet(channel, faults)) {
      this.#go({ text, split: false });
      return;
    }
    if (this.#happens(faults.drop)) return;
    const frame = { text, split: this.#happens(faults.split) };
    if (this.#happens(faults.reorder)) {
      this.#held.push({ frame, after: 1 + this.#random.nextInt(0, faults.reorderBy ?? 4) });
      return;
    }
    this.#go(frame);
    if (this.#happens(faults.duplicate)) this.#go(frame);
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

  #happens(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.#random.next() < share;
  }
}

const isMet = (channel: string, { channels }: FrameFaults): boolean =>
  (channels ?? ['push.']).some((beginning) => channel.startsWith(beginning));
