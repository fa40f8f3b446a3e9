import type { Logger } from '@prate/runtime';
import type { WebSocket } from 'ws';
import type { AccountEvent, BackendEvent, MarketEvent } from '../backend/backend-event.ts';
import { type Frame, FrameLine } from '../faults/frame-faults.ts';
import type { Doorkeeper } from '../server/credentials.ts';
import { serverNow, type Venue } from '../server/route.ts';
import { Fields } from '../wire/fields.ts';
import { fromJson, type WireValue } from '../wire/json.ts';
import { ackFrame, errorFrame, pongFrame, pushFrame } from './edge-frames.ts';
import { PersonalFilter } from './personal-filter.ts';
import { personalPush } from './personal-push.ts';
import { CHANNELS, type PushRates, type Subscription } from './subscriptions.ts';

export interface EdgeParts {
  readonly venue: Venue;
  readonly doorkeeper: Doorkeeper;
  readonly logger: Logger;
  readonly rates: PushRates;
  readonly idleMs: number;
}

interface Open {
  readonly name: string;
  readonly symbol: string | null;
  readonly handle: Subscription;
  readonly stop: AbortController;
}

/** One connection: its subscriptions, its login, its way through the faults. */
export class EdgeSession {
  readonly #parts: EdgeParts;
  readonly #socket: WebSocket;
  readonly #line: FrameLine;
  readonly #ended = new AbortController();
  #open: Open[] = [];
  #apiKey: string | null = null;
  #filter = PersonalFilter.none;
  #lastPingMs: number;
  #frozen = false;
  /** Requests and pushes that ask the backend wait for each other, so that order is kept. */
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param number counts the connections of a server, from 0 */
  constructor(parts: EdgeParts, socket: WebSocket, number: number) {
    this.#parts = parts;
    this.#socket = socket;
    this.#line = new FrameLine(
      number,
      (frame) => this.#write(frame),
      () => this.reset(),
    );
    this.#lastPingMs = parts.venue.clock.monotonicMs();
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('close', () => this.#ended.abort());
    socket.on('error', () => this.#ended.abort());
    void this.#dropWhenIdle();
  }

  /** What happened at the exchange, in its order. */
  handle(event: BackendEvent): void {
    if (this.#waiting > 0) this.#later(async () => this.#dispatch(event));
    else this.#dispatch(event);
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  reset(): void {
    this.#socket.terminate();
  }

  freeze(): void {
    this.#frozen = true;
    this.#socket.pause();
  }

  flush(): void {
    this.#line.flush();
  }

  get isOpen(): boolean {
    return !this.#ended.signal.aborted;
  }

  #dispatch(event: BackendEvent): void {
    if ('account' in event) this.#dispatchPersonal(event);
    else this.#dispatchMarket(event);
  }

  #dispatchMarket(event: MarketEvent): void {
    for (const { handle } of this.#open) handle(event);
  }

  #dispatchPersonal(event: AccountEvent): void {
    if (event.account !== this.#apiKey) return;
    this.#later(async () => {
      const { name, symbol, data } = await personalPush(this.#parts.venue, event);
      if (this.#filter.wants(name, symbol)) this.#push(`push.personal.${name}`, null, data);
    });
  }

  #receive(text: string): void {
    if (this.#frozen) return;
    let message: unknown;
    try {
      message = fromJson(text);
    } catch {
      this.#say('rs.error', errorFrame('the message is not JSON', this.#now()));
      return;
    }
    const method = new Fields(message).text('method') ?? '';
    if (method === 'ping') {
      this.#lastPingMs = this.#parts.venue.clock.monotonicMs();
      this.#pong();
      return;
    }
    this.#later(async () => {
      try {
        await this.#obey(method, (message ?? {}) as { readonly param?: unknown; readonly subscribe?: unknown });
        this.#say(`rs.${method}`, ackFrame(method, this.#now()));
      } catch (error) {
        this.#say('rs.error', errorFrame(error instanceof Error ? error.message : 'refused', this.#now()));
      }
    });
  }

