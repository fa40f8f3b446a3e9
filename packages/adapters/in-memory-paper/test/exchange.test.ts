import { InvalidInputError, NotSupportedError, OrderType, Side } from '@prate/domain';
import { EXECUTION_PORT, type OrderRequest } from '@prate/execution-port';
import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, ManualClock, RANDOM, seededRandom } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { Container } from 'inversify';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../src/engine/ledger.ts';
import { EVENT_CAPACITY, InMemoryPaperExecution } from '../src/index.ts';
import { paperModule } from '../src/inversify.ts';
import { drain, Rig } from './rig.ts';
import { ScriptedMarket } from './scripted-market.ts';

const parts = (clock = new ManualClock(0)) => ({
  clock,
  random: seededRandom(1),
  market: new ScriptedMarket(clock, ['tradeStream']),
});

describe('the exchange', () => {
  it('one feed serves all accounts, and ends with the last of them', async () => {
    const rig = new Rig('book');
    const other = rig.exchange.account('b');
    await Promise.all([rig.port.connect(), other.connect()]);
    expect(rig.market.subscriptions).toBe(2);
    await rig.port.disconnect();
    expect(rig.market.subscriptions).toBe(2);
    await other.disconnect();
    expect(rig.market.subscriptions).toBe(0);
  });

  it('an account keeps its orders and its money over a reconnect, and is funded once', async () => {
    const rig = await Rig.open('trades');
    const order = await rig.accepted({ price: 90, quantity: 1 });
    await rig.port.disconnect();
    await rig.port.connect();
    expect((await rig.port.getOpenOrders()).map(({ id }) => id)).toEqual([order.id]);
    expect((await rig.port.getBalance()).total.toString()).toBe('10000');
    rig.print(89, 1);
    expect((await rig.now(order)).status).toBe('FILLED');
  });

  it('a book of before a reconnect is not traded against', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 5]], [[101, 5]]);
    await rig.port.disconnect();
    await rig.port.connect();
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
  });

  it('a book of before a gap is not traded against', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 5]], [[101, 5]]);
    rig.market.loseBook(['ETH_USDT']);
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'accepted' });
    rig.market.loseBook(['BTC_USDT']);
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
    rig.market.setBook([[99, 5]], [[101, 5]]);
    rig.market.loseBook();
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
    rig.market.setBook([[99, 5]], [[101, 5]]);
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'accepted' });
  });

  it('the same name is the same account', () => {
    const rig = new Rig('trades');
    expect(rig.exchange.account('a')).toBe(rig.port);
    expect(() => rig.exchange.account('a/b')).toThrow(InvalidInputError);
  });

  it('a disconnect during connect leaves nothing behind', async () => {
    const rig = new Rig('trades');
    const refused = expect(rig.port.connect()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await rig.port.disconnect();
    await refused;
    expect([rig.port.isConnected(), rig.market.subscriptions]).toEqual([false, 0]);
  });

  it('an abort during connect leaves nothing behind', async () => {
    const rig = new Rig('trades');
    const controller = new AbortController();
    const connecting = rig.port.connect({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
    await Promise.resolve();
    expect([rig.port.isConnected(), rig.market.subscriptions]).toEqual([false, 0]);
  });

  it('two connects at once: an abort of one leaves the other', async () => {
    for (const abortFirst of [true, false]) {
      const rig = new Rig('book');
      const controller = new AbortController();
      const signals = abortFirst ? [controller.signal, undefined] : [undefined, controller.signal];
      const [first, second] = signals.map((signal) => rig.port.connect({ signal }));
      controller.abort(new Error('enough'));
      const [aborted, kept] = abortFirst ? [first, second] : [second, first];
      await expect(aborted).rejects.toThrow('enough');
      await kept;
      expect([rig.port.isConnected(), rig.market.subscriptions]).toEqual([true, 2]);
      await rig.port.disconnect();
      expect(rig.market.subscriptions).toBe(0);
    }
  });

  it('a connect that a disconnect overtook fails, the one after it succeeds', async () => {
    const rig = new Rig('book');
    const refused = expect(rig.port.connect()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await rig.port.disconnect();
    const second = rig.port.connect();
    await refused;
    await second;
    expect([rig.port.isConnected(), rig.market.subscriptions]).toEqual([true, 2]);
  });

  it('what is no request is rejected, and in a batch the others stand', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 5]], [[101, 5]]);
    const good = { symbol: 'BTC_USDT', side: Side.BUY, type: OrderType.MARKET, quantity: 1 } as const;
    const symbol = Symbol('BTC_USDT') as unknown as string;
    const bad = [null, undefined, 'BUY', { ...good, symbol }] as unknown as OrderRequest[];
    const outcomes = await rig.port.createOrders([good, ...bad, good]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', ...bad.map(() => 'rejected'), 'accepted']);
    expect(await rig.port.createOrder(null as never)).toMatchObject({ kind: 'rejected', reason: 'INVALID_REQUEST' });
  });

  it('a feed that breaks ends the loops with its error, and the connection', async () => {
    const rig = await Rig.open('trades');
    const next = rig.port.events()[Symbol.asyncIterator]().next();
    rig.market.breakDown(new Error('cable cut'));
    await expect(next).rejects.toThrow('cable cut');
    expect(rig.port.isConnected()).toBe(false);
  });

  it('options: a symbol that the market lacks, a market without the stream and a bad balance are refused', async () => {
    const rig = new Rig('trades', { symbols: ['DOGE_USDT'] });
    await expect(rig.port.connect()).rejects.toThrow("no instrument 'DOGE_USDT'");
    expect(() => new Rig('trades', { feed: { kind: 'candles', interval: '1m' } })).toThrow(NotSupportedError);
    expect(() => new Rig('candles', { feed: { kind: 'candles', interval: '1x' } })).toThrow(InvalidInputError);
    expect(() => new Rig('trades', { balance: 'much' })).toThrow(InvalidInputError);
  });

  it('a loop that falls behind ends with QUEUE_FULL, and others go on', async () => {
    const rig = await Rig.open('trades');
    const slow = rig.port.events();
    const quick = rig.port.events();
    for (let told = 0; told <= EVENT_CAPACITY; told += 4) {
      const order = await rig.accepted({ price: 90, quantity: 1 });
      await rig.port.cancelOrder({ symbol: 'BTC_USDT', orderId: order.id });
      for (let i = 0; i < 4; i += 1) await quick.next();
    }
    expect(await Promise.race([quick.next(), Promise.resolve('goes on')])).toBe('goes on');
    const log = drain(slow, () => rig.port.disconnect());
    await expect(log).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  });

  it('new InMemoryPaperExecution: an exchange of its own with one account', async () => {
    const port = new InMemoryPaperExecution({ ...parts(), balance: 1000, venue: 'paper-2' });
    await port.connect();
    expect([port.venue, (await port.getBalance()).total.toString()]).toEqual(['paper-2', '1000']);
  });
});

describe('the ledger', () => {
  it('an entry that does not sum to zero is refused, and nothing of it is booked', () => {
    const ledger = new Ledger();
    const line = ledger.line('x', 'USDT');
    expect(() => ledger.post([{ line, amount: 1n }])).toThrow('must sum to zero');
    expect(line.amount).toBe(0n);
  });
});

describe('inversify', () => {
  it('paperModule: binds one ExecutionPort over the container’s parts, and unbinding disconnects it', async () => {
    const { clock, random, market } = parts();
    const container = new Container();
    container.load(paperModule({ balance: { USDT: 1000 } }));
    container.bind(CLOCK).toConstantValue(clock);
    container.bind(RANDOM).toConstantValue(random);
    container.bind(MARKET_DATA_PORT).toConstantValue(market);
    const port = await resolveAsync(container, EXECUTION_PORT);
    expect(await resolveAsync(container, EXECUTION_PORT)).toBe(port);
    await port.connect();
    expect(market.subscriptions).toBe(1);
    await container.unbindAllAsync();
    expect([port.isConnected(), market.subscriptions]).toEqual([false, 0]);
  });
});
