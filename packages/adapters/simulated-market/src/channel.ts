import type { Listener, SubscribeOptions, Subscription } from '@prate/market-data-port';

/** The subscribers of one stream. Items go to them in the order in which they subscribed. */
export class Channel<Item> {
  #members: Member<Item>[] = [];

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  add(symbols: readonly string[], listener: Listener<Item>, options: SubscribeOptions = {}): Subscription {
    const leave = (member: Member<Item>): void => {
      this.#members = this.#members.filter((other) => other !== member);
    };
    const member = new Member(new Set(symbols), listener, options.signal, leave);
    if (member.isOpen) this.#members = [...this.#members, member];
    return member;
  }

  /** @param wants whether an item is for a subscriber of these symbols */
  emit(item: Item, wants: (symbols: ReadonlySet<string>) => boolean): void {
    // joining and leaving replace the array: this loop goes on over the members that there were when it began
    for (const member of this.#members) if (wants(member.symbols)) member.deliver(item);
  }

  /** Ends all subscriptions. */
  end(): void {
    for (const member of this.#members) member.close();
  }
}

class Member<Item> implements Subscription {
  readonly symbols: ReadonlySet<string>;
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #listener: Listener<Item>;
  readonly #signal: AbortSignal | undefined;
  readonly #leave: (member: Member<Item>) => void;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  #open = true;

  constructor(
    symbols: ReadonlySet<string>,
    listener: Listener<Item>,
    signal: AbortSignal | undefined,
    leave: (member: Member<Item>) => void,
  ) {
    this.symbols = symbols;
    this.#listener = listener;
    this.#signal = signal;
    this.#leave = leave;
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // who does not look at `done` must not die of it
    this.done.catch(() => {});
    this.ready = signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve();
    // a caller who aborted before it began need not look at ready
    this.ready.catch(() => {});
    if (signal?.aborted === true) this.close();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  deliver(item: Item): void {
    if (!this.#open) return;
    try {
      this.#listener(item);
    } catch (error) {
      this.#end();
      this.#settle.reject(error);
    }
  }

  close(): void {
    this.#end();
    this.#settle.resolve();
  }

  readonly #abort = (): void => this.close();

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#leave(this);
  }
}