  /** When nothing is being asked of the backend any more, so that a pong tells that everything before it was sent. */
  #pong(): void {
    if (this.#waiting === 0) this.#say('pong', pongFrame(this.#now()));
    else void this.#queue.then(() => this.#pong());
  }

  async #obey(method: string, message: { readonly param?: unknown; readonly subscribe?: unknown }): Promise<void> {
    const param = new Fields(message.param);
    if (method === 'login') {
      const key = param.needText('apiKey');
      this.#parts.doorkeeper.checkLogin(key, param.needText('reqTime'), param.needText('signature'));
      this.#apiKey = key;
      const silent = new Fields(message).isFalse('subscribe') || param.isFalse('subscribe');
      this.#filter = silent ? PersonalFilter.none : PersonalFilter.all;
      return;
    }
    if (method === 'personal.filter') {
      if (this.#apiKey === null) throw new Error('log in first');
      this.#filter = PersonalFilter.read(message.param);
      return;
    }
    const [verb = '', ...rest] = method.split('.');
    const name = rest.join('.');
    if (verb === 'sub' && Object.hasOwn(CHANNELS, name)) return this.#subscribe(name, param);
    if (verb === 'unsub' && Object.hasOwn(CHANNELS, name)) return this.#unsubscribe(name, param.text('symbol'));
    throw new Error(`there is no method ${method}`);
  }

  /** A subscription that is there already begins anew; of klines each interval is one of its own. */
  async #subscribe(name: string, param: Fields): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#ended.signal]);
    const symbol = param.text('symbol');
    const handle = await (CHANNELS[name] as (typeof CHANNELS)[string])?.(
      {
        venue: this.#parts.venue,
        rates: this.#parts.rates,
        signal,
        push: (channel, about, data) => {
          if (!signal.aborted) this.#push(channel, about, data);
        },
        later: (work) => this.#later(work),
      },
      param,
    );
    if (handle === undefined) return;
    const full = name === 'kline' ? `kline ${param.text('interval')}` : name;
    this.#end((open) => open.name === full && open.symbol === symbol);
    this.#open.push({ name: full, symbol, handle, stop });
  }

  /** By name and symbol: all intervals of klines end together. */
  #unsubscribe(name: string, symbol: string | null): void {
    this.#end((open) => (open.name === name || open.name.startsWith(`${name} `)) && open.symbol === symbol);
  }

  #end(which: (open: Open) => boolean): void {
    for (const open of this.#open) if (which(open)) open.stop.abort();
    this.#open = this.#open.filter((open) => !which(open));
  }

  #later(work: () => Promise<void>): void {
    this.#waiting += 1;
    this.#queue = this.#queue.then(work).then(
      () => {
        this.#waiting -= 1;
      },
      (error: unknown) => {
        this.#waiting -= 1;
        this.#parts.logger.error({ error: String(error) }, 'a push failed');
      },
    );
  }

  #push(channel: string, symbol: string | null, data: WireValue): void {
    this.#say(channel, pushFrame(channel, symbol, data, this.#now()));
  }

  #say(channel: string, text: string): void {
    const { faults } = this.#parts.venue;
    if (!faults.isSilent(channel)) this.#line.push(channel, text, faults.frameFaults);
  }

  #write({ text, split }: Frame): void {
    if (this.#frozen || this.#socket.readyState !== this.#socket.OPEN) return;
    if (!split) {
      this.#socket.send(text);
      return;
    }
    const third = Math.ceil(text.length / 3);
    for (let from = 0; from < text.length; from += third) {
      this.#socket.send(text.slice(from, from + third), { fin: from + third >= text.length });
    }
  }

  #now(): number {
    return serverNow(this.#parts.venue);
  }

  async #dropWhenIdle(): Promise<void> {
    const { idleMs } = this.#parts;
    const { clock } = this.#parts.venue;
    try {
      for (;;) {
        const leftMs = this.#lastPingMs + idleMs - clock.monotonicMs();
        if (leftMs <= 0) {
          if (!this.#frozen) this.close(1000);
          return;
        }
        await clock.sleep(leftMs, this.#ended.signal);
      }
    } catch {
      // the connection has ended
    }
  }
}
