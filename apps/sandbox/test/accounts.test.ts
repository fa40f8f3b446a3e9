import { createHmac } from 'node:crypto';
import { Decimal, MarginMode, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import { PaperExchange } from '@prate/in-memory-paper';
import {
  type AccountEvent,
  type AccountOrder,
  BackendRefusal,
  MexcSandbox,
  type OrderTicket,
  type SandboxAccount,
} from '@prate/mexc-sandbox';
import { ManualClock, seededRandom } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeskAccounts } from '../src/accounts/desk-accounts.ts';
import { LiveMarket } from '../src/market/live-market.ts';

const START = 1_767_225_600_000;
const KEY = 'mx0vtest';
const FEES = { maker: '0.0006', taker: '0.0008' };

interface Desk {
  readonly account: SandboxAccount;
  readonly accounts: DeskAccounts;
  readonly live: LiveMarket;
  readonly source: SyntheticMarket;
  readonly clock: ManualClock;
  readonly events: AccountEvent[];
}

/** An exchange on a made-up market, in this process and on a clock that a test moves. */
async function desk(start: number = START): Promise<Desk> {
  const clock = new ManualClock();
  const source = new SyntheticMarket({ seed: 11, symbols: ['BTC_USDT', 'DOGE_USDT'], clock, start });
  const exchange = new PaperExchange({ market: source, clock, random: seededRandom(1), balance: '1', fees: FEES });
  const live = await LiveMarket.open({
    market: source,
    clock,
    candles: null,
    insurance: (coin) => exchange.insuranceFund(coin),
    openInterest: (symbol) => exchange.openInterest(symbol),
  });
  live.followBooks();
  await exchange.connect();
  await source.play({ until: start + 30_000 });
  const accounts = new DeskAccounts(exchange, (symbol) => live.contract(symbol), new Decimal(10_000));
  accounts.open({ apiKey: KEY, name: 'main', balance: null });
  const events: AccountEvent[] = [];
  accounts.subscribe((event) => events.push(event));
  return { account: accounts.account(KEY) as SandboxAccount, accounts, live, source, clock, events };
}

const ticket = (more: Partial<OrderTicket>): OrderTicket => ({
  symbol: 'DOGE_USDT',
  side: Side.BUY,
  effect: 'OPEN',
  type: OrderType.MARKET,
  volume: new Decimal(30),
  price: null,
  marginMode: MarginMode.ISOLATED,
  leverage: 20,
  clientOrderId: null,
  positionMode: PositionMode.ONE_WAY,
  reduceOnly: false,
  stopLoss: null,
  takeProfit: null,
  ...more,
});
const text = (value: Decimal | null | undefined): string => String(value);
const reason = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof BackendRefusal ? error.reason : String(error);
  }
  return 'none';
};

