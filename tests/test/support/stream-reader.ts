import {
  type BalancesState,
  type CandleJson,
  type CandlesChange,
  type CandlesState,
  type ClientMessageJson,
  type CursorJson,
  type FillsState,
  type OrdersState,
  type PositionChange,
  type PositionsState,
  type ServerMessageJson,
  STREAM_PROTOCOL,
  STREAM_TOKEN_PREFIX,
  type TopicJson,
} from '@prate/http-api';
import { WebSocket } from 'ws';
import type { Served } from './http-calls.ts';

/** What a client knows of one topic, and the place up to which it does. */
interface Known {
  readonly topic: TopicJson;
  cursor: CursorJson | undefined;
  isHearing: boolean;
  data: unknown;
}

/**
 * A client as a page would be one: it subscribes, applies what it hears in order, and comes back with the place where it was
 * cut off. It checks the numbers: a snapshot or `resumed` first, then each one more than the last.
 */
export class StreamReader {
  readonly known = new Map<string, Known>();
  readonly messages: ServerMessageJson[] = [];
  readonly faults: string[] = [];
  snapshots = 0;
  resumed = 0;
  closeCode: number | null = null;
  #api: Served;
  #socket: WebSocket | null = null;
  #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];

  constructor(api: Served) {
    this.#api = api;
  }

  get socket(): WebSocket {
    return this.#socket as WebSocket;
  }

  /** Connects, and takes up again what it heard before. */
  async connect(api: Served = this.#api): Promise<void> {
    this.#api = api;
    this.closeCode = null;
    const url = api.url.replace('http', 'ws');
    const protocols = [STREAM_PROTOCOL, STREAM_TOKEN_PREFIX + api.token('read')];
    const socket = new WebSocket(`${url}/api/v1/stream`, protocols, { origin: api.url });
    this.#socket = socket;
    socket.on('message', (data) => {
      if (socket === this.#socket) this.#take(JSON.parse(String(data)));
    });
    socket.on('close', (code) => {
      if (socket !== this.#socket) return;
      this.closeCode = code;
      for (const known of this.known.values()) known.isHearing = false;
      this.#wake();
    });
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    for (const [id, { topic, cursor }] of this.known) this.#say({ type: 'subscribe', id, topic, since: cursor });
  }

  /** Subscribes, and resolves with the first state. */
  async subscribe(id: string, topic: TopicJson): Promise<void> {
    this.known.set(id, { topic, cursor: undefined, isHearing: false, data: null });
    this.#say({ type: 'subscribe', id, topic });
    await this.until(() => this.known.get(id)?.isHearing !== false);
  }

  unsubscribe(id: string): void {
    this.#say({ type: 'unsubscribe', id });
  }

  /** The connection breaks off, without a word. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    for (const known of this.known.values()) known.isHearing = false;
    socket?.terminate();
  }

  close(): void {
    this.#socket?.close();
  }

  /** Resolves when it is so; looks after each message. */
  until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ isDone, resolve });
    });
  }

  data<T>(id: string): T {
    return this.known.get(id)?.data as T;
  }

  #say(message: ClientMessageJson): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #take(message: ServerMessageJson): void {
    this.messages.push(message);
    const known = 'id' in message && message.id !== null ? this.known.get(message.id) : undefined;
    if (message.type === 'error' && message.id !== null) this.known.delete(message.id);
    if (known !== undefined) this.#apply(known, message);
    this.#wake();
  }

  #apply(known: Known, message: ServerMessageJson): void {
    const { cursor } = known;
    if (message.type === 'snapshot') {
      if (known.isHearing && message.seq !== (cursor?.seq ?? 0) + 1)
        this.faults.push(`snapshot ${message.seq} after ${cursor?.seq}`);
      known.cursor = { epoch: message.epoch, seq: message.seq };
      known.data = message.data;
      this.snapshots += 1;
    } else if (message.type === 'resumed') {
      if (message.epoch !== cursor?.epoch || message.seq !== cursor.seq) this.faults.push('resumed elsewhere');
      this.resumed += 1;
    } else if (message.type === 'change') {
      if (cursor === undefined || message.seq !== cursor.seq + 1)
        this.faults.push(`${message.seq} after ${cursor?.seq}`);
      known.cursor = { epoch: cursor?.epoch ?? '', seq: message.seq };
      known.data = applied(known.topic.kind, known.data, message.data);
    }
    known.isHearing = true;
  }

  #wake(): void {
    const due = this.#waiting.filter(({ isDone }) => isDone());
    this.#waiting = this.#waiting.filter((each) => !due.includes(each));
    for (const { resolve } of due) resolve();
  }
}

/** The state after a change, by the words of docs/http-api.md. */
function applied(kind: TopicJson['kind'], state: unknown, change: unknown): unknown {
  switch (kind) {
    case 'orders': {
      const { order } = change as { order: OrdersState['orders'][number] };
      const { orders } = state as OrdersState;
      const known = orders.some(({ id }) => id === order.id);
      if (!order.isActive) return { orders: orders.filter(({ id }) => id !== order.id) };
      return { orders: known ? orders.map((each) => (each.id === order.id ? order : each)) : [...orders, order] };
    }
    case 'fills':
      return {
        fills: [...(state as FillsState).fills, (change as { fill: FillsState['fills'][number] }).fill].slice(-200),
      };
    case 'positions': {
      const { symbol, positionSide, position } = change as PositionChange;
      const rest = (state as PositionsState).positions.filter(
        (each) => each.symbol !== symbol || each.positionSide !== positionSide,
      );
      return { positions: position === null ? rest : [...rest, position] };
    }
    case 'balances': {
      const { balance } = change as { balance: BalancesState['balances'][number] };
      const rest = (state as BalancesState).balances.filter(({ asset }) => asset !== balance.asset);
      return { balances: [...rest, balance] };
    }
    case 'candles': {
      const { candles, forming } = change as CandlesChange;
      const byTime = new Map<number, CandleJson>();
      for (const candle of [...(state as CandlesState).candles, ...candles]) byTime.set(candle.openTime, candle);
      const all = [...byTime.values()].sort((a, b) => a.openTime - b.openTime);
      return { candles: all.slice(-200), forming };
    }
    default:
      return change;
  }
}
