import {
  type ClientMessageJson,
  type CursorJson,
  type ServerMessageJson,
  STREAM_PROTOCOL,
  STREAM_TOKEN_PREFIX,
  StreamClose,
  type TopicData,
  type TopicJson,
} from '@prate/http-api/wire';
import { stepOf, type TopicMessage } from '../state/sequence.ts';
import { isRefused, messageOf } from './api.ts';

export type LinkState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'open' }
  /** It tries again by itself. `since` is epoch ms. */
  | { readonly phase: 'lost'; readonly reason: string; readonly since: number }
  /** The token is good for nothing here: only another address helps. */
  | { readonly phase: 'refused'; readonly reason: string };

/** Who hears a topic: the whole state first and whenever it is needed again, then each change once, in order. */
export interface Subscriber<K extends keyof TopicData> {
  readonly onSnapshot: (state: TopicData[K]['state']) => void;
  readonly onChange: (change: TopicData[K]['change']) => void;
  readonly onRefused?: (code: string, message: string) => void;
}

export interface LiveStreamOptions {
  readonly url: string;
  readonly token: string;
  /** Asked before each connection: a browser does not tell why a WebSocket was refused. Rejects with that reason. */
  readonly check: () => Promise<void>;
  readonly onState: (state: LinkState) => void;
}

interface Subscription {
  readonly topic: TopicJson;
  readonly subscriber: Subscriber<keyof TopicData>;
  cursor: CursorJson | null;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A subscription that the server ended is asked for again after this. */
const ASK_AGAIN_MS = 5000;
/** Silence of so many heartbeats is a lost connection. */
const SILENT_HEARTBEATS = 2.5;

/** How long to wait before the n-th attempt (from 0) to come back. */
const waitOf = (attempt: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);

/** One WebSocket that comes back by itself and goes on where each topic was left. */
export class LiveStream {
  readonly #options: LiveStreamOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: WebSocket | null = null;
  #ids = 0;
  #attempt = 0;
  #lostSince: number | null = null;
  #watchdog = 0;
  #silenceMs = 15_000;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.onState({ phase: 'connecting' });
    void this.#connect();
  }

  /** @returns ends it */
  subscribe<K extends keyof TopicData>(topic: TopicJson & { readonly kind: K }, subscriber: Subscriber<K>): () => void;
  subscribe(topic: TopicJson, subscriber: Subscriber<keyof TopicData>): () => void {
    const subscription = { topic, subscriber, cursor: null };
    let id = this.#add(subscription);
    return () => {
      for (const [known, one] of this.#subscriptions) if (one === subscription) id = known;
      if (this.#subscriptions.delete(id)) this.#say({ type: 'unsubscribe', id });
    };
  }

  #add(subscription: Subscription): string {
    this.#ids += 1;
    const id = `${subscription.topic.kind}-${this.#ids}`;
    this.#subscriptions.set(id, subscription);
    this.#ask(id, subscription);
    return id;
  }

  #ask(id: string, { topic, cursor }: Subscription): void {
    this.#say({ type: 'subscribe', id, topic, ...(cursor === null ? {} : { since: cursor }) });
  }

  #say(message: ClientMessageJson): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    try {
      await this.#options.check();
    } catch (error) {
      if (isRefused(error)) this.#options.onState({ phase: 'refused', reason: messageOf(error) });
      else this.#comeBack(messageOf(error));
      return;
    }
    const { url, token } = this.#options;
    const socket = new WebSocket(url, [STREAM_PROTOCOL, STREAM_TOKEN_PREFIX + token]);
    this.#socket = socket;
    this.#heard(socket);
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      this.#heard(socket);
      this.#take(JSON.parse(String(data)) as ServerMessageJson);
    };
    socket.onclose = ({ code, reason }) => this.#lose(socket, reasonOf(code, reason));
  }

  /** The watchdog sleeps again. */
  #heard(socket: WebSocket): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#lose(socket, 'nothing was heard from the server');
      socket.close();
    }, this.#silenceMs);
  }

  #lose(socket: WebSocket, reason: string): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearTimeout(this.#watchdog);
    this.#comeBack(reason);
  }

  #comeBack(reason: string): void {
    this.#lostSince ??= Date.now();
    this.#options.onState({ phase: 'lost', reason, since: this.#lostSince });
    const waitMs = waitOf(this.#attempt) * (0.5 + Math.random() / 2);
    this.#attempt += 1;
    setTimeout(() => void this.#connect(), waitMs);
  }

  #take(message: ServerMessageJson): void {
    switch (message.type) {
      case 'hello':
        this.#attempt = 0;
        this.#lostSince = null;
        this.#silenceMs = message.heartbeatMs * SILENT_HEARTBEATS;
        this.#options.onState({ phase: 'open' });
        for (const [id, subscription] of this.#subscriptions) this.#ask(id, subscription);
        return;
      case 'snapshot':
      case 'resumed':
      case 'change':
        this.#deliver(message);
        return;
      case 'error':
        this.#refused(message);
        return;
      default: // a heartbeat has woken the watchdog, and `unsubscribed` is only an echo
    }
  }

  #deliver(message: TopicMessage): void {
    const subscription = this.#subscriptions.get(message.id);
    if (subscription === undefined) return; // its end is on the way
    const { verdict, cursor } = stepOf(subscription.cursor, message);
    subscription.cursor = cursor;
    if (verdict === 'resync') this.#again(message.id, subscription);
    if (verdict !== 'apply') return;
    const { subscriber } = subscription;
    if (message.type === 'snapshot') subscriber.onSnapshot(message.data);
    else if (message.type === 'change') subscriber.onChange(message.data);
  }

  /** Under another name, so that what is still on the way to the old one is not taken for it. */
  #again(id: string, subscription: Subscription): void {
    if (!this.#subscriptions.delete(id)) return;
    this.#say({ type: 'unsubscribe', id });
    this.#add(subscription);
  }

  #refused({ id, code, message }: Extract<ServerMessageJson, { type: 'error' }>): void {
    const subscription = id === null ? undefined : this.#subscriptions.get(id);
    if (id === null || subscription === undefined) return;
    subscription.cursor = null;
    subscription.subscriber.onRefused?.(code, message);
    if (code === 'FEED_ENDED' || code === 'BUSY') setTimeout(() => this.#again(id, subscription), ASK_AGAIN_MS);
  }
}

function reasonOf(code: number, reason: string): string {
  if (code === StreamClose.GOING_AWAY) return 'the server was stopped';
  if (code === StreamClose.TOO_SLOW) return 'this page was too slow for the stream';
  return reason === '' ? 'the connection was lost' : reason;
}
