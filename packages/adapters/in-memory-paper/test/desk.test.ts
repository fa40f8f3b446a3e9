import { Decimal, type Instrument, MarginMode, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import type { DeskEvent, DeskTicket, PaperDesk } from '../src/index.ts';
import { Rig } from './rig.ts';
import { instrumentOf, type Level } from './scripted-market.ts';

const ticket = (more: Partial<DeskTicket> = {}): DeskTicket => ({
  symbol: 'BTC_USDT',
  side: Side.BUY,
  effect: 'OPEN',
  type: more.price === undefined || more.price === null ? OrderType.MARKET : OrderType.LIMIT,
  quantity: new Decimal(1),
  price: null,
  marginMode: null,
  leverage: null,
  clientOrderId: null,
  positionMode: null,
  reduceOnly: false,
  ...more,
});

const BIDS: readonly Level[] = [[99, 50]];
const ASKS: readonly Level[] = [[100, 50]];
const ALL = { symbol: null, from: 0, to: Number.MAX_SAFE_INTEGER };
const tier = { maxNotional: null, maxLeverage: 50, maintenanceMarginRate: new Decimal('0.001') };
const d = (value: string | number): Decimal => new Decimal(value);

async function open(instrument: Partial<Instrument> = {}): Promise<{ rig: Rig; desk: PaperDesk; log: DeskEvent[] }> {
  const rig = new Rig('book', {}, [instrumentOf({ riskTiers: [tier], ...instrument })]);
  await rig.exchange.connect();
  const desk = rig.exchange.desk('a');
  const log: DeskEvent[] = [];
  desk.listen((event) => log.push(event));
  rig.market.setBook(BIDS, ASKS);
  return { rig, desk, log };
}

const refusal = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return String((error as { reason?: unknown }).reason ?? error);
  }
  return 'accepted';
};

