import { ManualClock } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import ccxt, { type Order, type Trade } from 'ccxt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxProcess, startSandbox } from './sandbox-process.ts';

const SEED = 7;
const SYMBOL = 'BTC/USDT:USDT';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CONTRACT = 0.0001;
const TAKER = 0.0008;

let sandbox: SandboxProcess;
let exchange: InstanceType<typeof ccxt.pro.mexc>;

/** ccxt's MEXC, told another address and nothing else. */
function connect(secret: string): InstanceType<typeof ccxt.pro.mexc> {
  const { rest, ws, apiKey } = sandbox;
  return new ccxt.pro.mexc({
    apiKey,
    secret,
    options: { defaultType: 'swap' },
    urls: {
      api: {
        spot: { public: rest, private: rest },
        contract: { public: `${rest}/api/v1/contract`, private: `${rest}/api/v1/private` },
        ws: { spot: ws, swap: ws },
      },
    },
  });
}

/** The same market in this process: a function of its seed and the time. */
const twin = (now = Date.now() + MINUTE): SyntheticMarket =>
  new SyntheticMarket({ seed: SEED, symbols: ['BTC_USDT'], clock: new ManualClock(now) });

/** What the market really traded around a time, as texts of time, price, contracts and side. */
async function tape(from: number, to: number): Promise<ReadonlySet<string>> {
  const { columns } = await twin().getTrades({ symbol: 'BTC_USDT', from, to });
  const rows = Array.from(columns.time, (time, i) =>
    [time, (columns.price[i] as number) / 10, Number(columns.quantity[i]), columns.side[i] === 0 ? 'buy' : 'sell'].join(
      ' ',
    ),
  );
  return new Set(rows);
}
const rowOf = ({ timestamp, price, amount, side }: Trade): string => [timestamp, price, amount, side].join(' ');
const last = async (): Promise<number> => (await exchange.fetchTicker(SYMBOL)).last as number;
/** @returns its id */
const place = async (...order: Parameters<typeof exchange.createOrder>): Promise<string> =>
  (await exchange.createOrder(...order)).id as string;
const tick = (price: number): number => Number(price.toFixed(1));

beforeAll(async () => {
  sandbox = await startSandbox(['--market', `synthetic:${SEED}`]);
  exchange = connect(sandbox.secretKey);
  await exchange.loadHttpProxyAgent(); // ccxt wants it before the first ws:// that is not wss://
});
afterAll(async () => {
  await exchange.close();
  expect(await sandbox.end()).toBe(0);
});
afterEach(async () => {
  await exchange.cancelAllOrders(SYMBOL);
});

