import type { Clock, Logger } from '@prate/runtime';
import type { WebSocket } from 'ws';
import { clientMessageSchema } from '../schema/stream.ts';
import type { Scope } from '../wire/session.ts';
import { type ClientMessageJson, type ServerMessageJson, StreamClose, type TopicJson } from '../wire/stream.ts';
import type { Hearable, TopicListener } from './topic.ts';

export interface StreamLimits {
  /** How many bytes may wait for one client before it is dropped. */
  readonly mostWaiting: number;
  readonly mostSubscriptions: number;
  /** How many messages a client may send in one second. */
  readonly mostMessages: number;
  readonly heartbeatMs: number;
  readonly pingMs: number;
}

export interface ClientParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: StreamLimits;
  readonly sessionId: string;
  /** @throws ApiError or InvalidInputError for one that there is not */
  readonly topicOf: (topic: TopicJson) => Promise<Hearable>;
  readonly onEnd: (client: StreamClient, code: number) => void;
  readonly explain: (error: unknown) => { readonly code: string; readonly message: string };
}

interface Subscribed {
  topic: Hearable | null;
  readonly listener: TopicListener;
}

/** After this long a client that does not answer the end of its stream is cut off. */
const CLOSING_MS = 1000;

/** One WebSocket: its subscriptions, what waits for it, and whether it is still there. */
export class StreamClient {
  readonly #parts: ClientParts;
  readonly #socket: WebSocket;
  readonly #subscribed = new Map<string, Subscribed>();
  readonly #timers = new Set<() => void>();
  #ended = false;
  #awaitsPong = false;
  #second = Number.NEGATIVE_INFINITY;
  #messages = 0;

  constructor(socket: WebSocket, scope: Scope, parts: ClientParts) {
    this.#socket = socket;
    this.#parts = parts;
    socket.on('message', (data, isBinary) => this.#receive(isBinary ? null : String(data)));
    socket.on('pong', () => {
      this.#awaitsPong = false;
    });
    socket.on('close', () => this.#end(1005));
    // a frame that is none, or too large: ws has begun to end it
    socket.on('error', () => this.close(StreamClose.BAD_MESSAGE, 'not a frame, or too large'));
    const { heartbeatMs, pingMs } = parts.limits;
    this.#say({ type: 'hello', session: parts.sessionId, scope, heartbeatMs });
    this.#repeat(heartbeatMs, () => this.#say({ type: 'heartbeat', time: parts.clock.nowMs() }));
    this.#repeat(pingMs, () => this.#ping());
  }

  /** Ends the stream, and says why. */
  close(code: StreamClose, reason: string): void {
    if (this.#ended) return;
    this.#socket.close(code, reason);
    this.#end(code);
    // a slow client would take its time for this too
    const cancel = this.#parts.clock.callAfter(CLOSING_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const cancel of this.#timers) cancel();
    for (const { topic, listener } of this.#subscribed.values()) topic?.leave(listener);
    this.#subscribed.clear();
    this.#parts.onEnd(this, code);
  }

  #repeat(everyMs: number, work: () => void): void {
    const { clock } = this.#parts;
    const arm = (): void => {
      const cancel = clock.callAfter(everyMs, () => {
        this.#timers.delete(cancel);
        work();
        if (!this.#ended) arm();
      });
      this.#timers.add(cancel);
    };
    arm();
  }

  #ping(): void {
    if (this.#awaitsPong) {
      this.close(StreamClose.NO_PONG, 'no answer to a ping');
      return;
    }
    this.#awaitsPong = true;
    this.#socket.ping();
  }

  #receive(text: string | null): void {
    if (this.#ended) return;
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - this.#second >= 1000) {
      this.#second = nowMs;
      this.#messages = 0;
    }
    this.#messages += 1;
    const message = this.#messages > this.#parts.limits.mostMessages ? null : parse(text);
    if (message === null) this.close(StreamClose.BAD_MESSAGE, 'not a message, or too many');
    else if (message.type === 'subscribe') void this.#subscribe(message);
    else this.#unsubscribe(message.id);
  }

  async #subscribe({ id, topic, since }: Extract<ClientMessageJson, { type: 'subscribe' }>): Promise<void> {
    if (this.#subscribed.has(id)) {
      this.#say({ type: 'error', id, code: 'ID_TAKEN', message: 'there is a subscription of this id: end it first' });
      return;
    }
    if (this.#subscribed.size >= this.#parts.limits.mostSubscriptions) {
      this.close(StreamClose.BAD_MESSAGE, 'too many subscriptions');
      return;
    }
    const subscribed: Subscribed = { topic: null, listener: this.#listener(id) };
    this.#subscribed.set(id, subscribed);
    try {
      const found = await this.#parts.topicOf(topic);
      if (this.#subscribed.get(id) !== subscribed) return; // it was ended meanwhile
      subscribed.topic = found;
      found.hear(subscribed.listener, since);
    } catch (error) {
      if (this.#subscribed.get(id) === subscribed) {
        const { code, message } = this.#parts.explain(error);
        subscribed.listener.end(code, message);
      }
    }
  }

  #unsubscribe(id: string): void {
    const subscribed = this.#subscribed.get(id);
    if (subscribed === undefined) {
      this.#say({ type: 'error', id, code: 'NOT_FOUND', message: 'there is no subscription of this id' });
      return;
    }
    this.#subscribed.delete(id);
    subscribed.topic?.leave(subscribed.listener);
    this.#say({ type: 'unsubscribed', id });
  }

  #listener(id: string): TopicListener {
    const name = JSON.stringify(id);
    return {
      send: (type, body) => this.#write(`{"type":"${type}","id":${name},${body}}`),
      end: (code, message) => {
        this.#subscribed.delete(id);
        this.#say({ type: 'error', id, code, message });
      },
    };
  }

  #say(message: ServerMessageJson): void {
    this.#write(JSON.stringify(message));
  }

  #write(text: string): void {
    if (this.#ended) return;
    if (this.#socket.bufferedAmount > this.#parts.limits.mostWaiting) {
      this.close(StreamClose.TOO_SLOW, 'too slow: too much waits');
      return;
    }
    this.#socket.send(text);
  }
}

function parse(text: string | null): ClientMessageJson | null {
  if (text === null) return null;
  try {
    return clientMessageSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
