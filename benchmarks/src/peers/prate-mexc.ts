import type { CandleColumns } from '@prate/domain';
import { publicTradesOf, rowsOf, type TradeColumns } from '@prate/domain/candles';
import {
  type HttpReply,
  type HttpTransport,
  MexcFuturesMarketData,
  type MexcMarketDataOptions,
  MexcRest,
  type SocketEvents,
  type SocketTransport,
} from '@prate/mexc-futures';
import type { Cells, Contender } from '../harness/work.ts';
import {
  BARS,
  createReply,
  DEALS_A_PUSH,
  dealsPush,
  detailReply,
  klinesReply,
  MEXC_SYMBOL,
  ORDER_ID,
  pingReply,
} from '../samples/mexc.ts';
import { START_MS } from '../samples/walk.ts';
import { CREATES, KLINE_CALLS, PUSHES } from './mexc-amounts.ts';

/** A window that is over before the next call. */
const UNLIMITED = { calls: 1, windowMs: 1e-9 };
const limits = {
  order: UNLIMITED,
  stop: UNLIMITED,
  cancel: UNLIMITED,
  read: UNLIMITED,
  market: UNLIMITED,
  leverage: UNLIMITED,
};

/** Answers at once, by a piece of the URL; the first that fits. */
const stubbed = (answers: Readonly<Record<string, () => string>>): HttpTransport => {
  const rows = Object.entries(answers);
  return {
    async send({ url }): Promise<HttpReply> {
      const answer = rows.find(([piece]) => url.includes(piece))?.[1];
      if (answer === undefined) throw new TypeError(`no answer to ${url}`);
      return { status: 200, contentType: 'application/json', retryAfter: undefined, body: answer() };
    },
    async close() {},
  };
};

const market = (more: MexcMarketDataOptions, klines = ''): MexcFuturesMarketData =>
  new MexcFuturesMarketData({
    limits,
    transport: stubbed({
      'contract/kline': () => klines,
      'contract/detail': () => detailReply,
      'contract/ping': () => pingReply(Date.now()),
    }),
    ...more,
  });

/** 2,000 klines from their text to columns, through the port. */
export function klines(prices: 'real' | 'chart'): Contender {
  const text = klinesReply();
  const port = market({ prices }, text);
  let columns: CandleColumns | null = null;
  return {
    async prepare() {},
    async run() {
      const query = { symbol: MEXC_SYMBOL, interval: '1m', from: START_MS, to: START_MS + BARS * 60_000 };
      for (let call = 0; call < KLINE_CALLS; call += 1) columns = (await port.getCandles(query)).columns;
      return undefined;
    },
    async result(): Promise<Cells> {
      const rows = [...rowsOf(columns as CandleColumns)];
      const column = (value: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, value);
      return {
        time: column(({ openTime }) => openTime),
        open: column(({ open }) => open),
        high: column(({ high }) => high),
        low: column(({ low }) => low),
        close: column(({ close }) => close),
        contracts: column(({ volume }) => Math.round(volume / 0.0001)),
      };
    },
  };
}

/** Pushes of 100 trades from their text to columns, through the socket manager and the stream of the port. */
export function trades(): Contender {
  let events: SocketEvents | null = null;
  const sockets: SocketTransport = {
    connect: (_, given) => {
      events = given;
      return {
        send: (text) => {
          if (text.includes('"sub.deal"')) given.onText('{"channel":"rs.sub.deal","data":"success","ts":1}');
        },
        close() {},
      };
    },
  };
  const port = market({ socketTransport: sockets });
  let texts: readonly string[] = [];
  let pushed = 0;
  let last: TradeColumns | null = null;
  return {
    async prepare() {
      if (pushed === 0) {
        const stream = port.trades([MEXC_SYMBOL], (item) => {
          if (item.kind === 'trades') last = item.trades;
        });
        while (events === null) await new Promise((resolve) => setImmediate(resolve));
        (events as SocketEvents).onOpen();
        await stream.ready;
      }
      texts = Array.from({ length: PUSHES }, (_, i) => dealsPush(pushed + i));
      pushed += PUSHES;
    },
    async run() {
      for (const text of texts) (events as unknown as SocketEvents).onText(text);
      return undefined;
    },
    async result(): Promise<Cells> {
      const rows = [...publicTradesOf(MEXC_SYMBOL, last as unknown as TradeColumns)];
      if (rows.length !== DEALS_A_PUSH) throw new TypeError(`${rows.length} trades of a push`);
      return {
        price: Float64Array.from(rows, ({ price }) => price.toNumber()),
        contracts: Float64Array.from(rows, ({ quantity }) => quantity.div('0.0001').toNumber()),
        isBuy: Float64Array.from(rows, ({ side }) => (side === 'BUY' ? 1 : 0)),
      };
    },
  };
}

/** Orders built, signed, and their answers read. */
export function creates(): Contender {
  const rest = new MexcRest({
    credentials: { apiKey: 'mx0vTESTKEY0000001', secretKey: '0123456789abcdef0123456789abcdef' },
    limits,
    transport: stubbed({ 'order/create': () => createReply, 'contract/ping': () => pingReply(Date.now()) }),
  });
  let id = '';
  return {
    async prepare() {
      await rest.syncClock();
    },
    async run() {
      for (let i = 0; i < CREATES; i += 1) {
        const result = await rest.orders.create({
          symbol: MEXC_SYMBOL,
          price: '80000.5',
          vol: '10',
          side: 1,
          type: 1,
          openType: 1,
          leverage: 5,
          externalOid: `prate-${i}`,
        });
        if (result.kind !== 'ok') throw new TypeError(`the create is ${result.kind}`);
        id = result.data.orderId;
      }
      return undefined;
    },
    result: async () => ({ isRight: Float64Array.of(id === ORDER_ID ? 1 : 0) }),
  };
}
