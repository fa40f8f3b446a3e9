import { Decimal, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { Rig } from './rig.ts';
import { instrumentOf } from './scripted-market.ts';

describe('fills keep to whole lots', () => {
  it('a resting order gets the whole lots of a print', async () => {
    const rig = await Rig.open('trades');
    rig.print(100, 1);
    const order = await rig.accepted({ price: 100, quantity: '0.010' });
    rig.print(100, '0.0025', Side.SELL);
    rig.print(100, '0.0009', Side.SELL);
    expect(await rig.now(order)).toMatchObject({ status: 'PARTIALLY_FILLED' });
    expect((await rig.now(order)).filledQuantity.toString()).toBe('0.002');
  });

  it('what is left of a print below a lot goes to nobody, and an ioc that met it has had its chance', async () => {
    const rig = await Rig.open('trades');
    rig.print(100, 1);
    const ioc = await rig.accepted({ type: OrderType.IOC, price: 100, quantity: '0.002' });
    const market = await rig.accepted({ quantity: '0.002' });
    rig.print(100, '0.0005');
    expect([(await rig.now(ioc)).status, (await rig.now(market)).status]).toEqual(['CANCELLED', 'NEW']);
  });

  it('a level of the book offers its whole lots', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[99, 1]],
      [
        [100, '0.0005'],
        [101, '0.0037'],
        [102, 1],
      ],
    );
    const post = await rig.create({ type: OrderType.POST_ONLY, price: 100, quantity: '0.002' });
    expect(post.kind).toBe('accepted');
    await rig.accepted({ quantity: '0.005' });
    expect(await rig.fills()).toEqual(['BUY 0.003 at 101 TAKER 0', 'BUY 0.002 at 102 TAKER 0']);
  });

  it('fok: counts whole lots only', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[99, 1]],
      [
        [100, '0.0025'],
        [101, '0.0025'],
      ],
    );
    const order = await rig.accepted({ type: OrderType.FOK, price: 101, quantity: '0.005' });
    expect(order).toMatchObject({ status: 'CANCELLED', averagePrice: null });
  });
});

describe('all of a position can be closed', () => {
  /** Holds 0.001 where the minimum is 0.002. */
  const crumb = async (positionSide?: PositionSide): Promise<Rig> => {
    const rig = await Rig.open('trades');
    if (positionSide !== undefined) await rig.port.settings.setPositionMode(PositionMode.HEDGE);
    rig.print(100, 1);
    const order = await rig.accepted({ quantity: '0.010', price: 100, positionSide });
    rig.print(100, '0.001', Side.SELL);
    await rig.port.cancelOrder({ symbol: 'BTC_USDT', orderId: order.id });
    return rig;
  };

  it('closePosition: below the minimum', async () => {
    const rig = await crumb();
    expect(await rig.port.closePosition({ symbol: 'BTC_USDT' })).toMatchObject({ kind: 'accepted' });
    rig.print(100, 1);
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('reduce-only: below the minimum, and only for all of it', async () => {
    const rig = await crumb();
    const sell = { side: Side.SELL, price: 110, quantity: '0.001' };
    expect(await rig.create(sell)).toMatchObject({ reason: 'INVALID_QUANTITY' });
    expect(await rig.create({ ...sell, quantity: '0.0005', reduceOnly: true })).toMatchObject({
      reason: 'INVALID_QUANTITY',
    });
    const order = await rig.accepted({ ...sell, reduceOnly: true });
    const moved = await rig.port.amendOrder(
      { symbol: 'BTC_USDT', orderId: order.id },
      { price: 111, quantity: '0.001' },
    );
    expect(moved).toMatchObject({ kind: 'amended' });
    rig.print(111, 1);
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('hedge: an order against its side below the minimum', async () => {
    const rig = await crumb(PositionSide.LONG);
    await rig.accepted({ side: Side.SELL, quantity: '0.001', positionSide: PositionSide.LONG });
    rig.print(100, 1);
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('closePosition and reduce-only: above the maximum of one order', async () => {
    const rig = await Rig.open('book', {}, [instrumentOf({ maxQuantity: new Decimal(1) })]);
    rig.market.setBook([[99, 50]], [[100, 50]]);
    for (let i = 0; i < 3; i += 1) await rig.accepted({ quantity: 1 });
    expect(await rig.create({ side: Side.SELL, quantity: 3 })).toMatchObject({ reason: 'INVALID_QUANTITY' });
    expect(await rig.create({ side: Side.SELL, quantity: 2, reduceOnly: true })).toMatchObject({
      reason: 'INVALID_QUANTITY',
    });
    await rig.accepted({ side: Side.SELL, price: 120, quantity: 3, reduceOnly: true });
    expect(await rig.port.closePosition({ symbol: 'BTC_USDT' })).toMatchObject({ kind: 'accepted' });
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('reduce-only without a position is refused for what it lacks, 0 for its quantity', async () => {
    const rig = await crumb();
    const buy = { price: 90, reduceOnly: true };
    expect(await rig.create({ ...buy, quantity: 0 })).toMatchObject({ reason: 'INVALID_QUANTITY' });
    expect(await rig.create({ ...buy, quantity: 1 })).toMatchObject({ reason: 'REDUCE_ONLY' });
  });
});
