import type { Random } from '@prate/runtime';
import type { FrameFaults } from './frame-faults.ts';
import type { HttpFaultRule } from './http-fault.ts';

/** What faults do to the sockets that are open. */
export interface SocketControls {
  closeAll(code: number): void;
  resetAll(): void;
  freezeAll(): void;
  flushAll(): void;
}

/** What goes wrong on purpose; driven by a test while the sandbox runs. Chance comes from the sandbox's Random alone. */
export class Faults {
  readonly #random: Random;
  readonly #sockets: SocketControls;
  #rules: { readonly rule: HttpFaultRule; left: number }[] = [];
  #frames: FrameFaults | null = null;
  #silent: readonly string[] = [];
  readonly #jumps = new Map<string, number>();
  #skewMs = 0;

  constructor(random: Random, sockets: SocketControls) {
    this.#random = random;
    this.#sockets = sockets;
  }

  /** Adds a rule for requests to come; of several that fit, the oldest is used. */
  http(rule: HttpFaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1 });
  }

  /** What happens to frames from now on; null for nothing. */
  frames(faults: FrameFaults | null): void {
    this.#frames = faults;
    if (faults === null) this.#sockets.flushAll();
  }

  /** Sends nothing on channels that begin so (default: all pushes), without closing anything; answers to requests still go. */
  silence(channels: readonly string[] = ['push.']): void {
    this.#silent = channels;
  }

  /** Closes every open socket with a code, after the closing handshake. */
  closeSockets(code = 1001): void {
    this.#sockets.closeAll(code);
  }

  /** Resets every open socket: a client sees 1006. */
  resetSockets(): void {
    this.#sockets.resetAll();
  }

  /** Every socket that is open now becomes half-open: it neither reads nor sends again, and is not closed. */
  freezeSockets(): void {
    this.#sockets.freezeAll();
  }

  /** The book's version grows by `by` without a change: in pushes, snapshots and commits alike, which lack what was skipped. */
  jumpBook(symbol: string, by: number): void {
    this.#jumps.set(symbol, this.bookOffset(symbol) + by);
  }

  /** How far the server's clock is ahead of the sandbox's, in what it tells and in what it accepts. */
  skewClock(ms: number): void {
    this.#skewMs = ms;
  }

  /** Ends all of it but the versions that were skipped. Frozen sockets stay so. */
  clear(): void {
    this.#rules = [];
    this.#silent = [];
    this.#skewMs = 0;
    this.frames(null);
  }

  /** The rule that meets this request, used up by it; null where none does. */
  take(method: string, path: string): HttpFaultRule | null {
    const request = `${method} ${path}`;
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (entry.left < 1 || !fits(rule.route, request)) continue;
      if (rule.chance !== undefined && this.#random.next() >= rule.chance) continue;
      entry.left -= 1;
      return rule;
    }
    return null;
  }

  get frameFaults(): FrameFaults | null {
    return this.#frames;
  }

  get skewMs(): number {
    return this.#skewMs;
  }

  isSilent(channel: string): boolean {
    return this.#silent.some((beginning) => channel.startsWith(beginning));
  }

  bookOffset(symbol: string): number {
    return this.#jumps.get(symbol) ?? 0;
  }
}

function fits(route: string | undefined, request: string): boolean {
  if (route === undefined) return true;
  return route.endsWith('*') ? request.startsWith(route.slice(0, -1)) : route === request;
}