describe('an account of the exchange on the wire', () => {
  it('a market order of contracts fills in contracts: order, fill, position, asset, in this order', async () => {
    const { account, events, live } = await desk();
    const ask = live.book('DOGE_USDT').asks[0]?.price as Decimal;
    const id = await account.placeOrder(ticket({ clientOrderId: 'first' }));
    const order = (await account.order(id)) as AccountOrder;
    expect(order).toMatchObject({ status: 'FILLED', category: 'USER', clientOrderId: 'first', symbol: 'DOGE_USDT' });
    expect([text(order.volume), text(order.filledVolume)]).toEqual(['30', '30']);
    expect(Math.abs(Number(order.averagePrice) / Number(ask) - 1)).toBeLessThan(0.001);
    expect(order.id).toBe(id);
    expect(id).toMatch(/^\d{18}$/);
    expect(BigInt(id) > 2n ** 53n).toBe(true);
    const kinds = events.map(({ kind }) => kind);
    const last = (kind: string): number => kinds.lastIndexOf(kind as AccountEvent['kind']);
    expect(last('order')).toBeLessThan(last('fill'));
    expect(last('fill')).toBeLessThan(last('position'));
    expect(last('position')).toBeLessThan(last('asset'));
    expect(events.every(({ account: key }) => key === KEY)).toBe(true);

    const [position] = await account.positions();
    expect(position).toMatchObject({ symbol: 'DOGE_USDT', side: PositionSide.LONG, leverage: 20, open: true });
    expect(text(position?.heldVolume)).toBe('30');
    expect(text(live.ticker('DOGE_USDT').heldVolume)).toBe('30');
    expect(text(live.ticker('BTC_USDT').heldVolume)).toBe('0');
    expect(position?.id).toBeGreaterThan(1_000_000_000);
    expect(position?.id).toBe(order.positionId);
    const fills = await account.fillsOfOrder(id);
    const value = fills.reduce((sum, fill) => sum.plus(fill.price.mul(fill.volume).mul(100)), new Decimal(0));
    expect(text(fills.reduce((sum, { fee }) => sum.plus(fee), new Decimal(0)))).toBe(text(value.mul(FEES.taker)));
    expect(text(order.takerFee)).toBe(text(value.mul(FEES.taker)));
    const [asset] = await account.assets();
    expect(text(asset?.cash)).toBe(text(new Decimal(10_000).minus(value.mul(FEES.taker))));
    expect(text(asset?.cash)).toBe(text(asset?.available.plus(asset.frozen).plus(asset.positionMargin)));
  });

  it('orders are found by both ids, edited, cancelled and remembered; an id of nothing is nobody', async () => {
    const { account, live } = await desk();
    const price = (live.book('DOGE_USDT').bids[10] as { price: Decimal }).price;
    const limit = { type: OrderType.LIMIT, price } as const;
    const placed = await account.placeOrder(ticket({ ...limit, clientOrderId: 'resting' }));
    expect(await account.order(placed)).toMatchObject({ status: 'OPEN', clientOrderId: 'resting' });
    expect((await account.orderByClientId('DOGE_USDT', 'resting'))?.id).toBe(placed);
    expect((await account.openOrders('DOGE_USDT')).map(({ id }) => id)).toEqual([placed]);
    expect(await account.openOrders('BTC_USDT')).toEqual([]);
    const edited = await account.replaceOrder(placed, { price, volume: new Decimal(12) });
    expect(text((await account.order(edited))?.volume)).toBe('12');
    expect(BigInt(edited)).toBeGreaterThan(BigInt(placed));
    await account.cancelAllOrders('DOGE_USDT');
    expect(await account.openOrders(null)).toEqual([]);
    const range = { symbol: null, from: START, to: START + 60_000 };
    expect((await account.orderHistory(range)).map(({ id }) => id)).toContain(edited);
    for (const id of ['1', '0', 'x', '999999999999999999', '-739113577000000001', `${placed}0`]) {
      expect(await account.order(id)).toBeNull();
      expect(reason(() => account.cancelOrder(id))).toBe('UNKNOWN_ORDER');
      expect(await account.fillsOfOrder(id)).toEqual([]);
    }
    expect(reason(() => account.cancelOrder(edited))).toBe('ORDER_IS_FINAL');
  });

  it('refusals come in the wire’s words, those of trigger orders too', async () => {
    const { account, live } = await desk();
    const far = (live.book('DOGE_USDT').bids[20] as { price: Decimal }).price;
    expect(reason(() => account.placeOrder(ticket({ effect: 'CLOSE', side: Side.SELL })))).toBe('NO_POSITION');
    expect(reason(() => account.placeOrder(ticket({ positionMode: PositionMode.HEDGE })))).toBe(
      'POSITION_MODE_DIFFERS',
    );
    expect(reason(() => account.placeOrder(ticket({ leverage: 1, volume: new Decimal(900_000) })))).toMatch(
      /INSUFFICIENT_BALANCE|RISK_LIMIT/,
    );
    await account.placeOrder(ticket({ type: OrderType.LIMIT, price: far, clientOrderId: 'twice' }));
    expect(reason(() => account.placeOrder(ticket({ clientOrderId: 'twice' })))).toBe('DUPLICATE_CLIENT_ORDER_ID');
    expect(reason(() => account.setPositionMode(PositionMode.HEDGE))).toBe('POSITION_MODE_IN_USE');
    const stopLoss = { price: far, source: 'LAST' } as const;
    const takeProfit = null;
    expect(reason(() => account.placeStop({ positionId: 1, volume: null, stopLoss, takeProfit }))).toBe('NO_POSITION');
    expect(reason(() => account.placeOrder(ticket({ stopLoss: null, takeProfit: stopLoss })))).toBe('STOP_PRICE');
    for (const id of ['1', 'x', '739524811000000009']) {
      expect(reason(() => account.cancelPlan(id))).toBe('UNKNOWN_ORDER');
      expect(reason(() => account.cancelTrailing(id))).toBe('UNKNOWN_ORDER');
    }
    expect(reason(() => account.cancelStop(1))).toBe('UNKNOWN_STOP');
    expect(await account.plans({ symbol: null, from: 0, to: START * 2 })).toEqual([]);
  });

  it('leverage by side, margin, reverse and close', async () => {
    const { account } = await desk();
    await account.setLeverage('DOGE_USDT', PositionSide.LONG, { leverage: 25, marginMode: MarginMode.ISOLATED });
    await account.setLeverage('DOGE_USDT', PositionSide.SHORT, { leverage: 5, marginMode: MarginMode.ISOLATED });
    expect((await account.leverage('DOGE_USDT')).map(({ side, leverage }) => [side, leverage])).toEqual([
      ['LONG', 25],
      ['SHORT', 5],
    ]);
    const { positionId } = (await account.order(await account.placeOrder(ticket({ leverage: null })))) as AccountOrder;
    const margin = (await account.positions())[0]?.margin as Decimal;
    await account.changeMargin(positionId, new Decimal('2.5'));
    expect(text((await account.positions())[0]?.margin)).toBe(text(margin.plus('2.5')));
    await account.reversePosition(positionId, new Decimal(30));
    expect((await account.positions()).map(({ side, heldVolume }) => [side, text(heldVolume)])).toEqual([
      ['SHORT', '30'],
    ]);
    await account.closeAllPositions();
    expect(await account.positions()).toEqual([]);
    const past = await account.positionHistory({ symbol: 'DOGE_USDT', from: START, to: START + 60_000 });
    expect(past.map(({ side, closedVolume }) => [side, text(closedVolume)]).sort()).toEqual([
      ['LONG', '30'],
      ['SHORT', '30'],
    ]);
  });

  it('funding is paid at its time, by the rate that was told', async () => {
    const due = START + 8 * 3_600_000;
    const { account, live, source } = await desk(due - 60_000);
    await account.placeOrder(ticket({ volume: new Decimal(100) }));
    const { rate, nextSettleTime } = live.funding('DOGE_USDT');
    expect(nextSettleTime).toBe(due);
    await source.play({ until: due + 5000 });
    const [paid, ...others] = await account.fundingPayments({ symbol: null, from: START, to: START + 9 * 3_600_000 });
    expect(others).toEqual([]);
    expect(paid).toMatchObject({ symbol: 'DOGE_USDT', side: PositionSide.LONG, time: nextSettleTime });
    expect(text(paid?.rate)).toBe(text(rate));
    expect(text(paid?.amount)).toBe(text(paid?.positionValue.mul(rate).neg()));
    expect(text((await account.positions())[0]?.funding)).toBe(text(paid?.amount));
  });

  it('two accounts do not see each other; names are taken once', async () => {
    const { account, accounts, events } = await desk();
    accounts.open({ apiKey: 'other', name: 'second', balance: new Decimal('33.5') });
    const other = accounts.account('other') as SandboxAccount;
    const before = events.length;
    await account.placeOrder(ticket({}));
    expect(await other.positions()).toEqual([]);
    expect((await other.assets()).map(({ currency, cash }) => [currency, text(cash)])).toEqual([['USDT', '33.5']]);
    expect(events.slice(before).every(({ account: key }) => key === KEY)).toBe(true);
    expect(accounts.account('nobody')).toBeNull();
    expect(() => accounts.open({ apiKey: 'third', name: 'second', balance: null })).toThrow(
      "an account 'second' already",
    );
  });
});

