import { Decimal, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import type { ExecutionEvent, ExecutionPort, OrderRequest } from '@prate/execution-port';
import { MexcFuturesExecution } from '@prate/mexc-futures';
import { describe, expect, it } from 'vitest';
import { CANARY_KEY, CANARY_SECRET, type ExecutionRig, executionRig, START_MS } from './support/mexc-execution-rig.ts';

const symbol = 'BTC_USDT';
const PRIVATE = '/api/v1/private';
const limit = { symbol, side: Side.BUY, type: OrderType.LIMIT, price: '79000', quantity: '0.001' } as const;
const market = { symbol, side: Side.BUY, type: OrderType.MARKET, quantity: '0.001' } as const;

/** Connected; a book of 79,999 and 80,001, the last price at 80,000. */
async function scene(options: Parameters<typeof executionRig>[0] = {}): Promise<ExecutionRig> {
  const rig = await executionRig(options);
  rig.backend.setBook(symbol, [{ price: '79999', volume: 1000 }], [{ price: '80001', volume: 1000 }]);
  rig.backend.trade(symbol, '80000', 10);
  await rig.port.connect();
  return rig;
}

async function accepted(port: ExecutionPort, request: OrderRequest) {
  const outcome = await port.createOrder(request);
  if (outcome.kind !== 'accepted') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`);
  return outcome.order;
}

const bodies = ({ sandbox }: ExecutionRig, path: string): unknown[] =>
  sandbox.requests.filter(({ url }) => url === `${PRIVATE}/${path}`).map(({ body }) => JSON.parse(body) as unknown);

function listen(port: ExecutionPort): ExecutionEvent[] {
  const log: ExecutionEvent[] = [];
  const read = async (): Promise<void> => {
    for await (const event of port.events()) log.push(event);
  };
  void read();
  return log;
}

const word = (event: ExecutionEvent): string => {
  if (event.kind === 'order') return `order ${event.order.status}`;
  if (event.kind === 'fill') return `fill ${event.trade.quantity}`;
  if (event.kind === 'position') return `position ${event.position?.quantity ?? 'closed'}`;
  return event.kind;
};

describe('orders', () => {
  it('what still waits for its turn at disconnect() is never sent', async () => {
    await using rig = await scene();
    const ends = Array.from({ length: 12 }, () =>
      rig.port.createOrder(limit).then(
        ({ kind }) => kind,
        (error: { code?: string }) => error.code,
      ),
    );
    await rig.port.disconnect();
    for (const end of await Promise.all(ends)) expect(['accepted', 'unknown', 'NOT_CONNECTED']).toContain(end);
    const sent = bodies(rig, 'order/create').length;
    expect(sent).toBeLessThan(12);
    rig.clock.advance(10_000);
    await rig.port.connect();
    expect(bodies(rig, 'order/create')).toHaveLength(sent);
  });

  it('reduceOnly of another type is refused, a symbol that is empty is not all symbols', async () => {
    await using rig = await scene();
    const outcome = await rig.port.createOrder({ ...limit, reduceOnly: 'true' as never });
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'INVALID_REQUEST' });
    await accepted(rig.port, limit);
    await expect(rig.port.cancelAllOrders('')).rejects.toThrow('a symbol is a text such as BTC_USDT');
    expect(await rig.port.getOpenOrders()).toHaveLength(1);
  });

  it('a cancel that MEXC accepted is never told as not found', async () => {
    await using rig = await scene();
    const { id } = await accepted(rig.port, limit);
    const { value } = await rig.settle(rig.port.cancelOrder({ symbol: 'ETH_USDT', orderId: id }));
    expect(value?.kind).not.toBe('notFound');
  });

  it('a market order carries the last price, and goes without where it cannot be read', async () => {
    await using rig = await scene();
    await accepted(rig.port, market);
    rig.sandbox.faults.http({ route: 'GET /api/v1/contract/ticker', fault: { kind: 'hang' }, times: 9 });
    const { value } = await rig.settle(rig.port.createOrder(market), '/api/v1/contract/ticker');
    expect(value?.kind).toBe('accepted');
    const [first, second] = bodies(rig, 'order/create');
    expect(first).toMatchObject({
      type: 5,
      price: 80000,
      vol: 10,
      side: 1,
      openType: 1,
      leverage: 20,
      positionMode: 2,
    });
    expect(second).not.toHaveProperty('price');
  });

  it('a close names its position and its leverage, and overtakes what opens', async () => {
    await using rig = await scene({ options: { limits: { order: { calls: 1, windowMs: 2_000 } } } });
    await accepted(rig.port, { ...market, leverage: 7 });
    await rig.sockets.settle();
    const opening = rig.port.createOrder({ ...limit, clientOrderId: 'opens' });
    await rig.sockets.settle();
    const closing = rig.port.closePosition({ symbol, clientOrderId: 'closes' });
    await rig.settle(Promise.all([opening, closing]));
    const [, second, third] = bodies(rig, 'order/create');
    expect(second).toMatchObject({ externalOid: 'closes', side: 4, leverage: 7, positionId: expect.any(Number) });
    expect(second).toMatchObject({ reduceOnly: true, vol: 10 });
    expect(third).toMatchObject({ externalOid: 'opens' });
  });

  it('what is attached becomes a stop of the position', async () => {
    await using rig = await scene();
    const stops = {
      stopLoss: { triggerPrice: '70000', priceSource: 'MARK' },
      takeProfit: { triggerPrice: 90_000 },
    } as const;
    await accepted(rig.port, { ...market, ...stops });
    const listed = await rig.port.triggers.list(symbol);
    expect(listed.map(({ id, request }) => [id.slice(0, 5), request.trigger.kind, request.side])).toEqual([
      ['stop-', 'stop', 'SELL'],
      ['stop-', 'takeProfit', 'SELL'],
    ]);
    expect(listed[0]?.request.trigger).toMatchObject({ direction: 'FALLS_TO', priceSource: 'MARK' });
  });

  it('a batch is one request; each order of it stands alone', async () => {
    await using rig = await scene();
    await accepted(rig.port, { ...limit, clientOrderId: 'taken-elsewhere' });
    const outcomes = await rig.port.createOrders([
      { ...limit, clientOrderId: 'a' },
      { ...limit, clientOrderId: 'b', quantity: '0.00005' },
      { ...limit, clientOrderId: 'c', quantity: 249 },
      { ...limit, clientOrderId: 'd' },
    ]);
    expect(outcomes.map((one) => (one.kind === 'rejected' ? one.reason : one.kind))).toEqual([
      'accepted',
      'INVALID_QUANTITY',
      'INSUFFICIENT_BALANCE',
      'accepted',
    ]);
    const [batch] = bodies(rig, 'order/submit_batch') as { externalOid: string; stpMode: number }[][];
    expect(batch?.map(({ externalOid, stpMode }) => [externalOid, stpMode])).toEqual([
      ['a', 0],
      ['c', 0],
      ['d', 0],
    ]);
  });

  it('more than 50 go in several batches; without batches one by one', async () => {
    await using rig = await scene();
    const many = Array.from({ length: 51 }, () => limit);
    expect((await rig.port.createOrders(many)).every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(bodies(rig, 'order/submit_batch').map((rows) => (rows as unknown[]).length)).toEqual([50, 1]);
    await using other = await scene({ options: { batches: false } });
    await other.port.createOrders([limit, limit]);
    expect([bodies(other, 'order/submit_batch').length, bodies(other, 'order/create').length]).toEqual([0, 2]);
    expect(await other.port.createOrders([])).toEqual([]);
  });

  it('a client order id that another process used is unknown: MEXC says only that it is taken', async () => {
    await using rig = await scene();
    await accepted(rig.port, { ...limit, clientOrderId: 'theirs' });
    const other = new MexcFuturesExecution({
      apiKey: CANARY_KEY,
      secretKey: CANARY_SECRET,
      restBaseUrl: rig.sandbox.restUrl,
      wsUrl: rig.sandbox.wsUrl,
      clock: rig.clock,
    });
    await other.connect();
    const open = await other.createOrder({ ...limit, clientOrderId: 'theirs' });
    expect(open).toMatchObject({ kind: 'rejected', reason: 'DUPLICATE_CLIENT_ORDER_ID' });
    await rig.port.cancelOrder({ symbol, clientOrderId: 'theirs' });
    await other.disconnect();
    await other.connect();
    expect((await other.getOrder({ symbol, clientOrderId: 'theirs' }))?.status).toBe('CANCELLED');
    await other.disconnect();
    await using third = await executionRig({
      options: { restBaseUrl: rig.sandbox.restUrl, wsUrl: rig.sandbox.wsUrl, clock: rig.clock },
    });
    await third.port.connect();
    const final = await third.port.createOrder({ ...limit, clientOrderId: 'theirs' });
    expect(final).toMatchObject({ kind: 'unknown', cause: { mexcCode: 2042 } });
  });

  it.each([
    ['CLO_USDT', 'CONTRACT_UNAVAILABLE'],
    ['LINK_USDT', 'CONTRACT_UNAVAILABLE'],
    ['BTC_USD', 'NOT_SUPPORTED'],
    ['NO_SUCH', 'UNKNOWN_SYMBOL'],
  ])('an order for %s is %s, and never sent', async (of, reason) => {
    await using rig = await scene();
    expect(await rig.port.createOrder({ ...limit, symbol: of })).toMatchObject({ kind: 'rejected', reason });
    expect(rig.seen(`${PRIVATE}/order/create`)).toBe(0);
  });

  it('leverage that the position does not have is refused by MEXC, and the next order reads the settings again', async () => {
    await using rig = await scene();
    await accepted(rig.port, { ...market, leverage: 7 });
    const reads = rig.seen(`${PRIVATE}/position/leverage`);
    const refused = await rig.port.createOrder({ ...market, leverage: 8 });
    expect(refused).toMatchObject({ reason: 'INVALID_LEVERAGE', message: expect.stringContaining('leverage 7') });
    expect((await accepted(rig.port, market)).status).toBe('NEW');
    expect(rig.seen(`${PRIVATE}/position/leverage`)).toBe(reads + 1);
  });
});

describe('amend', () => {
  it('in one-way mode MEXC edits no order (2053): NOT_SUPPORTED, and the order stands', async () => {
    await using rig = await scene();
    const { id } = await accepted(rig.port, limit);
    const outcome = await rig.port.amendOrder({ symbol, orderId: id }, { price: 78_000 });
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'NOT_SUPPORTED',
      message: expect.stringContaining('2053'),
    });
    expect((await rig.port.getOrder({ symbol, orderId: id }))?.price?.toString()).toBe('79000');
  });

  it('in hedge mode it does, before the first fill (2052)', async () => {
    await using rig = await scene();
    await rig.port.settings.setPositionMode(PositionMode.HEDGE);
    const hedged = { ...limit, positionSide: PositionSide.LONG, clientOrderId: 'mine' };
    const { id } = await accepted(rig.port, hedged);
    const amended = await rig.port.amendOrder({ symbol, orderId: id }, { price: 78_000, quantity: '0.002' });
    expect(amended).toMatchObject({ kind: 'amended', order: { clientOrderId: 'mine', status: 'NEW' } });
    rig.backend.trade(symbol, '77999', 5, Side.SELL);
    const partly = await rig.port.amendOrder({ symbol, clientOrderId: 'mine' }, { price: 77_000 });
    expect(partly).toMatchObject({
      kind: 'rejected',
      reason: 'NOT_SUPPORTED',
      message: expect.stringContaining('2052'),
    });
    const below = await rig.port.amendOrder({ symbol, clientOrderId: 'mine' }, { quantity: '0.0005' });
    expect(below).toMatchObject({ kind: 'rejected', reason: 'INVALID_QUANTITY' });
  });
});

describe('events', () => {
  it('what happened while the socket was down comes after a gap with its span, fills before their orders, once', async () => {
    await using rig = await scene();
    const { port, sandbox, backend, clock, sockets } = rig;
    await accepted(port, { ...limit, clientOrderId: 'rests' });
    await accepted(port, { ...limit, price: '78000' });
    await sockets.settle();
    const log = listen(port);
    sandbox.faults.resetSockets();
    // what follows is pushed to nobody
    while (rig.sandbox.requests.length === 0) await sockets.settle();
    await sockets.settle();
    backend.trade(symbol, '78999', 4, Side.SELL);
    backend.trade(symbol, '78999', 6, Side.SELL);
    await rig.settle(
      (async () => {
        while (!log.some((event) => event.kind === 'order')) await sockets.settle();
        clock.advance(0);
      })(),
    );
    await sockets.settle();
    expect(log.map(word).slice(0, 4)).toEqual(['gap', 'fill 0.0004', 'fill 0.0006', 'order FILLED']);
    expect(log.map(word)).toContain('position 0.001');
    expect(log.filter(({ kind }) => kind === 'fill')).toHaveLength(2);
    const [gap] = log;
    expect(gap?.kind === 'gap' && gap.fromMs <= gap.toMs && gap.fromMs >= START_MS - 1000).toBe(true);
    expect(log.flatMap((event) => (event.kind === 'fill' ? [event.trade.clientOrderId] : []))).toEqual([
      'rests',
      'rests',
    ]);
  });

  it('an order that had traded before connect() waits for its next fill as any other', async () => {
    await using rig = await scene();
    const { port, backend, sockets } = rig;
    await accepted(port, limit);
    backend.trade(symbol, '78999', 4, Side.SELL);
    await port.disconnect();
    await port.connect();
    const log = listen(port);
    backend.trade(symbol, '78999', 6, Side.SELL);
    await sockets.settle();
    expect(log.map(word)).toEqual(['fill 0.0006', 'order FILLED', 'position 0.001', 'balance']);
  });

  it('an order that came and went while the socket was down is told, with its client order id', async () => {
    await using rig = await scene();
    const { port, sandbox, sockets } = rig;
    const log = listen(port);
    sandbox.faults.silence();
    await accepted(port, { ...market, clientOrderId: 'unseen' });
    sandbox.faults.resetSockets();
    sandbox.faults.silence([]);
    await rig.settle(
      (async () => {
        while (!log.some(({ kind }) => kind === 'order')) await sockets.settle();
      })(),
    );
    expect(log.map(word).slice(0, 3)).toEqual(['gap', 'fill 0.001', 'order FILLED']);
    expect(log.flatMap((event) => (event.kind === 'fill' ? [event.trade.clientOrderId] : []))).toEqual(['unseen']);
  });

  it('an order whose fill is not pushed is told a second later; the fill comes with the next audit', async () => {
    await using rig = await scene();
    const { port, sandbox, clock, sockets } = rig;
    const log = listen(port);
    sandbox.faults.silence(['push.personal.order.deal']);
    await accepted(port, market);
    await sockets.settle();
    expect(log.map(word)).toEqual(['order NEW', 'position 0.001', 'balance']);
    clock.advance(1_000);
    await sockets.settle();
    expect(log.map(word).slice(3)).toEqual(['order FILLED']);
    await rig.settle(
      (async () => {
        while (!log.some(({ kind }) => kind === 'fill')) await sockets.settle();
      })(),
    );
    expect(log.map(word).slice(4, 6)).toEqual(['gap', 'fill 0.001']);
  });

  it('a position mode that was changed elsewhere is known at once', async () => {
    await using rig = await scene();
    rig.backend.account(CANARY_KEY)?.setPositionMode(PositionMode.HEDGE);
    await rig.sockets.settle();
    expect(await rig.port.createOrder(limit)).toMatchObject({ kind: 'rejected', reason: 'INVALID_REQUEST' });
    expect((await accepted(rig.port, { ...limit, positionSide: 'LONG' })).positionSide).toBe('LONG');
  });

  it('a login that is refused for good ends the loops with the error, and the connection', async () => {
    await using rig = await scene();
    let end: unknown;
    const read = (async () => {
      for await (const _ of rig.port.events());
    })().catch((error: unknown) => {
      end = error;
    });
    rig.sandbox.faults.skewClock(600_000);
    rig.sandbox.faults.resetSockets();
    await rig.settle(read);
    expect(end).toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(rig.port.isConnected()).toBe(false);
    rig.sandbox.faults.clear();
    await rig.port.connect();
    expect(rig.port.isConnected()).toBe(true);
  });
});

describe('the account', () => {
  it('directions with different leverages have none in common; setLeverage makes them one', async () => {
    await using rig = await scene();
    const { settings } = rig.port;
    rig.backend.account(CANARY_KEY)?.setLeverage(symbol, 'SHORT', { leverage: 9, marginMode: null });
    await expect(settings.getLeverage(symbol)).rejects.toMatchObject({
      ...{ code: 'LEVERAGE_DIFFERS', leverage: { LONG: 20, SHORT: 9 } },
    });
    await settings.setLeverage(symbol, 9);
    expect(bodies(rig, 'position/change_leverage')).toEqual([{ symbol, openType: 1, positionType: 1, leverage: 9 }]);
    expect(await settings.getLeverage(symbol)).toBe(9);
  });

  it('a change whose reply is lost is read back; one that did not come true is an exception', async () => {
    await using rig = await scene();
    const { settings } = rig.port;
    const route = `POST ${PRIVATE}/position/change_leverage`;
    rig.sandbox.faults.http({ route, fault: { kind: 'reset' }, after: true });
    await settings.setLeverage(symbol, 9);
    expect(await settings.getLeverage(symbol)).toBe(9);
    rig.sandbox.faults.http({ route, fault: { kind: 'reset' } });
    await expect(settings.setLeverage(symbol, 10)).rejects.toMatchObject({ code: 'TRANSPORT' });
    await accepted(rig.port, limit);
    await expect(settings.setLeverage(symbol, 11)).rejects.toMatchObject({ code: 'MEXC_API', mexcCode: 2019 });
    await expect(settings.setPositionMode(PositionMode.HEDGE)).rejects.toMatchObject({ mexcCode: 7001 });
  });

  it('funding payments, newest first, with the coin and the sign; fees are those of the account', async () => {
    await using rig = await scene({ scripted: { fees: { maker: '0.0001', taker: '0.0002' } } });
    await accepted(rig.port, market);
    for (const rate of ['0.0001', '-0.0002']) {
      rig.clock.advance(1_000);
      rig.backend.setFundingRate(symbol, rate);
      rig.backend.settleFunding(symbol);
    }
    const payments = await rig.port.history.getFundingPayments({ symbol });
    expect(payments.map(({ amount, asset, rate }) => [String(amount), asset, String(rate)])).toEqual([
      ['0.016', 'USDT', '-0.0002'],
      ['-0.008', 'USDT', '0.0001'],
    ]);
    const { maker, taker } = await rig.port.history.getFees(symbol);
    expect([String(maker), String(taker)]).toEqual(['0.0001', '0.0002']);
  });

  it('open orders of several pages are all there; histories reach back over spans of 90 days', async () => {
    await using rig = await scene();
    const { port, clock } = rig;
    const many = Array.from({ length: 130 }, () => limit);
    await port.createOrders(many);
    expect(await port.getOpenOrders()).toHaveLength(130);
    expect(await port.cancelAllOrders()).toHaveLength(130);
    clock.advance(200 * 86_400_000);
    await rig.sockets.settle();
    await rig.settle(port.getBalances());
    expect(await rig.settle(port.history.getOrders({ limit: 500 }))).toMatchObject({ value: [] });
    const { value } = await rig.settle(port.history.getOrders({ from: START_MS, limit: 500 }));
    expect(value).toHaveLength(130);
    const { value: few } = await rig.settle(port.history.getOrders({ from: START_MS, limit: 7 }));
    expect(few).toHaveLength(7);
    await expect(port.history.getOrders({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('orders of others are told with what they have; those of inverse contracts are left out, and logged', async () => {
    await using rig = await scene({ scripted: { accounts: { [CANARY_KEY]: { USDT: '100000', BTC: '10' } } } });
    const account = rig.backend.account(CANARY_KEY);
    const ticket = {
      symbol,
      side: 'BUY',
      effect: 'OPEN',
      type: 'LIMIT',
      volume: new Decimal(10),
      price: new Decimal(79_000),
      marginMode: 'ISOLATED',
      leverage: null,
      clientOrderId: null,
      positionMode: null,
      reduceOnly: false,
      stopLoss: null,
      takeProfit: null,
    } as const;
    account?.placeOrder(ticket);
    account?.placeOrder({ ...ticket, symbol: 'BTC_USD' });
    const open = await rig.port.getOpenOrders();
    expect(open.map((order) => [order.symbol, order.clientOrderId])).toEqual([[symbol, '']]);
    expect(JSON.stringify(rig.logged)).toContain('BTC_USD');
    const outcomes = await rig.port.cancelAllOrders();
    expect(outcomes.map(({ ref, outcome }) => [ref.symbol, outcome.kind]).sort()).toEqual([
      ['BTC_USD', 'unknown'],
      [symbol, 'cancelled'],
    ]);
    expect(await rig.port.getOpenOrders()).toEqual([]);
  });
});

describe('triggers', () => {
  const plan = { symbol, side: Side.BUY, quantity: '0.001' } as const;

  it('say what they lack', async () => {
    await using rig = await scene();
    const { triggers } = rig.port;
    const stop = { ...plan, side: Side.SELL, trigger: { kind: 'stop', price: 79_000, direction: 'FALLS_TO' } } as const;
    const reasons = [];
    for (const request of [
      { ...stop, limitPrice: 78_000 },
      { ...stop, trigger: { ...stop.trigger, direction: 'RISES_TO' } },
      { ...plan, trigger: { kind: 'trailing', callback: 1 } },
      { ...plan, trigger: { kind: 'plan', price: 79_000, direction: 'DOWN' } },
      { ...plan, trigger: { kind: 'later' } },
      { ...plan, positionSide: 'LONG', trigger: { kind: 'plan', price: 79_000, direction: 'FALLS_TO' } },
    ]) {
      const outcome = await triggers.create(request as Parameters<typeof triggers.create>[0]);
      reasons.push(outcome.kind === 'rejected' ? outcome.reason : outcome.kind);
    }
    expect(reasons).toEqual([
      'NOT_SUPPORTED',
      'INVALID_REQUEST',
      'INVALID_PRICE',
      'INVALID_REQUEST',
      'NOT_SUPPORTED',
      'INVALID_REQUEST',
    ]);
  });

  it('a lost reply is unknown, and sent once; one that fired is alreadyFinal', async () => {
    await using rig = await scene();
    const { triggers } = rig.port;
    const request = { ...plan, trigger: { kind: 'plan', price: 79_000, direction: 'FALLS_TO' } } as const;
    rig.sandbox.faults.http({ route: `POST ${PRIVATE}/planorder/place/v2`, fault: { kind: 'reset' }, after: true });
    expect(await triggers.create({ ...request, clientOrderId: 'p' })).toMatchObject({
      kind: 'unknown',
      clientOrderId: 'p',
    });
    const [lost] = await triggers.list();
    expect(lost).toMatchObject({ clientOrderId: '', request: { symbol, side: 'BUY' } });
    expect(rig.seen(`${PRIVATE}/planorder/place/v2`)).toBe(1);
    rig.backend.trade(symbol, '79000', 1);
    expect(await triggers.cancel(symbol, lost?.id ?? '')).toEqual({ kind: 'alreadyFinal' });
    expect((await rig.port.getPosition(symbol))?.quantity.toString()).toBe('0.001');
  });

  it('the wire of each sort', async () => {
    await using rig = await scene();
    const { port } = rig;
    await accepted(port, market);
    await port.triggers.create({
      ...plan,
      limitPrice: '78999.9',
      trigger: { kind: 'plan', price: 79_000, direction: 'FALLS_TO', priceSource: 'INDEX' },
    });
    const close = { symbol, side: Side.SELL, quantity: '0.0005', reduceOnly: true } as const;
    await port.triggers.create({
      ...close,
      trigger: { kind: 'takeProfit', price: 90_000, direction: 'RISES_TO', priceSource: 'MARK' },
    });
    await port.triggers.create({ ...close, trigger: { kind: 'trailing', callback: '0.01', activationPrice: 81_000 } });
    const common = { symbol, openType: 1, leverage: 20, positionMode: 2 };
    expect(bodies(rig, 'planorder/place/v2')).toEqual([
      {
        ...common,
        side: 1,
        vol: 10,
        triggerPrice: 79000,
        triggerType: 2,
        trend: 3,
        executeCycle: 2,
        orderType: 1,
        price: 78999.9,
      },
    ]);
    expect(bodies(rig, 'stoporder/place')).toEqual([
      { positionId: expect.any(Number), vol: 5, volType: 1, takeProfitPrice: 90000, profitTrend: 2 },
    ]);
    expect(bodies(rig, 'trackorder/place')).toEqual([
      { ...common, side: 4, vol: 5, trend: 1, activePrice: 81000, backType: 1, backValue: 0.01, reduceOnly: true },
    ]);
    expect((await port.triggers.list()).map(({ request }) => request.trigger.kind)).toEqual([
      'plan',
      'takeProfit',
      'trailing',
    ]);
  });
});

describe('connecting', () => {
  it('a private stream that never opens is an exception after half a minute', async () => {
    await using rig = await executionRig({ options: { wsUrl: 'ws://127.0.0.1:9/edge' } });
    const { error } = await rig.settle(rig.port.connect());
    expect(error).toMatchObject({ code: 'NOT_CONNECTED' });
    expect(rig.port.isConnected()).toBe(false);
  });

  it('disconnect() ends a connect() that is under way', async () => {
    await using rig = await executionRig({ options: { wsUrl: 'ws://127.0.0.1:9/edge' } });
    const refused = expect(rig.port.connect()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await rig.port.disconnect();
    await refused;
  });

  it('keys go to MEXC and this machine alone', () => {
    const keys = { apiKey: CANARY_KEY, secretKey: CANARY_SECRET };
    expect(() => new MexcFuturesExecution({ ...keys, wsUrl: 'wss://example.com/edge' })).toThrow(/signed/);
    expect(() => new MexcFuturesExecution({ ...keys, restBaseUrl: 'https://example.com' })).toThrow(/signed/);
    expect(new MexcFuturesExecution(keys).isConnected()).toBe(false);
  });
});
