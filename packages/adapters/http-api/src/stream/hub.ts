import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Interval, seriesKey, toInterval } from '@prate/domain';
import type { Clock } from '@prate/runtime';
import { WebSocketServer } from 'ws';
import { ApiError, errorJson, toApiError } from '../server/api-error.ts';
import type { Scope, SessionJson } from '../wire/session.ts';
import { STREAM_PROTOCOL, StreamClose, type TopicJson } from '../wire/stream.ts';
import type { AccountTopics } from './account-topics.ts';
import { CandleTopic, type CandleTopicParts } from './candle-topic.ts';
import { StreamClient, type StreamLimits } from './client.ts';
import { type Hearable, Topic } from './topic.ts';

export interface HubParts extends Pick<CandleTopicParts, 'stored' | 'live' | 'clock' | 'logger' | 'venue'> {
  readonly account: AccountTopics;
  readonly status: () => SessionJson;
  readonly newEpoch: () => string;
  readonly limits: StreamLimits;
  readonly onDrop: (code: number) => void;
}

const MOST_CLIENTS = 32;
const LARGEST_MESSAGE = 4096;
const SESSION_MS = 1000;
/** What nobody hears any more is kept for so long: for who comes back. */
const LINGER_MS = 30_000;
/** Candle topics at one time, and series in a session's life: the feed keeps what it once began. */
const MOST_CANDLE_TOPICS = 128;
const MOST_SERIES = 2000;

interface Opened {
  readonly topic: Promise<CandleTopic>;
  idleSince: number;
}

/** All streams of a session, and the topics that they hear. */
export class StreamHub {
  readonly #parts: HubParts;
  readonly #sockets: WebSocketServer;
  readonly #clients = new Set<StreamClient>();
  readonly #session: Topic<'session'>;
  /** As it was told last. */
  #status: SessionJson;
  readonly #candles = new Map<string, Opened>();
  readonly #seriesSeen = new Set<string>();
  readonly #closing = new AbortController();

  constructor(parts: HubParts) {
    this.#parts = parts;
    this.#status = parts.status();
    this.#session = new Topic(parts.newEpoch(), () => this.#status);
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered) => (offered.has(STREAM_PROTOCOL) ? STREAM_PROTOCOL : false),
    });
    void this.#keepUp();
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Makes a stream of a connection whose head was checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, scope: Scope): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { clock, logger, limits, onDrop } = this.#parts;
      const client = new StreamClient(webSocket, scope, {
        clock,
        logger,
        limits,
        sessionId: this.#parts.status().id,
        topicOf: (topic) => this.#topicOf(topic),
        onEnd: (ended, code) => {
          this.#clients.delete(ended);
          if (code >= 4000) onDrop(code);
        },
        explain: (error) => errorJson(toApiError(error)),
      });
      if (this.#closing.signal.aborted) client.close(StreamClose.GOING_AWAY, 'the session ends');
      else if (this.#clients.size >= MOST_CLIENTS) client.close(StreamClose.TOO_MANY, 'too many streams');
      else this.#clients.add(client);
    });
  }

  close(): void {
    this.#closing.abort();
    for (const client of [...this.#clients]) client.close(StreamClose.GOING_AWAY, 'the session ends');
    for (const { topic } of this.#candles.values()) {
      void topic.then(
        (opened) => opened.close(),
        () => {},
      );
    }
    this.#sockets.close();
  }

  async #topicOf(topic: TopicJson): Promise<Hearable> {
    const { account } = this.#parts;
    switch (topic.kind) {
      case 'candles':
        return (await this.#candleTopic(topic.symbol, toInterval(topic.interval))).topic;
      case 'session':
        this.#tellSession();
        return this.#session;
      default:
        return account[topic.kind];
    }
  }

  #candleTopic(symbol: string, interval: Interval): Promise<CandleTopic> {
    const { status, newEpoch, venue, clock } = this.#parts;
    if (!status().symbols.includes(symbol)) {
      return Promise.reject(new ApiError(404, 'NOT_FOUND', 'this session has no such symbol'));
    }
    const key = `${seriesKey({ venue, symbol })} ${interval.text}`;
    const known = this.#candles.get(key);
    if (known !== undefined) {
      known.idleSince = clock.monotonicMs();
      return known.topic;
    }
    this.#seriesSeen.add(key);
    if (this.#candles.size >= MOST_CANDLE_TOPICS || this.#seriesSeen.size > MOST_SERIES) {
      return Promise.reject(new ApiError(503, 'BUSY', 'too many kinds of candles are heard: end some'));
    }
    const topic = CandleTopic.open({
      ...this.#parts,
      ...{ epoch: newEpoch(), symbol, interval },
      marketTime: () => status().marketTime,
    });
    topic.catch(() => this.#candles.delete(key)); // told to who asked for it
    this.#candles.set(key, { topic, idleSince: clock.monotonicMs() });
    return topic;
  }

  /** Once a second: tells the session where it has changed, and ends candles that nobody has heard for a while. */
  async #keepUp(): Promise<void> {
    const { clock, logger } = this.#parts;
    for (;;) {
      const isOver = await clock.sleep(SESSION_MS, this.#closing.signal).then(
        () => false,
        () => true,
      );
      if (isOver) return;
      try {
        if (this.#session.isHeard) this.#tellSession();
        await this.#endIdle(clock);
      } catch (error) {
        logger.error({ error: String(error) }, 'the session cannot say how it is');
      }
    }
  }

  #tellSession(): void {
    const status = this.#parts.status();
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#session.change(status);
  }

  async #endIdle(clock: Clock): Promise<void> {
    for (const [key, opened] of [...this.#candles]) {
      const nowMs = clock.monotonicMs();
      const candles = await opened.topic.catch(() => null);
      if (candles === null || candles.topic.isEnded) this.#candles.delete(key);
      else if (candles.topic.isHeard) opened.idleSince = nowMs;
      else if (nowMs - opened.idleSince > LINGER_MS) {
        this.#candles.delete(key);
        candles.close();
      }
    }
  }
}
