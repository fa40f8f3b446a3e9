import { type Random, seededRandom } from '@prate/runtime';
import type { FrameFaults } from './frame-faults.ts';
import type { HttpFaultRule } from './http-fault.ts';

/** What faults do to the sockets that are open. */
export interface SocketControls {
  closeAll(code: number): void;
  resetAll(): void;
  freezeAll(): void;
  flushAll(): void;
}

/** A rule for requests as it stands. */
export interface StandingHttpFault {
  readonly rule: HttpFaultRule;
  readonly seed: number;
  /** How many requests it has met, and how many more it may. */
  readonly met: number;
  readonly left: number;
}

/** Everything that goes wrong now. */
export interface StandingFaults {
  /** From which the seeds of faults that name none are counted. */
  readonly seed: number;
  readonly http: readonly StandingHttpFault[];
  readonly frames: (FrameFaults & { readonly seed: number }) | null;
  readonly silence: readonly string[];
  /** How far versions of books were moved, by symbol. */
  readonly bookJumps: Readonly<Record<string, number>>;
  readonly skewMs: number;
}

interface Entry {
  readonly rule: HttpFaultRule;
  readonly seed: number;
  readonly random: Random;
  met: number;
  left: number;
}

/**
 * What goes wrong on purpose; driven by a test while the sandbox runs. Each fault has chance of its own from a seed, which it
 * names or is given by counting up from the sandbox's: the same fault with the same seed meets the same requests again.
 */
export class Faults {
  readonly #seed: number;
  readonly #sockets: SocketControls;
  #count = 0;
  #rules: Entry[] = [];
  #frames: StandingFaults['frames'] = null;
  #silent: readonly string[] = [];
  readonly #jumps = new Map<string, number>();
  #skewMs = 0;

  constructor(seed: number, sockets: SocketControls) {
    this.#seed = seed;
    this.#sockets = sockets;
  }

  get standing(): StandingFaults {
    return {
      seed: this.#seed,
      http: this.#rules.map(({ rule, seed, met, left }) => ({ rule, seed, met, left })),
      frames: this.#frames,
      silence: this.#silent,
      bookJumps: Object.fromEntries(this.#jumps),
      skewMs: this.#skewMs,
    };
  }

  /** Adds a rule for requests to come; of several that fit, the oldest is used. */
  http(rule: HttpFaultRule): void {
    const seed = rule.seed ?? this.#nextSeed();
    this.#rules.push({ rule, seed, random: seededRandom(seed), met: 0, left: rule.times ?? 1 });
  }

  /** What happens to frames from now on; null for nothing. */
  frames(faults: FrameFaults | null): void {
    this.#frames = faults === null ? null : { ...faults, seed: faults.seed ?? this.#nextSeed() };
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

  /** Whether there is any rule for requests. */
  get areSet(): boolean {
    return this.#rules.length > 0;
  }

  /** The rule that meets this request, used up by it; null where none does. */
  take(method: string, path: string): HttpFaultRule | null {
    const request = `${method} ${path}`;
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (entry.left < 1 || !fits(rule.route, request)) continue;
      if (rule.chance !== undefined && entry.random.next() >= rule.chance) continue;
      entry.left -= 1;
      entry.met += 1;
      return rule;
    }
    return null;
  }

  #nextSeed(): number {
    this.#count += 1;
    return (this.#seed + this.#count) >>> 0;
  }

  get frameFaults(): StandingFaults['frames'] {
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
