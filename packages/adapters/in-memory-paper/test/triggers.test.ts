import { OrderType, PositionMode, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { ALL, at, d, plan, refusal, TriggerRig, ticket, trailing } from './trigger-rig.ts';

const HOUR = 3_600_000;
const priced = async (rules = {}): Promise<TriggerRig> => {
  const rig = await TriggerRig.start('trades', rules);
  rig.trade(100);
  return rig;
};
const long = async (quantity = 1): Promise<TriggerRig> => {
  const rig = await TriggerRig.start('trades');
  rig.take(100, { quantity: d(quantity) });
  rig.log.length = 0;
  return rig;
};

describe('plans', () => {
  it('fires at the first price at or beyond its own, once, and the order meets the prints that follow', async () => {
    const rig = await priced();
    const { id } = rig.desk.triggers.placePlan(plan(110, 'RISES_TO'));
    rig.trade('109.9');
    expect(rig.desk.triggers.plan(id)).toMatchObject({ status: 'WAITING', orderId: null });
    rig.trade(111);
    const fired = rig.desk.triggers.plan(id);
    expect(fired).toMatchObject({ status: 'EXECUTED', failure: null, version: 2 });
    expect(rig.desk.order(String(fired?.orderId))).toMatchObject({ clientOrderId: `plan_${id}`, status: 'OPEN' });
    rig.trade(112);
    rig.trade(113);
    expect(rig.traded()).toEqual(['BUY 1 at 112']);
  });

  it('what was reached before it came does not fire it: the next price does', async () => {
    const rig = await priced();
    const { id } = rig.desk.triggers.placePlan(plan(90, 'RISES_TO'));
    expect(rig.desk.triggers.plan(id)?.status).toBe('WAITING');
    rig.clock.advance(1000);
    rig.market.heartbeat();
    expect(rig.desk.triggers.plan(id)?.status).toBe('WAITING');
    rig.trade(100);
    expect(rig.desk.triggers.plan(id)?.status).toBe('EXECUTED');
  });

  it('against a book its order is done when the print is: a limit order rests', async () => {
    const rig = await TriggerRig.start('book');
    rig.market.setBook([[99, 5]], [[100, 5]]);
    rig.desk.triggers.placePlan(plan(110, 'RISES_TO'));
    rig.desk.triggers.placePlan(plan(110, 'RISES_TO', { ticket: { price: d(98) } }));
    rig.trade(110);
    expect(rig.traded()).toEqual(['BUY 1 at 100']);
    expect(rig.desk.openOrders(null).map(({ price }) => String(price))).toEqual(['98']);
  });

  it('is told after the order that it sent', async () => {
    const rig = await priced();
    rig.desk.triggers.placePlan(plan(110, 'RISES_TO'));
    expect(rig.log.map(({ kind }) => kind)).toEqual(['plan']);
    rig.log.length = 0;
    rig.trade(110);
    expect(rig.log.map(({ kind }) => kind)).toEqual(['order', 'asset', 'plan']);
    expect(rig.log.at(-1)).toMatchObject({ plan: { status: 'EXECUTED', orderId: expect.any(String) } });
  });

  it('FAILED says why its order was refused', async () => {
    const rig = await priced();
    const poor = rig.desk.triggers.placePlan(plan(110, 'RISES_TO', { ticket: { quantity: d(100_000) } }));
    const closing = rig.desk.triggers.placePlan(plan(110, 'RISES_TO', { ticket: { effect: 'CLOSE' } }));
    rig.trade(110);
    expect(rig.desk.triggers.plan(poor.id)).toMatchObject({ status: 'FAILED', failure: 'INSUFFICIENT_BALANCE' });
    expect(rig.desk.triggers.plan(closing.id)).toMatchObject({
      status: 'FAILED',
      failure: 'NO_POSITION',
      orderId: null,
    });
    expect(rig.desk.openOrders(null)).toEqual([]);
  });

  it('of several that one price reaches, falling ones come first, then what it came to first, then the older', async () => {
    const rig = await priced();
    const { triggers } = rig.desk;
    const ids = [plan(112, 'RISES_TO'), plan(111, 'RISES_TO'), plan(111, 'RISES_TO'), plan(120, 'FALLS_TO')].map(
      (one) => triggers.placePlan(one).id,
    );
    rig.trade(115);
    const fired = ids.map((id) => triggers.plan(id)).sort((a, b) => Number(a?.orderId) - Number(b?.orderId));
    expect(fired.map((one) => one?.id)).toEqual([ids[3], ids[1], ids[2], ids[0]]);
  });

  it('follow the mark and the index price where tickers tell them, else the last', async () => {
    const streams = ['tradeStream', 'tickerStream'] as const;
    const rig = await TriggerRig.start('trades', {}, streams);
    const { triggers } = rig.desk;
    rig.trade(100);
    const early = triggers.placePlan(plan(101, 'RISES_TO', { source: 'MARK' }));
    rig.trade(101);
    expect(triggers.plan(early.id)?.status).toBe('EXECUTED');
    rig.market.ticker(100, 100);
    const [mark, index] = (['MARK', 'INDEX'] as const).map(
      (source) => triggers.placePlan(plan(105, 'RISES_TO', { source })).id,
    ) as [string, string];
    rig.trade(106);
    expect([mark, index].map((id) => triggers.plan(id)?.status)).toEqual(['WAITING', 'WAITING']);
    rig.market.ticker(105, 104);
    expect([mark, index].map((id) => triggers.plan(id)?.status)).toEqual(['EXECUTED', 'WAITING']);
    rig.market.ticker(104, 105);
    expect(triggers.plan(index)?.status).toBe('EXECUTED');
  });

  it('is changed while it waits, and cancelled', async () => {
    const rig = await priced();
    const { triggers } = rig.desk;
    const { id } = triggers.placePlan(plan(110, 'RISES_TO'));
    expect(
      triggers.changePlan(id, { triggerPrice: d(90), direction: 'FALLS_TO', ticket: ticket({ quantity: d(2) }) }),
    ).toMatchObject({ status: 'WAITING', version: 2 });
    rig.trade(110);
    expect(triggers.plan(id)?.status).toBe('WAITING');
    triggers.cancelPlan(id);
    rig.trade(90);
    expect(triggers.plan(id)).toMatchObject({ status: 'CANCELLED', version: 3 });
    expect(refusal(() => triggers.cancelPlan(id))).toBe('TRIGGER_IS_FINAL');
    expect(refusal(() => triggers.changePlan(id, {}))).toBe('TRIGGER_IS_FINAL');
    expect(refusal(() => triggers.cancelPlan('99'))).toBe('UNKNOWN_ORDER');
    expect(rig.desk.openOrders(null)).toEqual([]);
  });

  it('expires when its hours have passed, with what comes next', async () => {
    const rig = await priced();
    const { triggers } = rig.desk;
    const { id, createdAt } = triggers.placePlan(plan(110, 'RISES_TO', { cycleHours: 1 }));
    const other = triggers.placePlan(plan(110, 'RISES_TO', { cycleHours: 2 }));
    rig.clock.advance(HOUR);
    rig.market.heartbeat();
    expect(triggers.plan(id)).toMatchObject({ status: 'EXPIRED', updatedAt: createdAt + HOUR });
    expect(refusal(() => triggers.cancelPlan(id))).toBe('TRIGGER_IS_FINAL');
    rig.clock.advance(HOUR);
    rig.market.heartbeat();
    expect(triggers.plan(other.id)?.status).toBe('EXPIRED');
    rig.trade(110);
    expect(rig.desk.openOrders(null)).toEqual([]);
  });

  it('is refused for what cannot be an order or a trigger', async () => {
    const rig = await priced({ maxTriggers: 1 });
    const { triggers } = rig.desk;
    const place = (more: Parameters<typeof plan>[2]): string =>
      refusal(() => triggers.placePlan(plan(110, 'RISES_TO', more)));
    expect(place({ ticket: { symbol: 'NO_USDT' } })).toBe('UNKNOWN_SYMBOL');
    expect(place({ ticket: { quantity: d('0.0001') } })).toBe('INVALID_QUANTITY');
    expect(place({ ticket: { quantity: d('0.001') } })).toBe('INVALID_QUANTITY');
    expect(place({ ticket: { quantity: d('0.001'), effect: 'CLOSE' }, triggerPrice: d('110.05') })).toBe(
      'INVALID_PRICE',
    );
    expect(place({ ticket: { type: OrderType.LIMIT } })).toBe('INVALID_PRICE');
    expect(place({ ticket: { effect: 'CLOSE', stopLoss: at(90) } })).toBe('INVALID_TRIGGER');
    expect(place({ ticket: { positionMode: PositionMode.HEDGE } })).toBe('POSITION_MODE_DIFFERS');
    expect(place({ cycleHours: 0 })).toBe('INVALID_TRIGGER');
    expect(place({ direction: 'SIDEWAYS' as 'RISES_TO' })).toBe('INVALID_TRIGGER');
    expect(place({})).toBe('accepted');
    expect(place({})).toBe('TOO_MANY_TRIGGERS');
    expect(refusal(() => triggers.placeTrailing(trailing()))).toBe('TOO_MANY_TRIGGERS');
  });

  it('while one waits the position mode is bound', async () => {
    const rig = await priced();
    const { id } = rig.desk.triggers.placePlan(plan(110, 'RISES_TO'));
    expect(refusal(() => rig.desk.setPositionMode(PositionMode.HEDGE))).toBe('POSITION_MODE_IN_USE');
    await rig.port.connect();
    await expect(rig.port.settings.setPositionMode(PositionMode.HEDGE)).rejects.toThrow('trigger');
    rig.desk.triggers.cancelPlan(id);
    rig.desk.setPositionMode(PositionMode.HEDGE);
  });

  it('its order is not on its way: the exchange sends it', async () => {
    const rig = await TriggerRig.start('book', { latency: 1000 });
    rig.market.setBook([[99, 5]], [[100, 5]]);
    rig.desk.triggers.placePlan(plan(110, 'RISES_TO'));
    rig.trade(110);
    expect(rig.traded()).toEqual(['BUY 1 at 100']);
  });
});

describe('stops of a position', () => {
  it('what is reached first closes it, whole or a part; what a closed position had is cancelled', async () => {
    const rig = await long(3);
    const { triggers } = rig.desk;
    const part = triggers.placeStop({ positionId: 1, quantity: d(1), stopLoss: at(95), takeProfit: at(120) });
    const whole = triggers.placeStop({ positionId: 1, quantity: null, stopLoss: at(90), takeProfit: null });
    rig.trade(95);
    rig.trade('94.5');
    expect(rig.held()).toEqual(['LONG 2']);
    expect(triggers.stop(part.id)).toMatchObject({ status: 'EXECUTED', triggered: 'STOP_LOSS', orderId: null });
    expect(String(triggers.stop(part.id)?.closedQuantity)).toBe('1');
    rig.take(120, { side: Side.SELL, effect: 'CLOSE', quantity: d(2) });
    expect(rig.held()).toEqual([]);
    expect(triggers.stop(whole.id)).toMatchObject({ status: 'CANCELLED', triggered: null });
    expect(triggers.stops(ALL).map(({ id }) => id)).toEqual([whole.id, part.id]);
  });

  it('the take-profit of a short is below, its stop-loss above', async () => {
    const rig = await TriggerRig.start('trades');
    rig.take(100, { side: Side.SELL });
    const { id } = rig.desk.triggers.placeStop({
      positionId: 1,
      quantity: null,
      stopLoss: at(110),
      takeProfit: at(90),
    });
    rig.trade(90);
    rig.trade(89);
    expect(rig.held()).toEqual([]);
    expect(rig.desk.triggers.stop(id)).toMatchObject({ status: 'EXECUTED', triggered: 'TAKE_PROFIT' });
    expect(rig.traded()).toEqual(['SELL 1 at 100', 'BUY 1 at 89']);
  });

  it('closes whatever resting orders would close, and they end with the position', async () => {
    const rig = await long();
    const resting = rig.desk.placeOrder(ticket({ side: Side.SELL, effect: 'CLOSE', price: d(120) }));
    rig.desk.triggers.placeStop({ positionId: 1, quantity: null, stopLoss: at(95), takeProfit: null });
    rig.trade(95);
    rig.trade(95);
    expect(rig.held()).toEqual([]);
    expect(rig.desk.order(resting)).toMatchObject({ status: 'CANCELLED', end: 'NO_POSITION' });
  });

  it('is FAILED where there is nothing to trade against', async () => {
    const rig = await TriggerRig.start('book');
    rig.market.setBook([[99, 5]], [[100, 5]]);
    rig.desk.placeOrder(ticket());
    const { id } = rig.desk.triggers.placeStop({ positionId: 1, quantity: null, stopLoss: at(95), takeProfit: null });
    rig.market.setBook([], [[100, 5]]);
    rig.trade(94);
    expect(rig.desk.triggers.stop(id)).toMatchObject({
      status: 'FAILED',
      failure: 'NO_LIQUIDITY',
      placedOrderId: null,
    });
  });

  it('ends when its position is liquidated, and when it is turned round', async () => {
    const rig = await long();
    const { triggers } = rig.desk;
    const mark = triggers.placeStop({ positionId: 1, quantity: null, stopLoss: at(50), takeProfit: null });
    rig.trade(60);
    expect(rig.held()).toEqual([]);
    expect(triggers.stop(mark.id)?.status).toBe('CANCELLED');
    rig.take(60);
    const before = triggers.placeStop({ positionId: 2, quantity: null, stopLoss: at(58), takeProfit: null });
    rig.take(60, { side: Side.SELL, quantity: d(2) });
    expect(rig.held()).toEqual(['SHORT 1']);
    expect(triggers.stop(before.id)?.status).toBe('CANCELLED');
  });

  it('is changed and cancelled while it waits', async () => {
    const rig = await long();
    const { triggers } = rig.desk;
    const { id } = triggers.placeStop({ positionId: 1, quantity: null, stopLoss: at(95), takeProfit: at(110) });
    triggers.changeStop(id, { stopLoss: at(90), takeProfit: null });
    rig.trade(95);
    rig.trade(110);
    expect(rig.held()).toEqual(['LONG 1']);
    triggers.cancelStop(id);
    rig.trade(90);
    rig.trade(90);
    expect(rig.held()).toEqual(['LONG 1']);
    expect(refusal(() => triggers.cancelStop(id))).toBe('UNKNOWN_STOP');
    expect(refusal(() => triggers.changeStop(id, { stopLoss: at(80), takeProfit: null }))).toBe('UNKNOWN_STOP');
  });

  it('is refused for what it cannot be', async () => {
    const rig = await long(2);
    const { triggers } = rig.desk;
    const place = (more: object): string =>
      refusal(() => triggers.placeStop({ positionId: 1, quantity: d(1), stopLoss: at(95), takeProfit: null, ...more }));
    expect(place({ positionId: 9 })).toBe('NO_POSITION');
    expect(place({ quantity: d('0.0001') })).toBe('INVALID_QUANTITY');
    expect(place({ quantity: d(3) })).toBe('STOP_TOO_LARGE');
    expect(place({ stopLoss: null })).toBe('INVALID_TRIGGER');
    expect(place({ stopLoss: at('95.05') })).toBe('INVALID_PRICE');
    expect(place({ stopLoss: at(100) })).toBe('STOP_PRICE');
    expect(place({ takeProfit: at(100) })).toBe('STOP_PRICE');
    expect(place({ quantity: null })).toBe('accepted');
    expect(place({ quantity: null })).toBe('STOP_EXISTS');
    expect(place({})).toBe('accepted');
  });
});

describe('stops attached to an order', () => {
  it('the position takes them over with each fill, by as much as it opened', async () => {
    const rig = await priced();
    const { triggers } = rig.desk;
    const order = rig.desk.placeOrder(
      ticket({ price: d(99), quantity: d(3), stopLoss: at(95), takeProfit: at(105, 'MARK') }),
    );
    expect(rig.desk.order(order)).toMatchObject({ stopLoss: at(95), takeProfit: at(105, 'MARK') });
    expect(rig.log.map(({ kind }) => kind)).toEqual(['order', 'asset', 'attachedStop']);
    rig.print(98, 1, Side.SELL);
    const [stop] = triggers.stops(ALL);
    expect(stop).toMatchObject({ positionId: 1, orderId: order, status: 'WAITING', stopLoss: at(95) });
    expect(String(stop?.quantity)).toBe('1');
    rig.print(98, 5, Side.SELL);
    expect(triggers.stops(ALL).map(({ quantity }) => String(quantity))).toEqual(['3']);
    expect(rig.log.map(({ kind }) => kind).slice(-2)).toEqual(['asset', 'stop']);
    rig.trade(105);
    rig.trade(105);
    expect(rig.held()).toEqual([]);
    expect(triggers.stop(stop?.id ?? 0)).toMatchObject({ status: 'EXECUTED', triggered: 'TAKE_PROFIT' });
  });

  it('a print that fills the order beyond its stop-loss fires that', async () => {
    const rig = await priced();
    rig.desk.placeOrder(ticket({ price: d(99), stopLoss: at(95) }));
    rig.print(94, 5, Side.SELL);
    rig.trade(93);
    expect(rig.traded()).toEqual(['BUY 1 at 99', 'SELL 1 at 93']);
  });

  it('an order that turns a position round protects what it opens, and one that only reduces nothing', async () => {
    const rig = await long(2);
    rig.desk.placeOrder(ticket({ side: Side.SELL, stopLoss: at(110), quantity: d(1) }));
    rig.trade(100);
    expect(rig.held()).toEqual(['LONG 1']);
    expect(rig.desk.triggers.stops(ALL)).toEqual([]);
    rig.desk.placeOrder(ticket({ side: Side.SELL, stopLoss: at(110), quantity: d(3) }));
    rig.trade(100);
    expect(rig.held()).toEqual(['SHORT 2']);
    expect(rig.desk.triggers.stops(ALL).map(({ side, quantity }) => `${side} ${quantity}`)).toEqual(['SHORT 2']);
  });

  it('are changed with the stop that they have made, and removed', async () => {
    const rig = await priced();
    const { triggers } = rig.desk;
    const id = rig.desk.placeOrder(ticket({ price: d(99), quantity: d(3), stopLoss: at(95) }));
    rig.print(98, 1, Side.SELL);
    triggers.changeAttachedStop(id, { stopLoss: at(94), takeProfit: null });
    expect(rig.desk.order(id)).toMatchObject({ stopLoss: at(94) });
    expect(triggers.stops(ALL)).toMatchObject([{ stopLoss: at(94), status: 'WAITING' }]);
    triggers.changeAttachedStop(id, { stopLoss: null, takeProfit: null });
    expect(triggers.stops(ALL)).toMatchObject([{ status: 'CANCELLED' }]);
    rig.print(98, 1, Side.SELL);
    expect(triggers.stops(ALL)).toHaveLength(1);
    expect(refusal(() => triggers.changeAttachedStop('77', { stopLoss: at(94), takeProfit: null }))).toBe(
      'UNKNOWN_ORDER',
    );
    rig.desk.cancelOrder(id);
    expect(refusal(() => triggers.changeAttachedStop(id, { stopLoss: at(94), takeProfit: null }))).toBe('UNKNOWN_STOP');
  });

  it('are refused on the wrong side of the order, off the tick, and on orders that only close', async () => {
    const rig = await long();
    const place = (more: object): string => refusal(() => rig.desk.placeOrder(ticket({ price: d(99), ...more })));
    expect(place({ stopLoss: at(99) })).toBe('STOP_PRICE');
    expect(place({ takeProfit: at(99) })).toBe('STOP_PRICE');
    expect(place({ stopLoss: at('95.01') })).toBe('INVALID_PRICE');
    expect(place({ side: Side.SELL, effect: 'CLOSE', takeProfit: at(90) })).toBe('INVALID_TRIGGER');
    await rig.port.connect();
    const attached = { side: Side.SELL, reduceOnly: true, price: 101, stopLoss: { triggerPrice: 105 } };
    expect(await rig.create(attached)).toMatchObject({ kind: 'rejected', reason: 'INVALID_REQUEST' });
    expect(await rig.create({ price: 99, stopLoss: { triggerPrice: 105 } })).toMatchObject({ reason: 'INVALID_PRICE' });
    expect(await rig.create({ price: 99, stopLoss: { triggerPrice: 95 } })).toMatchObject({ kind: 'accepted' });
  });

  it('go along with a plan, and with an order that replaces theirs', async () => {
    const rig = await priced();
    rig.desk.triggers.placePlan(plan(110, 'RISES_TO', { ticket: { stopLoss: at(95) } }));
    rig.trade(110);
    rig.trade(110);
    expect(rig.desk.triggers.stops(ALL)).toMatchObject([{ stopLoss: at(95), status: 'WAITING' }]);
    const id = rig.desk.placeOrder(ticket({ price: d(99), stopLoss: at(95) }));
    rig.desk.triggers.changeAttachedStop(id, { stopLoss: at(94), takeProfit: null });
    const replaced = rig.desk.replaceOrder(id, { price: d(98), quantity: d(1) });
    expect(rig.desk.order(replaced)).toMatchObject({ stopLoss: at(94) });
  });
});

describe('trailing orders', () => {
  const prices = (rig: TriggerRig, id: string): readonly string[] => {
    const { status, bestPrice, triggerPrice } = rig.desk.triggers.trailing(id) ?? {};
    return [String(status), String(bestPrice), String(triggerPrice)];
  };

  it('follow the best price since they came, and fire on the way back', async () => {
    const rig = await long();
    const { id } = rig.desk.triggers.placeTrailing(trailing());
    expect(prices(rig, id)).toEqual(['WAITING', '100', '95']);
    for (const price of [103, 99, 107, '102.1']) rig.trade(price);
    expect(prices(rig, id)).toEqual(['WAITING', '107', '102']);
    rig.trade(102);
    expect(prices(rig, id)).toEqual(['EXECUTED', '107', '102']);
    rig.trade('101.5');
    expect(rig.traded()).toEqual(['BUY 1 at 100', 'SELL 1 at 101.5']);
    expect(rig.desk.orderByClientId('BTC_USDT', `trailing_${id}`)?.status).toBe('FILLED');
  });

  it('are inactive until their activation price has come; a purchase follows downwards', async () => {
    const rig = await priced();
    const { id } = rig.desk.triggers.placeTrailing(
      trailing({ ticket: ticket(), activationPrice: d(95), callback: { kind: 'SHARE', value: d('0.01') } }),
    );
    rig.trade(96);
    rig.trade(110);
    expect(prices(rig, id)).toEqual(['INACTIVE', 'null', 'null']);
    rig.trade(94);
    // 94 × 1.01 = 94.94: no sooner than that
    expect(prices(rig, id)).toEqual(['WAITING', '94', '95']);
    rig.trade('94.9');
    rig.trade(95);
    rig.trade(96);
    expect(rig.traded()).toEqual(['BUY 1 at 96']);
  });

  it('begin at the first price where none is known, and at once where their activation price has passed', async () => {
    const rig = await TriggerRig.start('trades');
    const { triggers } = rig.desk;
    const buy = ticket();
    const early = triggers.placeTrailing(trailing({ ticket: buy }));
    expect(prices(rig, early.id)).toEqual(['WAITING', 'null', 'null']);
    rig.trade(100);
    expect(prices(rig, early.id)).toEqual(['WAITING', '100', '105']);
    const late = triggers.placeTrailing(trailing({ ticket: buy, activationPrice: d(101) }));
    expect(prices(rig, late.id)).toEqual(['WAITING', '100', '105']);
  });

  it('are changed while they wait, from the best price that they have, and cancelled', async () => {
    const rig = await long();
    const { triggers } = rig.desk;
    const { id } = triggers.placeTrailing(trailing());
    rig.trade(110);
    triggers.changeTrailing(id, { callback: { kind: 'SHARE', value: d('0.2') } });
    expect(prices(rig, id)).toEqual(['WAITING', '110', '88']);
    rig.trade(105);
    triggers.changeTrailing(id, { source: 'INDEX' });
    expect(prices(rig, id)).toEqual(['WAITING', '105', '84']);
    triggers.cancelTrailing(id);
    rig.trade(83);
    expect(prices(rig, id)[0]).toBe('CANCELLED');
    expect(refusal(() => triggers.cancelTrailing(id))).toBe('TRIGGER_IS_FINAL');
    expect(rig.held()).toEqual(['LONG 1']);
  });

  it('are refused for what they cannot be', async () => {
    const rig = await long();
    const place = (more: object): string => refusal(() => rig.desk.triggers.placeTrailing(trailing(more)));
    const share = (value: number) => ({ callback: { kind: 'SHARE', value: d(value) } });
    expect(place(share(0))).toBe('INVALID_TRIGGER');
    expect(place(share(1))).toBe('INVALID_TRIGGER');
    expect(place({ callback: { kind: 'DISTANCE', value: d(0) } })).toBe('INVALID_TRIGGER');
    expect(place({ activationPrice: d('100.01') })).toBe('INVALID_PRICE');
    expect(place({ ticket: ticket({ price: d(99) }) })).toBe('INVALID_TRIGGER');
    expect(place({})).toBe('accepted');
  });

  it('one whose callback is more than the price never fires', async () => {
    const rig = await long();
    const { id } = rig.desk.triggers.placeTrailing(trailing({ callback: { kind: 'DISTANCE', value: d(200) } }));
    expect(prices(rig, id)).toEqual(['WAITING', '100', '0']);
    rig.trade('0.1');
    expect(prices(rig, id)[0]).toBe('WAITING');
  });
});

describe('the port', () => {
  it('names a trigger by its kind and client order id, and refuses a second of that id', async () => {
    const rig = await long();
    await rig.port.connect();
    const { triggers } = rig.port;
    const request = {
      symbol: 'BTC_USDT',
      side: Side.SELL,
      quantity: 1,
      clientOrderId: 'guard',
      trigger: { kind: 'stop', price: 95, direction: 'FALLS_TO' },
    } as const;
    const outcome = await triggers.create(request);
    expect(outcome).toMatchObject({ kind: 'accepted', trigger: { clientOrderId: 'guard', request } });
    expect(await triggers.create(request)).toMatchObject({ reason: 'DUPLICATE_CLIENT_ORDER_ID' });
    expect(
      await triggers.create({
        ...request,
        clientOrderId: 'other',
        trigger: { ...request.trigger, direction: 'RISES_TO' },
      }),
    ).toMatchObject({
      reason: 'INVALID_REQUEST',
    });
    expect(await triggers.create({ ...request, clientOrderId: 'third', limitPrice: 90 })).toMatchObject({
      reason: 'NOT_SUPPORTED',
    });
    const [listed] = await triggers.list();
    expect(listed).toMatchObject({ clientOrderId: 'guard', request: { reduceOnly: true, trigger: { kind: 'stop' } } });
    expect(listed?.id).toMatch(/^stop-\d+$/);
  });

  it('lists both prices of one stop under one id, which end together', async () => {
    const rig = await long();
    await rig.port.connect();
    const { triggers } = rig.port;
    rig.desk.triggers.placeStop({ positionId: 1, quantity: null, stopLoss: at(95), takeProfit: at(105) });
    const listed = await triggers.list('BTC_USDT');
    expect(listed.map(({ request }) => `${request.trigger.kind} ${request.quantity}`)).toEqual([
      'stop 1',
      'takeProfit 1',
    ]);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(1);
    expect(await triggers.cancelAll()).toEqual([{ id: listed[0]?.id, outcome: { kind: 'cancelled' } }]);
    expect(await triggers.list()).toEqual([]);
  });
});
