import { type ServerMessageJson, STREAM_PROTOCOL, STREAM_TOKEN_PREFIX, type TopicJson } from '@prate/http-api/wire';
import { WebSocket } from 'ws';

const POLL_MS = 2000;
const STREAMS = 3;

/** What an open page asks again and again. */
const routesOf = (symbol: string): readonly string[] => [
  '/api/v1/session',
  '/api/v1/orders',
  '/api/v1/positions',
  '/api/v1/equity',
  `/api/v1/candles?symbol=${symbol}&interval=5s&last=500`,
  `/api/v1/coverage?symbol=${symbol}`,
  '/metrics',
];

/** Stands for browsers with the page open: routes asked in turn, and streams held, each on another symbol. */
export class OpenPage {
  readonly #url: string;
  readonly #token: string;
  readonly #symbols: readonly string[];
  readonly #sockets: WebSocket[] = [];
  readonly #timer: NodeJS.Timeout;
  #asked = 0;
  /** Since they were taken last. */
  #answers: number[] = [];
  #messages = 0;
  #orders = 0;
  readonly problems: string[] = [];

  /** @param pageUrl with its token */
  constructor(pageUrl: string, symbols: readonly string[]) {
    const url = new URL(pageUrl);
    this.#url = url.origin;
    this.#token = url.hash.replace('#token=', '');
    this.#symbols = symbols;
    for (let i = 0; i < STREAMS; i += 1) this.#follow(symbols[i % symbols.length] as string, i === 0);
    this.#timer = setInterval(() => void this.#ask(), POLL_MS);
  }

  /** How many answers came with their slowest, in ms; messages of all streams; and changes of orders; since the last call. */
  take(): { readonly answers: number; readonly slowestMs: number; readonly messages: number; readonly orders: number } {
    const [answers, messages, orders] = [this.#answers, this.#messages, this.#orders];
    [this.#answers, this.#messages, this.#orders] = [[], 0, 0];
    return { answers: answers.length, slowestMs: Math.max(0, ...answers), messages, orders };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) {
      socket.removeAllListeners('close');
      socket.close();
    }
  }

  async #ask(): Promise<void> {
    const symbol = this.#symbols[this.#asked % this.#symbols.length] as string;
    this.#asked += 1;
    for (const route of routesOf(symbol)) {
      const from = performance.now();
      try {
        const reply = await fetch(this.#url + route, { headers: { authorization: `Bearer ${this.#token}` } });
        await reply.arrayBuffer();
        this.#answers.push(performance.now() - from);
        if (!reply.ok) this.problems.push(`${route} answered ${reply.status}`);
      } catch (error) {
        this.problems.push(`${route}: ${String(error)}`);
      }
    }
  }

  #follow(symbol: string, countsOrders: boolean): void {
    const protocols = [STREAM_PROTOCOL, STREAM_TOKEN_PREFIX + this.#token];
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/api/v1/stream`, protocols, { origin: this.#url });
    this.#sockets.push(socket);
    const topics: TopicJson[] = [
      ...(['session', 'orders', 'fills', 'positions', 'balances', 'equity'] as const).map((kind) => ({ kind })),
      { kind: 'candles', symbol, interval: '1s' },
      { kind: 'candles', symbol, interval: '1m' },
    ];
    socket.on('open', () => {
      for (const [i, topic] of topics.entries())
        socket.send(JSON.stringify({ type: 'subscribe', id: `${i} ${topic.kind}`, topic }));
    });
    socket.on('message', (data) => {
      this.#messages += 1;
      const message = JSON.parse(String(data)) as ServerMessageJson;
      if (message.type === 'error') this.problems.push(`the stream refused ${message.id}: ${message.message}`);
      if (countsOrders && message.type === 'change' && message.id === '1 orders') this.#orders += 1;
    });
    socket.on('error', (error) => this.problems.push(`a stream failed: ${error.message}`));
    socket.on('close', (code) => this.problems.push(`a stream was closed: ${code}`));
  }
}
