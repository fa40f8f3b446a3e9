import type { Clock, Random } from '@prate/runtime';
import { PRIVATE_PREFIX } from './channels.ts';
import { LoginRefusedError, SubscriptionRefusedError } from './errors.ts';
import { type Push, pushKey, Session, type SessionEvents, type SessionSettings } from './session.ts';
import type { SocketTransport } from './socket-transport.ts';
import type { Topic } from './topic.ts';

/** The parameter of MEXC's `login`; the signature is made outside, where the keys are. */
export interface LoginParam {
  readonly apiKey: string;
  readonly reqTime: string;
  readonly signature: string;
}

export interface ConnectionSettings extends SessionSettings {
  /** The first pause before a new attempt, doubled with each failure up to `maxPauseMs`; half of it is chance. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** How much later than its event a push may leave the server. Heartbeats and gaps begin so much earlier. */
  readonly pushLagMs: number;
}

/** Something that went wrong without ending a stream. Nothing of it is secret. */
export interface SocketProblem {
  readonly kind: 'connection-lost' | 'bad-frame' | 'unknown-push' | 'server-error' | 'login-refused';
  readonly message: string;
}

export interface SocketStats {
  connects: number;
  reconnects: number;
  pushes: number;
  badFrames: number;
  unknownPushes: number;
}

export interface ConnectionParts {
  readonly url: string;
  readonly transport: SocketTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly serverTimeMs: () => number;
  readonly settings: ConnectionSettings;
  readonly stats: SocketStats;
  readonly onProblem: (problem: SocketProblem) => void;
  /** Makes it a private connection. */
  readonly login?: ((timeMs: number) => LoginParam) | undefined;
}

/** A topic on its connection; `subscribe` is null where the login subscribes already. */
export interface Place {
  readonly key: string;
  readonly topic: Topic<unknown>;
  readonly steadyMs: number | null;
  readonly subscribe: { readonly name: string; readonly param: object } | null;
}

/** A login that worked before may be refused for a while; so often in a row, and it is final. */
const LOGIN_ATTEMPTS = 3;
/** A session that lived so long was a good one: the next pause is the first again. */
const GOOD_SESSION_MS = 10_000;
const SHOWN_CHARACTERS = 200;