describe('over the wire', () => {
  it('a fill is pushed as order, order.deal, position, asset, and shown by REST the same', async () => {
    const { accounts, live, clock } = await desk();
    const secretKey = 's'.repeat(32);
    const backend = {
      market: live,
      account: (key: string) => accounts.account(key),
      subscribe: (listener: (event: AccountEvent) => void) => accounts.subscribe(listener),
    };
    await using sandbox = await MexcSandbox.start({ backend, clock, accounts: [{ apiKey: KEY, secretKey }] });
    const sign = (parameters: string): string =>
      createHmac('sha256', secretKey).update(`${KEY}${clock.nowMs()}${parameters}`).digest('hex');
    // biome-ignore lint/suspicious/noExplicitAny: tests read what came
    const call = async (path: string, body?: string): Promise<any> => {
      const headers = { ApiKey: KEY, 'Request-Time': String(clock.nowMs()), Signature: sign(body ?? '') };
      const method = body === undefined ? 'GET' : 'POST';
      return (await fetch(`${sandbox.restUrl}/api/v1/private/${path}`, { method, headers, body: body ?? null })).json();
    };
    const socket = new WebSocket(sandbox.wsUrl);
    onTestFinished(() => socket.close());
    const frames: { channel: string; data: Record<string, unknown> }[] = [];
    const came = (channel: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (frames.some((frame) => frame.channel === channel)) resolve();
          else setImmediate(look);
        };
        look();
      });
    socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    socket.send(
      JSON.stringify({ method: 'login', param: { apiKey: KEY, reqTime: String(clock.nowMs()), signature: sign('') } }),
    );
    await came('rs.login');
    const made = await call(
      'order/create',
      JSON.stringify({ symbol: 'DOGE_USDT', side: 1, type: 5, openType: 1, vol: 30, leverage: 20, externalOid: 'x-1' }),
    );
    expect(made.success).toBe(true);
    await came('push.personal.asset');
    const pushed = frames.filter(({ channel }) => channel.startsWith('push.personal.'));
    const names = pushed.map(({ channel }) => channel.replace('push.personal.', ''));
    const place = (name: string): number => names.lastIndexOf(name);
    expect(place('order')).toBeLessThan(place('order.deal'));
    expect(place('order.deal')).toBeLessThan(place('position'));
    expect(place('position')).toBeLessThan(place('asset'));
    const order = (await call(`order/get/${made.data.orderId}`)).data;
    expect(order).toMatchObject({
      orderId: made.data.orderId,
      state: 3,
      vol: 30,
      dealVol: 30,
      externalOid: 'x-1',
      category: 1,
    });
    expect(pushed[place('order')]?.data).toMatchObject({
      orderId: order.orderId,
      state: 3,
      dealAvgPrice: order.dealAvgPrice,
    });
    const [position] = (await call('position/open_positions')).data;
    expect(position).toMatchObject({ symbol: 'DOGE_USDT', holdVol: 30, positionType: 1, openType: 1, leverage: 20 });
    expect(pushed[place('position')]?.data).toMatchObject({ positionId: position.positionId, holdVol: 30 });
  });
});
