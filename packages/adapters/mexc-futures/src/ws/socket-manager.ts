import { InvalidInputError } from '@prate/domain';
import type { Listener, SubscribeOptions, Subscription } from '@prate/market-data-port';
import type { Clock, Random } from '@prate/runtime';
import type { Json } from '../wire/json-text.ts';
import {
  PRIVATE_PREFIX,
  type PrivatePush,
  type PublicChannel,
  type PublicData,
  type PublicParams,
  publicChannels,
  readPrivatePush,
} from './channels.ts';
import {
  Connection,
  type ConnectionParts,
  type ConnectionSettings,
  type LoginParam,
  type Place,
  type SocketProblem,
  type SocketStats,
} from './connection.ts';
import { pushKey } from './session.ts';
import type { SocketTransport } from './socket-transport.ts';
import { type SocketItem, Topic } from './topic.ts';
import { UndiciSocketTransport } from './undici-transport.ts';

export const MEXC_SOCKET_URL = 'wss://contract.mexc.com/edge';

const DEFAULTS: ConnectionSettings = {
  openTimeoutMs: 10_000,
  answerTimeoutMs: 5_000,
  // MEXC asks for 10 to 20 s; connections that were pinged every 9 s have been dropped, every 8 s not
  pingMs: 5_000,
  silenceMs: 12_000,
  pauseMs: 500,
  maxPauseMs: 30_000,
  pushLagMs: 500,
};

/** NET's constant, and one measurement; MEXC's documents say nothing. */
const DEFAULT_MAX_SUBSCRIPTIONS = 30;

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

export interface SocketManagerOptions extends Optional<ConnectionSettings> {
  readonly clock: Clock;
  readonly random: Random;
  /** Default MEXC's. */
  readonly url?: string | undefined;
  /** Default undici's sockets. */
  readonly transport?: SocketTransport | undefined;
  /** The server's time as far as it is known; default the clock's. */
  readonly serverTimeMs?: (() => number) | undefined;
  /** Signs the login of the private stream; without it there is none. */
  readonly login?: ((timeMs: number) => LoginParam) | undefined;
  /** Subscriptions on one connection, default 30; for more of them there are more connections. */
  readonly maxSubscriptions?: number | undefined;
  readonly onProblem?: ((problem: SocketProblem) => void) | undefined;
}

/**
 * MEXC's WebSocket, public and private: connections that are kept alive, watched and made again, and an account of every
 * moment that was lost on the way. Followers of one subscription share it.
 */
export class SocketManager {
  readonly #parts: Omit<ConnectionParts, 'login'>;
  readonly #login: ((timeMs: number) => LoginParam) | undefined;
  readonly #maxSubscriptions: number;
  readonly #connections = new Set<Connection>();
  /** By what was asked for. */
  readonly #topics = new Map<string, Topic<unknown>>();
  #private: Topic<PrivatePush> | null = null;
  #closed: boolean = false;

  constructor(options: SocketManagerOptions) {
    const { clock, random, url, transport, serverTimeMs, login, maxSubscriptions, onProblem, ...settings } = options;
    this.#login = login;
    this.#maxSubscriptions = maxSubscriptions ?? DEFAULT_MAX_SUBSCRIPTIONS;
    this.#parts = {
      url: url ?? MEXC_SOCKET_URL,
      transport: transport ?? new UndiciSocketTransport(),
      clock,
      random,
      serverTimeMs: serverTimeMs ?? (() => clock.nowMs()),
      settings: { ...DEFAULTS, ...given(settings) },
      stats: { connects: 0, reconnects: 0, pushes: 0, badFrames: 0, unknownPushes: 0 },
      onProblem: onProblem ?? (() => {}),
    };
  }

  /** Counts since the start, and the connections that there are now. */
  get stats(): Readonly<SocketStats> & { readonly connections: number } {
    return { ...this.#parts.stats, connections: this.#connections.size };
  }

  /**
   * Follows a public channel. `ready` rejects with SubscriptionRefusedError (`SUBSCRIPTION_REFUSED`) where MEXC refuses it;
   * a server that cannot be reached is tried again until the stream is closed.
   *
   * @throws InvalidInputError after `close()`
   */
  subscribe<C extends PublicChannel>(
    channel: C,
    params: PublicParams[C],
    listener: Listener<SocketItem<PublicData[C]>>,
    options: SubscribeOptions = {},
  ): Subscription {
    this.#assertOpen();
    const row = publicChannels[channel];
    const param = { ...row.defaults, ...given(params) };
    const request = `${channel} ${JSON.stringify(param)}`;
    const follower = listener as Listener<SocketItem<unknown>>;
    const existing = this.#topics.get(request);
    if (existing !== undefined) return existing.follow(follower, options.signal);
    const topic = new Topic<unknown>({
      read: (data, channel) => row.read(data as Json | undefined, channel),
      onDeserted: () => {
        this.#topics.delete(request);
        connection.remove(place);
      },
    });
    const symbol = 'symbol' in params && row.bySymbol ? params.symbol : null;
    const place: Place = {
      key: pushKey(`push.${channel}`, symbol),
      topic,
      steadyMs: row.steadyMs,
      subscribe: { name: channel, param },
    };
    // pushes name their channel and symbol alone: two intervals of one symbol cannot share a connection
    const free = [...this.#connections].find(
      (one) => !one.has(PRIVATE_PREFIX) && one.size < this.#maxSubscriptions && !one.has(place.key),
    );
    const connection = free ?? this.#connect(this.#parts);
    this.#topics.set(request, topic);
    connection.add(place);
    return topic.follow(follower, options.signal);
  }

  /**
   * Follows the account: everything that MEXC pushes after the login. `ready` rejects with LoginRefusedError
   * (`LOGIN_REFUSED`) where MEXC refuses it, `done` where it refuses three times in a row what it once accepted.
   *
   * @throws InvalidInputError after `close()`, and without a `login`
   */
  subscribePrivate(listener: Listener<SocketItem<PrivatePush>>, options: SubscribeOptions = {}): Subscription {
    this.#assertOpen();
    if (this.#login === undefined) throw new InvalidInputError('the private stream needs a login: give its function');
    if (this.#private !== null) return this.#private.follow(listener, options.signal);
    const topic = new Topic<PrivatePush>({
      read: (data, channel) => readPrivatePush(channel, data),
      onDeserted: () => {
        this.#private = null;
        connection.remove(place);
      },
    });
    const place: Place = { key: PRIVATE_PREFIX, topic: topic as Topic<unknown>, steadyMs: null, subscribe: null };
    this.#private = topic;
    const connection = this.#connect({ ...this.#parts, login: this.#login });
    connection.add(place);
    return topic.follow(listener, options.signal);
  }

  /** Ends every stream in peace, and leaves no socket and no timer. May be called twice. */
  close(): void {
    this.#closed = true;
    for (const topic of [...this.#topics.values()]) topic.finish(null);
    this.#private?.finish(null);
    for (const connection of [...this.#connections]) connection.stop();
  }

  #connect(parts: ConnectionParts): Connection {
    const connection = new Connection(parts, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    return connection;
  }

  #assertOpen(): void {
    if (this.#closed) throw new InvalidInputError('the sockets are closed: make a new manager');
  }
}

/** Without what is undefined, which would hide a default. */
const given = <T extends object>(options: Optional<T>): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