/** A connection that lasts: one session after the other, every topic subscribed again in each. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #places = new Map<string, Place>();
  readonly #onStopped: () => void;
  readonly #stopping = new AbortController();
  #session: Session | null = null;
  #isReady: boolean = false;
  #failures: number = 0;
  #hasLoggedIn: boolean = false;
  #refusedLogins: number = 0;
  #lastPushAt = new Map<Place, number>();

  constructor(parts: ConnectionParts, onStopped: () => void) {
    this.#parts = parts;
    this.#onStopped = onStopped;
    this.#connect();
  }

  get size(): number {
    return this.#places.size;
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  add(place: Place): void {
    this.#places.set(place.key, place);
    if (this.#isReady && this.#session !== null) this.#subscribe(place, this.#session);
  }

  remove(place: Place): void {
    if (this.#places.get(place.key) !== place) return;
    this.#places.delete(place.key);
    this.#lastPushAt.delete(place);
    if (this.#places.size === 0) {
      this.stop();
      return;
    }
    if (place.subscribe === null || !this.#isReady) return;
    this.#session?.ask({
      message: { method: `unsub.${place.subscribe.name}`, param: place.subscribe.param },
      answer: `rs.unsub.${place.subscribe.name}`,
      proof: null,
      onAnswer() {},
      onRefusal() {},
    });
  }

  /** Ends it for good; may be called twice. The topics are left to their owner. */
  stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#session?.end('stopped');
    this.#onStopped();
  }

  #connect(): void {
    this.#parts.stats.connects += 1;
    const startedAt = this.#parts.clock.monotonicMs();
    const events: SessionEvents = {
      onOpen: () => this.#begin(session),
      onPush: (push) => this.#push(push),
      onPong: (timeMs) => this.#heartbeat(timeMs),
      onBadFrame: (cause, text, lostFromMs) => {
        this.#badFrame(cause, text);
        for (const { topic } of this.#places.values()) this.#lost(topic, lostFromMs, this.#parts.serverTimeMs());
      },
      onError: (text) => this.#parts.onProblem({ kind: 'server-error', message: shorten(text) }),
      onEnd: (cause, lastFrameMs) => {
        if (this.#parts.clock.monotonicMs() - startedAt >= GOOD_SESSION_MS) this.#failures = 0;
        this.#ended(cause, lastFrameMs);
      },
    };
    const { url, transport, clock, serverTimeMs, settings } = this.#parts;
    const session = new Session({ url, transport, clock, serverTimeMs, settings, events });
    this.#session = session;
  }

  #begin(session: Session): void {
    const { login, serverTimeMs } = this.#parts;
    if (login === undefined) {
      this.#subscribeAll(session);
      return;
    }
    let param: LoginParam;
    try {
      param = login(serverTimeMs());
    } catch (error) {
      this.#finishAll(error);
      return;
    }
    session.ask({
      message: { method: 'login', param },
      answer: 'rs.login',
      proof: null,
      onAnswer: (timeMs) => {
        this.#hasLoggedIn = true;
        this.#refusedLogins = 0;
        for (const { topic, subscribe } of this.#places.values()) if (subscribe === null) topic.live(timeMs);
        this.#subscribeAll(session);
      },
      onRefusal: (text) => this.#loginRefused(session, withoutSecrets(text, param)),
    });
  }

  #loginRefused(session: Session, text: string): void {
    this.#refusedLogins += 1;
    this.#parts.onProblem({ kind: 'login-refused', message: shorten(text) });
    if (this.#hasLoggedIn && this.#refusedLogins < LOGIN_ATTEMPTS) {
      session.end('the login was refused');
      return;
    }
    this.#finishAll(new LoginRefusedError(shorten(text)));
  }

  #finishAll(error: unknown): void {
    const places = [...this.#places.values()];
    this.stop();
    for (const { topic } of places) topic.finish(error);
  }

  #subscribeAll(session: Session): void {
    this.#isReady = true;
    for (const place of this.#places.values()) this.#subscribe(place, session);
  }

  #subscribe(place: Place, session: Session): void {
    const { key, topic, subscribe } = place;
    if (subscribe === null) return;
    const { name, param } = subscribe;
    session.ask({
      message: { method: `sub.${name}`, param },
      answer: `rs.sub.${name}`,
      proof: key,
      onAnswer: (timeMs) => {
        if (this.#places.get(key) !== place) return;
        this.#lastPushAt.set(place, this.#parts.clock.monotonicMs());
        topic.live(timeMs);
      },
      onRefusal: (text) => topic.finish(new SubscriptionRefusedError(key, shorten(text))),
    });
  }

  #push(push: Push): void {
    this.#parts.stats.pushes += 1;
    const isPrivate = push.channel.startsWith(PRIVATE_PREFIX);
    const place = isPrivate
      ? this.#places.get(PRIVATE_PREFIX)
      : (this.#places.get(pushKey(push.channel, push.symbol)) ?? this.#places.get(push.channel));
    if (place === undefined) {
      this.#parts.stats.unknownPushes += 1;
      return;
    }
    // what comes after an unsubscription, or before the answer to the next one, is nobody's
    if (!place.topic.isLive) return;
    if (place.steadyMs !== null) this.#lastPushAt.set(place, this.#parts.clock.monotonicMs());
    try {
      place.topic.push(push.data, push.channel, push.timeMs);
    } catch (cause) {
      this.#badFrame(cause, `${push.channel} ${JSON.stringify(push.data)}`);
      this.#lost(place.topic, push.timeMs, push.timeMs);
    }
  }

  #heartbeat(timeMs: number): void {
    for (const { topic } of this.#places.values()) topic.heartbeat(timeMs - this.#parts.settings.pushLagMs);
    const now = this.#parts.clock.monotonicMs();
    for (const [{ key, steadyMs }, at] of this.#lastPushAt) {
      if (steadyMs !== null && now - at >= steadyMs) {
        this.#session?.end(`${key} stood still for ${now - at} ms`);
        return;
      }
    }
  }

  #badFrame(cause: unknown, text: string): void {
    this.#parts.stats.badFrames += 1;
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#parts.onProblem({ kind: 'bad-frame', message: `${shorten(why)}: ${shorten(text)}` });
  }

  #lost(topic: Topic<unknown>, fromMs: number, toMs: number): void {
    if (topic.isLive) topic.lost(fromMs - this.#parts.settings.pushLagMs, toMs);
  }

  #ended(cause: string, lastFrameMs: number): void {
    this.#session = null;
    this.#isReady = false;
    this.#lastPushAt.clear();
    for (const { topic } of this.#places.values()) topic.interrupted(lastFrameMs - this.#parts.settings.pushLagMs);
    if (this.#stopping.signal.aborted) return;
    this.#parts.onProblem({ kind: 'connection-lost', message: shorten(cause) });
    const { random, clock, settings, stats } = this.#parts;
    const pauseMs = Math.min(settings.pauseMs * 2 ** Math.min(this.#failures, 20), settings.maxPauseMs);
    this.#failures += 1;
    clock.sleep(pauseMs * (0.5 + random.next() / 2), this.#stopping.signal).then(
      () => {
        if (this.#stopping.signal.aborted) return;
        stats.reconnects += 1;
        this.#connect();
      },
      () => {},
    );
  }
}

/** A server may quote what it was sent. */
const withoutSecrets = (text: string, { apiKey, signature }: LoginParam): string =>
  text.replaceAll(apiKey, '***').replaceAll(signature, '***');

const shorten = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
