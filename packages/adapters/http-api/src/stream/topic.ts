import type { CursorJson, TopicData } from '../wire/stream.ts';

/** Whoever hears a topic: one subscription of one client. It must not throw. */
export interface TopicListener {
  /** @param body the members of the message after its id, as JSON text */
  send(type: 'snapshot' | 'resumed' | 'change', body: string): void;
  /** The topic has ended and says no more. */
  end(code: string, message: string): void;
}

/** What a client needs of a topic, whatever it tells. */
export interface Hearable {
  hear(listener: TopicListener, since: CursorJson | undefined): void;
  leave(listener: TopicListener): void;
}

interface Kept {
  readonly type: 'snapshot' | 'change';
  readonly body: string;
}

/**
 * What was said is kept for who comes back, up to so many messages and so many characters: minutes of it. Who was away for
 * longer is better off with the whole state.
 */
const MOST_KEPT = 256;
const MOST_KEPT_LENGTH = 1 << 18;

/**
 * One stream of changes of one state, the same for all who hear it. Every message has the next number; whoever comes back
 * with the number that it heard last gets what it missed, and the whole state where that is not kept any more. So a
 * listener that applies what it hears in order has, after each number, the state that the topic had.
 */
export class Topic<K extends keyof TopicData> implements Hearable {
  readonly epoch: string;
  readonly #state: () => TopicData[K]['state'];
  readonly #listeners = new Set<TopicListener>();
  #seq = 0;
  #kept: Kept[] = [];
  #keptLength = 0;
  #ended: { readonly code: string; readonly message: string } | null = null;

  /**
   * @param epoch not used before
   * @param state what the state is now; asked when a snapshot is due
   */
  constructor(epoch: string, state: () => TopicData[K]['state']) {
    this.epoch = epoch;
    this.#state = state;
  }

  get seq(): number {
    return this.#seq;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  get isEnded(): boolean {
    return this.#ended !== null;
  }

  /** Adds a listener, which hears at once what it needs to be up to date. */
  hear(listener: TopicListener, since: CursorJson | undefined): void {
    if (this.#ended !== null) {
      listener.end(this.#ended.code, this.#ended.message);
      return;
    }
    const missed = since === undefined ? null : this.#missedSince(since);
    this.#listeners.add(listener);
    if (missed === null) {
      listener.send('snapshot', this.#snapshot());
      return;
    }
    listener.send('resumed', `"epoch":"${this.epoch}","seq":${since?.seq}`);
    for (const { type, body } of missed) listener.send(type, body);
  }

  leave(listener: TopicListener): void {
    this.#listeners.delete(listener);
  }

  /** Tells a change, which the state has by now. */
  change(data: TopicData[K]['change']): void {
    this.#seq += 1;
    this.#tell({ type: 'change', body: `"seq":${this.#seq},"data":${JSON.stringify(data)}` });
  }

  /** Tells the whole state anew: nobody knows what led to it. */
  replace(): void {
    this.#seq += 1;
    this.#tell({ type: 'snapshot', body: this.#snapshot() });
  }

  end(code: string, message: string): void {
    this.#ended ??= { code, message };
    for (const listener of [...this.#listeners]) listener.end(code, message);
    this.#listeners.clear();
  }

  #snapshot(): string {
    return `"epoch":"${this.epoch}","seq":${this.#seq},"data":${JSON.stringify(this.#state())}`;
  }

  #tell(message: Kept): void {
    this.#kept.push(message);
    this.#keptLength += message.body.length;
    while (this.#kept.length > MOST_KEPT || this.#keptLength > MOST_KEPT_LENGTH) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) break;
      this.#keptLength -= oldest.body.length;
    }
    for (const listener of [...this.#listeners]) listener.send(message.type, message.body);
  }

  /** Null where it cannot be told. */
  #missedSince({ epoch, seq }: CursorJson): readonly Kept[] | null {
    const missed = this.#seq - seq;
    if (epoch !== this.epoch || missed < 0 || missed > this.#kept.length) return null;
    return missed === 0 ? [] : this.#kept.slice(-missed);
  }
}