describe('ccxt mexc: the market', () => {
  it('loadMarkets: the contracts, with their sizes and steps', async () => {
    const markets = await exchange.loadMarkets();
    expect(Object.keys(markets).sort()).toEqual([SYMBOL, 'ETH/USDT:USDT', 'SOL/USDT:USDT']);
    expect(markets[SYMBOL]).toMatchObject({
      id: 'BTC_USDT',
      swap: true,
      linear: true,
      active: true,
      settle: 'USDT',
      contractSize: CONTRACT,
      precision: { price: 0.1, amount: 1 },
      limits: { leverage: { max: 100 }, amount: { min: 1 } },
    });
  });

  it('fetchOHLCV: an hour of minutes, made of the trades of the market', async () => {
    const rows = (await exchange.fetchOHLCV(SYMBOL, '1m')) as number[][];
    expect(rows.length).toBeGreaterThan(50);
    const [first, final] = [rows[0]?.[0] as number, rows.at(-1)?.[0] as number];
    expect(Date.now() - final).toBeLessThan(3 * MINUTE);
    const { columns } = await twin().getCandles({
      symbol: 'BTC_USDT',
      interval: '1m',
      from: first + MINUTE,
      to: final,
    });
    const traded = new Map(Array.from(columns.openTime, (time, i) => [time, i] as const));
    const closed = rows.slice(1, -1);
    expect(closed.map(([time]) => time)).toEqual(closed.map((_, i) => first + (i + 1) * MINUTE));
    expect(closed.filter((row) => (row[5] as number) > 0).map(([time]) => time)).toEqual([...traded.keys()]);
    for (const [i, [time, open, high, low, close, volume]] of closed.entries()) {
      const before = rows[i]?.[4] as number; // a bar of the chart opens where the one before closed
      const at = traded.get(time as number);
      if (at === undefined) {
        expect([open, high, low, close, volume]).toEqual([before, before, before, before, 0]); // nobody traded
        continue;
      }
      expect([open, close, volume]).toEqual([before, (columns.close[at] as number) / 10, Number(columns.volume[at])]);
      expect(high).toBe(Math.max(before, (columns.high[at] as number) / 10));
      expect(low).toBe(Math.min(before, (columns.low[at] as number) / 10));
    }
  });

  it('fetchTrades: trades that the market really made', async () => {
    const trades = await exchange.fetchTrades(SYMBOL, undefined, 10);
    expect(trades).toHaveLength(10);
    const times = trades.map(({ timestamp }) => timestamp as number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const real = await tape(times[0] as number, (times.at(-1) as number) + 1);
    for (const trade of trades) expect(real).toContain(rowOf(trade));
  });

  it('fetchTicker and fetchOrderBook: around the last price', async () => {
    const ticker = await exchange.fetchTicker(SYMBOL);
    const [recent] = (await exchange.fetchTrades(SYMBOL, undefined, 100)).slice(-1);
    expect(Math.abs((ticker.last as number) / (recent?.price as number) - 1)).toBeLessThan(0.001);
    expect(ticker.high as number).toBeGreaterThanOrEqual(ticker.last as number);
    expect(ticker.low as number).toBeLessThanOrEqual(ticker.last as number);
    const book = await exchange.fetchOrderBook(SYMBOL, 5);
    expect([book.bids.length, book.asks.length]).toEqual([5, 5]);
    const prices = [...book.bids.toReversed(), ...book.asks].map(([price]) => price as number);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    expect(new Set(prices).size).toBe(10);
    expect(Math.abs((prices[4] as number) / (ticker.last as number) - 1)).toBeLessThan(0.001);
    expect((await exchange.fetchOrderBook(SYMBOL)).bids.length).toBe(50);
  });

  it('fetchFundingRate: the rate of the settlement to come, at 00, 08 or 16 o’clock', async () => {
    const asked = Date.now();
    const funding = await exchange.fetchFundingRate(SYMBOL);
    const settles = funding.fundingTimestamp as number;
    expect(settles % (8 * HOUR)).toBe(0);
    expect(settles).toBeGreaterThan(asked);
    expect(settles).toBeLessThanOrEqual(Date.now() + 8 * HOUR);
    const due = await twin(settles - 1).getFundingRate('BTC_USDT');
    expect([due.settleTime, due.rate.toNumber()]).toEqual([settles, funding.fundingRate]);
  });
});

describe('ccxt mexc: the account', () => {
  it('fetchBalance and fetchPositions: what a new account has', async () => {
    expect((await exchange.fetchBalance())['USDT']).toMatchObject({ free: 10_000, used: 0, total: 10_000 });
    expect(await exchange.fetchPositions([SYMBOL])).toEqual([]);
  });

  it('setLeverage: of one side', async () => {
    await exchange.setLeverage(25, SYMBOL, { openType: 1, positionType: 1 });
    await exchange.setLeverage(40, SYMBOL, { openType: 1, positionType: 2 });
    expect(await exchange.fetchLeverage(SYMBOL)).toMatchObject({ longLeverage: 25, shortLeverage: 40 });
  });

  it('createOrder limit, fetchOpenOrders, fetchOrder, cancelOrder: it rests, and is gone', async () => {
    const price = tick((await last()) * 0.95);
    const id = await place(SYMBOL, 'limit', 'buy', 10, price, {
      marginMode: 'isolated',
      leverage: 25,
      clientOrderId: 'ccxt-limit-1',
    });
    expect(id).toMatch(/^\d{18}$/);
    const open = await exchange.fetchOpenOrders(SYMBOL);
    expect(open.map((order) => [order.id, order.price, order.amount, order.filled, order.side])).toEqual([
      [id, price, 10, 0, 'buy'],
    ]);
    expect(await exchange.fetchOrder(id, SYMBOL)).toMatchObject({
      id,
      status: 'open',
      price,
      amount: 10,
      remaining: 10,
    });
    const held = (await exchange.fetchBalance())['USDT']?.used as number;
    expect(held).toBeGreaterThanOrEqual((price * 10 * CONTRACT) / 25);
    expect(held).toBeLessThan(((price * 10 * CONTRACT) / 25) * 1.1);
    await exchange.cancelOrder(id, SYMBOL);
    expect(await exchange.fetchOrder(id, SYMBOL)).toMatchObject({ id, status: 'canceled', filled: 0 });
    expect((await exchange.fetchBalance())['USDT']).toMatchObject({ free: 10_000, used: 0 });
    await expect(exchange.cancelOrder(id, SYMBOL)).rejects.toBeInstanceOf(ccxt.InvalidOrder);
  });

  it('createOrder post-only: rests below the book, and is cancelled where it would take', async () => {
    const price = await last();
    const rests = await place(SYMBOL, 'limit', 'buy', 1, tick(price * 0.96), { postOnly: true });
    const takes = await place(SYMBOL, 'limit', 'buy', 1, tick(price * 1.02), { postOnly: true });
    expect((await exchange.fetchOrder(rests, SYMBOL)).status).toBe('open');
    expect(await exchange.fetchOrder(takes, SYMBOL)).toMatchObject({ status: 'canceled', filled: 0 });
  });

  it('cancelAllOrders: none is left', async () => {
    const price = await last();
    for (const share of [0.95, 0.96]) await exchange.createOrder(SYMBOL, 'limit', 'buy', 1, tick(price * share));
    expect(await exchange.fetchOpenOrders(SYMBOL)).toHaveLength(2);
    await exchange.cancelAllOrders(SYMBOL);
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('createOrder market, fetchMyTrades, fetchPositions: filled at the book, paid for, held, and closed again', async () => {
    const before = (await exchange.fetchBalance())['USDT']?.free as number;
    const { asks } = await exchange.fetchOrderBook(SYMBOL, 50);
    const id = await place(SYMBOL, 'market', 'buy', 30);
    const order = await exchange.fetchOrder(id, SYMBOL);
    expect(order).toMatchObject({ status: 'closed', filled: 30, remaining: 0 });
    expect(Math.abs((order.average as number) / (asks[0]?.[0] as number) - 1)).toBeLessThan(0.001);

    const fills = (await exchange.fetchMyTrades(SYMBOL)).filter(({ order: of }) => of === id);
    expect(fills.reduce((sum, { amount }) => sum + (amount as number), 0)).toBe(30);
    const value = fills.reduce((sum, { price, amount }) => sum + (price as number) * (amount as number) * CONTRACT, 0);
    const fee = fills.reduce((sum, fill) => sum + (fill.fee?.cost as number), 0);
    expect(fee).toBeCloseTo(value * TAKER, 9);
    expect(fills.every(({ side, takerOrMaker }) => side === 'buy' && takerOrMaker === 'taker')).toBe(true);

    const [position, ...others] = await exchange.fetchPositions([SYMBOL]);
    expect(others).toEqual([]);
    expect(position).toMatchObject({ symbol: SYMBOL, side: 'long', contracts: 30 });
    expect(position?.entryPrice).toBeCloseTo(order.average as number, 4);
    expect((await exchange.fetchBalance())['USDT']?.free as number).toBeLessThan(before - fee);

    await exchange.createOrder(SYMBOL, 'market', 'sell', 30, undefined, { reduceOnly: true });
    expect(await exchange.fetchPositions([SYMBOL])).toEqual([]);
    const all = await exchange.fetchMyTrades(SYMBOL);
    const paid = all.reduce((sum, fill) => sum + (fill.fee?.cost as number), 0);
    const profit = all.reduce((sum, { info }) => sum + Number(info['profit']), 0);
    expect((await exchange.fetchBalance())['USDT']?.free).toBeCloseTo(10_000 + profit - paid, 6);
  });

  it('createOrder with triggerPrice: one that waits far away is cancelled, one whose price is there is sent with the next', async () => {
    const plans = async (): Promise<Order[]> =>
      await exchange.fetchOrders(SYMBOL, undefined, undefined, { method: 'contractPrivateGetPlanorderListOrders' });
    const price = await last();
    const stop = (triggerPrice: number, side: 'buy' | 'sell', more: object = {}) =>
      exchange.createOrder(SYMBOL, 'market', side, 20, undefined, {
        ...{ triggerPrice, triggerType: 2, executeCycle: 2, orderType: 5, ...more },
      });
    await stop(tick(price * 0.9), 'buy');
    const [waiting, ...others] = await plans();
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ side: 'buy', amount: 20, triggerPrice: tick(price * 0.9) });
    expect(waiting?.info).toMatchObject({ state: 1, executeCycle: 168, trend: 1, orderId: 0 });
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([]);
    await exchange.cancelAllOrders(SYMBOL, { method: 'contractPrivatePostPlanorderCancelAll' });
    expect((await plans())[0]?.info).toMatchObject({ id: waiting?.info['id'], state: 2 });

    await exchange.createOrder(SYMBOL, 'market', 'buy', 20);
    await stop(tick(price * 1.05), 'sell', { reduceOnly: true });
    let sold = (await plans()).at(-1)?.info;
    while (sold?.['state'] === 1) sold = (await plans()).at(-1)?.info;
    expect(sold).toMatchObject({ state: 3, side: 4 });
    expect(await exchange.fetchOrder(sold?.['orderId'], SYMBOL)).toMatchObject({ status: 'closed', filled: 20 });
    expect(await exchange.fetchPositions([SYMBOL])).toEqual([]);
  });

  it('a wrong secret is an AuthenticationError, too much is InsufficientFunds, a price off the band InvalidOrder', async () => {
    const other = connect('0'.repeat(32));
    await expect(other.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError);
    await other.close();
    const price = tick((await last()) * 0.97);
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 900_000, price)).rejects.toBeInstanceOf(
      ccxt.ExchangeError,
    );
    await expect(
      exchange.createOrder(SYMBOL, 'limit', 'buy', 20_000, price, { marginMode: 'isolated', leverage: 5 }),
    ).rejects.toBeInstanceOf(ccxt.InsufficientFunds);
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 1, tick(price * 2))).rejects.toBeInstanceOf(
      ccxt.InvalidOrder,
    );
  });
});