describe('the desk', () => {
  it('an order that trades is told as order, fill, position, asset, in this order', async () => {
    const { desk, log } = await open();
    const order = desk.order(desk.placeOrder(ticket({ quantity: d(2), leverage: 5 })));
    expect(order).toMatchObject({ status: 'FILLED', end: 'NONE', leverage: 5, positionId: 1 });
    expect([order?.averagePrice, order?.usedMargin, order?.takerFee, order?.makerFee].map(String)).toEqual([
      '100',
      '40',
      '0.12',
      '0',
    ]);
    expect(log.map(({ kind }) => kind)).toEqual(['order', 'asset', 'order', 'fill', 'position', 'asset']);
    expect(log.findLast(({ kind }) => kind === 'asset')).toMatchObject({ asset: desk.assets()[0] });
  });

  it('open interest is what all accounts hold on the side where they hold more: the market has the rest of the other', async () => {
    const { rig, desk } = await open();
    const held = (): string => String(rig.exchange.openInterest('BTC_USDT'));
    expect([held(), String(rig.exchange.openInterest('ETH_USDT'))]).toEqual(['0', '0']);
    desk.placeOrder(ticket({ quantity: d(2) }));
    rig.exchange.open('b', { balance: 1000 });
    rig.exchange.desk('b').placeOrder(ticket({ side: Side.SELL, quantity: d(1) }));
    expect(held()).toBe('2');
    rig.exchange.desk('b').placeOrder(ticket({ side: Side.SELL, quantity: d(4) }));
    expect(held()).toBe('5');
    desk.closeAllPositions();
    expect(held()).toBe('5');
  });

  it('an order that turns a position round tells the closed one and the opened one', async () => {
    const { desk, log } = await open();
    desk.placeOrder(ticket());
    log.length = 0;
    desk.placeOrder(ticket({ side: Side.SELL, quantity: d(3) }));
    const told = log.flatMap((event) => (event.kind === 'position' ? [event.position] : []));
    expect(told.map(({ id, side, open: isOpen, heldQuantity }) => [id, side, isOpen, String(heldQuantity)])).toEqual([
      [1, 'LONG', false, '0'],
      [2, 'SHORT', true, '2'],
    ]);
    const [closed] = desk.positionHistory(ALL);
    expect(closed).toMatchObject({ id: 1, open: false });
    expect(
      [closed?.closedQuantity, closed?.closeAveragePrice, closed?.openAveragePrice, closed?.closedPnl].map(String),
    ).toEqual(['1', '99', '100', '-1']);
  });

  it('a position keeps averages of what is held, of what was opened and of what was closed', async () => {
    const { rig, desk } = await open();
    desk.placeOrder(ticket());
    rig.market.setBook([[109, 9]], [[110, 9]]);
    desk.placeOrder(ticket());
    desk.placeOrder(ticket({ side: Side.SELL, effect: 'CLOSE', quantity: d(1) }));
    const [position] = desk.positions();
    expect(
      [position?.heldAveragePrice, position?.openAveragePrice, position?.closeAveragePrice, position?.closedPnl].map(
        String,
      ),
    ).toEqual(['105', '105', '109', '4']);
    expect([position?.originalMargin, position?.margin, position?.fees].map(String)).toEqual(['21', '10.5', '0.1914']);
  });

  it('hedge: side and effect name the position; resting closers freeze what they close', async () => {
    const { desk } = await open();
    desk.setPositionMode(PositionMode.HEDGE);
    desk.placeOrder(ticket({ quantity: d(3) }));
    desk.placeOrder(ticket({ side: Side.SELL, quantity: d(2) }));
    expect(desk.positions().map(({ side, heldQuantity }) => `${side} ${heldQuantity}`)).toEqual(['LONG 3', 'SHORT 2']);
    desk.placeOrder(ticket({ side: Side.SELL, effect: 'CLOSE', price: d(120), quantity: d(2) }));
    expect(desk.positions().map(({ frozenQuantity }) => String(frozenQuantity))).toEqual(['2', '0']);
    const close = (quantity: number): string =>
      refusal(() =>
        desk.placeOrder(ticket({ side: Side.SELL, effect: 'CLOSE', price: d(130), quantity: d(quantity) })),
      );
    expect([close(2), close(1)]).toEqual(['CLOSES_TOO_MUCH', 'accepted']);
  });

  it('refuses in the order that it names', async () => {
    const { desk } = await open();
    desk.placeOrder(ticket({ leverage: 5, clientOrderId: 'once' }));
    const place = (more: Partial<DeskTicket>): string => refusal(() => desk.placeOrder(ticket(more)));
    expect(place({ symbol: 'X', quantity: d(0) })).toBe('UNKNOWN_SYMBOL');
    expect(place({ quantity: d('0.0005'), price: d('0.01') })).toBe('INVALID_QUANTITY');
    expect(place({ price: d('0.01'), clientOrderId: 'once' })).toBe('INVALID_PRICE');
    expect(place({ clientOrderId: 'once', leverage: 99 })).toBe('DUPLICATE_CLIENT_ORDER_ID');
    expect(place({ leverage: 51 })).toBe('LEVERAGE_OUT_OF_RANGE');
    expect(place({ leverage: 6, marginMode: MarginMode.CROSS })).toBe('LEVERAGE_DIFFERS');
    expect(place({ marginMode: MarginMode.CROSS, positionMode: PositionMode.HEDGE })).toBe('MARGIN_MODE_DIFFERS');
    expect(place({ positionMode: PositionMode.HEDGE, effect: 'CLOSE' })).toBe('POSITION_MODE_DIFFERS');
    expect(place({ effect: 'CLOSE' })).toBe('NO_POSITION');
    expect(place({ side: Side.SELL, effect: 'CLOSE', quantity: d(2) })).toBe('CLOSES_TOO_MUCH');
    expect(place({ quantity: d(5000) })).toBe('INSUFFICIENT_BALANCE');
  });

  it('a position too large for its leverage is a RISK_LIMIT, open orders included', async () => {
    const tiers = [
      { ...tier, maxNotional: d(300) },
      { maxNotional: d(1000), maxLeverage: 10, maintenanceMarginRate: d('0.02') },
    ];
    const { desk } = await open({ riskTiers: tiers });
    desk.placeOrder(ticket({ leverage: 20, price: d(90), quantity: d(2) }));
    const more = (leverage: number): string =>
      refusal(() => desk.placeOrder(ticket({ leverage, price: d(90), quantity: d(2) })));
    expect(more(20)).toBe('RISK_LIMIT');
    desk.cancelAllOrders(null);
    expect([more(10), more(10)]).toEqual(['accepted', 'accepted']);
    expect(refusal(() => desk.placeOrder(ticket({ leverage: 10, price: d(90), quantity: d(9) })))).toBe('RISK_LIMIT');
  });

  it('a post-only order that would take is accepted, and cancelled', async () => {
    const { desk } = await open();
    expect(desk.order(desk.placeOrder(ticket({ type: OrderType.POST_ONLY, price: d(101) })))).toMatchObject({
      status: 'CANCELLED',
      end: 'POST_ONLY_WOULD_TAKE',
    });
  });

  it.each([
    [OrderType.IOC, d(100), 'IOC_REST'],
    [OrderType.FOK, d(100), 'FOK_NOT_FILLED'],
    [OrderType.MARKET, null, 'MARKET_REST'],
  ] as const)('%s: what it ended by is told', async (type, price, end) => {
    const { desk } = await open();
    expect(desk.order(desk.placeOrder(ticket({ type, price, quantity: d(60) })))).toMatchObject({
      status: 'CANCELLED',
      end,
    });
  });

  it('replace: a new order takes the client order id; a refused one leaves the old', async () => {
    const { desk } = await open();
    const old = desk.placeOrder(ticket({ price: d(90), clientOrderId: 'mine' }));
    expect(refusal(() => desk.replaceOrder(old, { price: d(90), quantity: d(9999) }))).toBe('INSUFFICIENT_BALANCE');
    const order = desk.replaceOrder(old, { price: d(91), quantity: d(2) });
    expect(desk.openOrders(null).map(({ id }) => id)).toEqual([order]);
    expect(desk.orderByClientId('BTC_USDT', 'mine')?.id).toBe(order);
    expect(desk.order(old)).toMatchObject({ status: 'CANCELLED', end: 'BY_USER' });
    expect(refusal(() => desk.replaceOrder(old, { price: d(91), quantity: d(2) }))).toBe('ORDER_IS_FINAL');
  });

  it('leverage is by side, and that of a position can change while no order is open', async () => {
    const { desk } = await open();
    desk.setLeverage('BTC_USDT', PositionSide.SHORT, { leverage: 3, marginMode: MarginMode.CROSS });
    expect(desk.leverage('BTC_USDT')).toEqual([
      { side: 'LONG', leverage: 10, marginMode: 'ISOLATED' },
      { side: 'SHORT', leverage: 3, marginMode: 'CROSS' },
    ]);
    desk.placeOrder(ticket());
    desk.setLeverage('BTC_USDT', PositionSide.LONG, { leverage: 5, marginMode: null });
    expect(desk.positions()[0]).toMatchObject({ leverage: 5, margin: d(20) });
    desk.placeOrder(ticket({ price: d(90) }));
    const change = () => desk.setLeverage('BTC_USDT', PositionSide.LONG, { leverage: 6, marginMode: null });
    expect(refusal(change)).toBe('LEVERAGE_WITH_OPEN_ORDERS');
  });

  it('margin, reverse and close all', async () => {
    const { desk } = await open();
    desk.placeOrder(ticket());
    const [before] = desk.positions();
    desk.changeMargin(1, d(5));
    expect(String(desk.positions()[0]?.margin.minus(before?.margin ?? 0))).toBe('5');
    expect(refusal(() => desk.changeMargin(1, d('-5.1')))).toBe('MARGIN_NOT_REMOVABLE');
    desk.changeMargin(1, d(-5));
    desk.reversePosition(1, d(2));
    expect(desk.positions().map(({ id, side, heldQuantity }) => `${id} ${side} ${heldQuantity}`)).toEqual([
      '2 SHORT 2',
    ]);
    desk.closeAllPositions();
    expect(desk.positions()).toEqual([]);
    expect(refusal(() => desk.changeMargin(1, d(1)))).toBe('NO_POSITION');
  });

  it('histories are newest first and within their times', async () => {
    const { rig, desk } = await open();
    for (let i = 0; i < 3; i += 1) {
      desk.placeOrder(ticket());
      rig.clock.advance(10);
    }
    const now = rig.clock.nowMs();
    expect(desk.orderHistory(ALL).map(({ createdAt }) => now - createdAt)).toEqual([10, 20, 30]);
    expect(desk.fills({ ...ALL, from: now - 20, to: now - 20 }).map(({ time }) => now - time)).toEqual([20]);
    expect(desk.fills({ ...ALL, symbol: 'ETH_USDT' })).toEqual([]);
    const [last] = desk.orderHistory(ALL);
    expect(desk.fillsOfOrder(last?.id ?? '').map(({ order }) => order.id)).toEqual([last?.id]);
  });

  it('an account may have a balance and fees of its own', async () => {
    const { rig } = await open();
    rig.exchange.open('rich', { balance: { USDT: 1e6 }, fees: { maker: 0, taker: '0.001' } });
    const desk = rig.exchange.desk('rich');
    expect(String(desk.assets()[0]?.available)).toBe('1000000');
    desk.placeOrder(ticket());
    expect(String(desk.fills(ALL)[0]?.fee)).toBe('0.1');
    expect(() => rig.exchange.open('rich')).toThrow('already');
    expect(rig.exchange.accounts()).toEqual(['a', 'rich']);
  });
});
