import ccxt from 'ccxt';
import type { Contender } from '../harness/work.ts';
import { createReply, DEALS_A_PUSH, dealsPush, detailReply, klinesReply, ORDER_ID } from '../samples/mexc.ts';
import { START_MS } from '../samples/walk.ts';
import { CREATES, KLINE_CALLS, PUSHES } from './mexc-amounts.ts';

const SYMBOL = 'BTC/USDT:USDT';

/** What ccxt asks of a fetch, answered at once. */
const reply = (text: string) => ({
  status: 200,
  statusText: 'OK',
  headers: { 'content-type': 'application/json' },
  text: async () => text,
});

/** ccxt's MEXC with its network stubbed where it lets users do so. */
async function stubbed(answer: (url: string) => string | undefined) {
  const exchange = new ccxt.pro.mexc({
    apiKey: 'mx0vTESTKEY0000001',
    secret: '0123456789abcdef0123456789abcdef',
    enableRateLimit: false,
    options: { defaultType: 'swap' },
  });
  exchange.fetchImplementation = async (url: string) => {
    const text = answer(url);
    if (text !== undefined) return reply(text);
    if (url.includes('contract/detail')) return reply(detailReply);
    if (url.includes('exchangeInfo')) return reply('{"symbols":[]}');
    return reply('[]');
  };
  await exchange.loadMarkets();
  return exchange;
}

type Exchange = Awaited<ReturnType<typeof stubbed>>;

export function klines(): Contender {
  const text = klinesReply();
  let exchange: Exchange | null = null;
  let rows: readonly (readonly (number | undefined)[])[] = [];
  return {
    async prepare() {
      exchange ??= await stubbed((url) => (url.includes('contract/kline') ? text : undefined));
    },
    async run() {
      for (let call = 0; call < KLINE_CALLS; call += 1) {
        rows = await (exchange as Exchange).fetchOHLCV(SYMBOL, '1m', START_MS, 2000);
      }
      return undefined;
    },
    async result() {
      const names = ['time', 'open', 'high', 'low', 'close', 'contracts'];
      return Object.fromEntries(names.map((name, i) => [name, Float64Array.from(rows, (row) => row[i] as number)]));
    },
  };
}

export function trades(): Contender {
  let exchange: Exchange | null = null;
  let texts: readonly string[] = [];
  let pushed = 0;
  return {
    async prepare() {
      exchange ??= await stubbed(() => undefined);
      texts = Array.from({ length: PUSHES }, (_, i) => dealsPush(pushed + i));
      pushed += PUSHES;
    },
    async run() {
      // a client that is not connected: it is handed what a socket would
      const client = (exchange as Exchange).client('wss://contract.mexc.com/edge') as unknown as {
        onMessage(event: { data: string }): void;
      };
      for (const data of texts) client.onMessage({ data });
      return undefined;
    },
    async result() {
      const rows = ((exchange as Exchange).trades[SYMBOL] ?? []).slice(-DEALS_A_PUSH) as readonly {
        readonly price: number;
        readonly amount: number;
        readonly side: string;
      }[];
      return {
        price: Float64Array.from(rows, ({ price }) => price),
        contracts: Float64Array.from(rows, ({ amount }) => amount),
        isBuy: Float64Array.from(rows, ({ side }) => (side === 'buy' ? 1 : 0)),
      };
    },
  };
}

export function creates(): Contender {
  let exchange: Exchange | null = null;
  let id: string | undefined;
  return {
    async prepare() {
      exchange ??= await stubbed((url) => (url.includes('order/create') ? createReply : undefined));
    },
    async run() {
      for (let i = 0; i < CREATES; i += 1) {
        const params = { openType: 1, leverage: 5, clientOrderId: `prate-${i}` };
        ({ id } = await (exchange as Exchange).createOrder(SYMBOL, 'limit', 'buy', 10, 80_000.5, params));
      }
      return undefined;
    },
    result: async () => ({ isRight: Float64Array.of(id === ORDER_ID ? 1 : 0) }),
  };
}