describe('ccxt mexc: watching', () => {
  it('watchTrades: trades that the market really made', async () => {
    const trades = await exchange.watchTrades(SYMBOL);
    const times = trades.map(({ timestamp }) => timestamp as number);
    const { columns } = await twin().getTrades({
      symbol: 'BTC_USDT',
      from: Math.min(...times),
      to: Math.max(...times) + 1,
    });
    const prices = new Set(Array.from(columns.price, (price) => price / 10));
    for (const { price } of trades) expect(prices).toContain(price);
  });

  it('watchOHLCV: the forming minute', async () => {
    const [bar] = (await exchange.watchOHLCV(SYMBOL, '1m')).slice(-1);
    const [time, open, high, low, close, volume] = bar as number[] as [number, number, number, number, number, number];
    expect(time % MINUTE).toBe(0);
    expect(Date.now() - time).toBeLessThan(2 * MINUTE);
    expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
    expect(low).toBeLessThanOrEqual(Math.min(open, close));
    expect(volume).toBeGreaterThan(0);
  });

  it('watchOrderBook: kept up to date from a snapshot, without a hole', async () => {
    const book = await exchange.watchOrderBook(SYMBOL);
    const first = book.nonce as number;
    for (let i = 0; i < 5; i += 1) await exchange.watchOrderBook(SYMBOL);
    const kept = await exchange.watchOrderBook(SYMBOL);
    expect(kept.nonce as number).toBeGreaterThan(first);
    expect(kept.bids.length).toBeGreaterThanOrEqual(50);
    expect(kept.bids[0]?.[0] as number).toBeLessThan(kept.asks[0]?.[0] as number);
  });

  it('watchOrders: an order as it is placed and cancelled', async () => {
    const watched = exchange.watchOrders(SYMBOL);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // ccxt does not say when its login is through
    const id = await place(SYMBOL, 'limit', 'buy', 2, tick((await last()) * 0.95));
    const seen = (orders: Order[]): string[] =>
      orders.filter((order) => order.id === id).map(({ status }) => String(status));
    expect(seen(await watched)).toEqual(['open']);
    const again = exchange.watchOrders(SYMBOL);
    await exchange.cancelOrder(id, SYMBOL);
    let states = seen(await again);
    while (!states.includes('canceled')) states = seen(await exchange.watchOrders(SYMBOL));
    expect(states.at(-1)).toBe('canceled');
  });
});
