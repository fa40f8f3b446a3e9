import type { Clock } from '@prate/runtime';
import { parseJson } from '../wire/json-text.ts';
import type { Socket, SocketTransport } from './socket-transport.ts';

/** Durations in ms; the defaults are in socket-manager.ts. */
export interface SessionSettings {
  readonly openTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly pingMs: number;
  /** A connection on which nothing came for so long is dead. */
  readonly silenceMs: number;
}

export interface Push {
  readonly channel: string;
  readonly symbol: string | null;
  readonly data: unknown;
  /** The server's time where the frame has it, or ours. */
  readonly timeMs: number;
}

/** One question to the server. MEXC's answers carry no id, so there is never more than one in the air. */
export interface Question {
  readonly message: object;
  /** The channel of the answer. */
  readonly answer: string;
  /** Key of the pushes that prove it just as well, as `Push` names them, or null. */
  readonly proof: string | null;
  onAnswer(timeMs: number): void;
  onRefusal(text: string): void;
}

export interface SessionEvents {
  onOpen(): void;
  onPush(push: Push): void;
  onPong(timeMs: number): void;
  /** A message that could not be read; `lostFromMs` is the time of the message before it. */
  onBadFrame(cause: unknown, text: string, lostFromMs: number): void;
  /** `rs.error` that answers no question. */
  onError(text: string): void;
  /** Once, and the last event. */
  onEnd(cause: string, lastFrameMs: number): void;
}

/** The life of one socket: opening, questions one at a time, pings, the watch over silence, the end. */
export class Session {
  readonly #clock: Clock;
  readonly #serverTimeMs: () => number;
  readonly #settings: SessionSettings;
  readonly #events: SessionEvents;
  readonly #socket: Socket;
  readonly #life = new AbortController();
  readonly #questions: Question[] = [];
  #asked: { readonly question: Question; readonly patience: AbortController } | null = null;
  #opened: boolean = false;
  #lastFrameMs: number;
  #lastHeardAt: number;

  constructor(parts: {
    readonly url: string;
    readonly transport: SocketTransport;
    readonly clock: Clock;
    readonly serverTimeMs: () => number;
    readonly settings: SessionSettings;
    readonly events: SessionEvents;
  }) {
    this.#clock = parts.clock;
    this.#serverTimeMs = parts.serverTimeMs;
    this.#settings = parts.settings;
    this.#events = parts.events;
    this.#lastFrameMs = parts.serverTimeMs();
    this.#lastHeardAt = parts.clock.monotonicMs();
    this.#socket = parts.transport.connect(parts.url, {
      onOpen: () => this.#open(),
      onText: (text) => this.#receive(text),
      onError: (cause) => this.end(`socket failed: ${cause instanceof Error ? cause.message : String(cause)}`),
      onClose: (code, reason) => this.end(`closed by the server: ${code} ${reason}`),
    });
    this.#after(this.#settings.openTimeoutMs, this.#life.signal, () => {
      if (!this.#opened) this.end(`did not open within ${this.#settings.openTimeoutMs} ms`);
    });
  }

  ask(question: Question): void {
    this.#questions.push(question);
    this.#askNext();
  }

  /** May be called twice. */
  end(cause: string): void {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    this.#asked?.patience.abort();
    this.#socket.close();
    this.#events.onEnd(cause, this.#lastFrameMs);
  }

  #open(): void {
    if (this.#life.signal.aborted) return;
    this.#opened = true;
    this.#heard();
    void this.#keepAlive();
    this.#events.onOpen();
    this.#askNext();
  }

  async #keepAlive(): Promise<void> {
    const { signal } = this.#life;
    const { pingMs, silenceMs } = this.#settings;
    while (!signal.aborted) {
      const silentMs = this.#clock.monotonicMs() - this.#lastHeardAt;
      if (silentMs >= silenceMs) {
        this.end(`silent for ${silentMs} ms`);
        return;
      }
      this.#socket.send('{"method":"ping"}');
      await this.#sleep(Math.min(pingMs, silenceMs - silentMs), signal);
    }
  }

  #askNext(): void {
    if (!this.#opened || this.#asked !== null || this.#life.signal.aborted) return;
    const question = this.#questions.shift();
    if (question === undefined) return;
    const patience = new AbortController();
    this.#asked = { question, patience };
    this.#after(this.#settings.answerTimeoutMs, patience.signal, () => {
      this.end(`no ${question.answer} within ${this.#settings.answerTimeoutMs} ms`);
    });
    this.#socket.send(JSON.stringify(question.message));
  }

  #settle(): Question | null {
    const asked = this.#asked;
    if (asked === null) return null;
    this.#asked = null;
    asked.patience.abort();
    return asked.question;
  }

  #receive(text: string): void {
    if (this.#life.signal.aborted) return;
    const before = this.#lastFrameMs;
    this.#heard();
    let frame: unknown;
    try {
      frame = parseJson(text);
    } catch (cause) {
      this.#events.onBadFrame(cause, text, before);
      return;
    }
    const { channel, symbol, data, ts } = (frame ?? {}) as Record<string, unknown>;
    if (typeof channel !== 'string') {
      this.#events.onBadFrame(new SyntaxError('a frame has a channel'), text, before);
      return;
    }
    const timeMs = epochMs(channel === 'pong' ? data : ts) ?? this.#serverTimeMs();
    this.#lastFrameMs = timeMs;
    if (channel === 'pong') this.#events.onPong(timeMs);
    else if (channel === 'rs.error') this.#refused(String(data));
    else if (channel.startsWith('push.')) this.#push(channel, symbol, data, timeMs);
    else this.#answered(channel, data, timeMs);
  }

  #push(channel: string, symbol: unknown, data: unknown, timeMs: number): void {
    const push: Push = { channel, symbol: typeof symbol === 'string' ? symbol : symbolIn(data), data, timeMs };
    const proof = this.#asked?.question.proof ?? null;
    if (proof === channel || proof === pushKey(channel, push.symbol)) this.#accepted(timeMs);
    this.#events.onPush(push);
  }

  #answered(channel: string, data: unknown, timeMs: number): void {
    if (channel !== this.#asked?.question.answer) return;
    if (data === 'success' || data === undefined) this.#accepted(timeMs);
    else this.#refused(String(data));
  }

  #accepted(timeMs: number): void {
    this.#settle()?.onAnswer(timeMs);
    this.#askNext();
  }

  #refused(text: string): void {
    const question = this.#settle();
    if (question === null) this.#events.onError(text);
    else question.onRefusal(text);
    this.#askNext();
  }

  #heard(): void {
    this.#lastHeardAt = this.#clock.monotonicMs();
  }

  #after(durationMs: number, signal: AbortSignal, action: () => void): void {
    void this.#sleep(durationMs, signal).then((woke) => {
      if (woke) action();
    });
  }

  /** False when it was aborted. */
  #sleep(durationMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#clock.sleep(durationMs, signal).then(
      () => !signal.aborted,
      () => false,
    );
  }
}

/** How pushes are told apart: by channel, and by symbol where they are of one. */
export const pushKey = (channel: string, symbol: string | null): string =>
  symbol === null ? channel : `${channel} ${symbol}`;

function symbolIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('symbol' in data)) return null;
  return typeof data.symbol === 'string' ? data.symbol : null;
}

/** `ts` is a number here and a text there; what is no time in ms is no time. */
function epochMs(value: unknown): number | null {
  const ms = typeof value === 'string' ? Number(value) : value;
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 1e12 && ms < 1e14 ? ms : null;
}
