import { Decimal, MarginMode, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { ledgerSums, Rig } from './rig.ts';
import { instrumentOf } from './scripted-market.ts';

const numbers = async (rig: Rig): Promise<Record<string, string>> => {
  const { available, frozen, positionMargin, total, unrealizedPnl, equity } = await rig.port.getBalance();
  return Object.fromEntries(
    Object.entries({ available, frozen, positionMargin, total, unrealizedPnl, equity }).map(([name, value]) => [
      name,
      value.toString(),
    ]),
  );
};

describe('money', () => {
  it('a round trip of 0.001 at 80,000 and 81,000, leverage 20, taker 0.0008, realizes 1 less both fees', async () => {
    const rig = await Rig.open('book', { balance: { USDT: 100 }, fees: { maker: 0, taker: '0.0008' } }, [
      instrumentOf({ minQuantity: new Decimal('0.001') }),
    ]);
    rig.market.setBook([[79_999, 1]], [[80_000, 1]]);
    await rig.accepted({ quantity: '0.001', leverage: 20 });
    expect(await numbers(rig)).toMatchObject({ available: '95.936', positionMargin: '4', total: '99.936' });
    rig.market.setBook([[81_000, 1]], [[81_001, 1]]);
    await rig.port.closePosition({ symbol: 'BTC_USDT' });
    expect(await numbers(rig)).toMatchObject({ available: '100.8712', positionMargin: '0', equity: '100.8712' });
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
    const byAccount = Object.fromEntries(
      rig.exchange.ledgerBalances().map(({ account, amount }) => [account, amount.toString()]),
    );
    expect(byAccount).toMatchObject({ deposits: '-100', fees: '0.1288', market: '-1', 'user/a/available': '100.8712' });
  });

  it('an open order freezes margin and taker fee; a cancel gives exactly that back', async () => {
    const rig = await Rig.open('trades');
    rig.print(100, 1);
    const order = await rig.accepted({ price: 90, quantity: 7, leverage: 3 });
    expect(await numbers(rig)).toMatchObject({ frozen: '210.378', total: '10000' });
    await rig.port.cancelOrder({ symbol: 'BTC_USDT', orderId: order.id });
    expect(await numbers(rig)).toMatchObject({ frozen: '0', available: '10000' });
  });

  it('more than margin and fee allow is INSUFFICIENT_BALANCE; exactly what they allow is accepted', async () => {
    const rig = await Rig.open('trades', { balance: { USDT: '10.006' } });
    rig.print(100, 1);
    expect(await rig.create({ price: 10, quantity: '1.001', leverage: 1 })).toMatchObject({
      reason: 'INSUFFICIENT_BALANCE',
    });
    expect(await rig.create({ price: 10, quantity: 1, leverage: 1 })).toMatchObject({ kind: 'accepted' });
  });

  it('a position closed in thirds leaves no dust', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[100, 100]],
      [
        ['100.1', 1],
        ['100.3', 2],
      ],
    );
    await rig.accepted({ quantity: 3, leverage: 7 });
    for (let i = 0; i < 3; i += 1) await rig.accepted({ side: Side.SELL, quantity: 1, reduceOnly: true });
    const profit = new Decimal(300).minus('300.7');
    const fees = new Decimal('600.7').mul('0.0006');
    expect(await numbers(rig)).toMatchObject({
      positionMargin: '0',
      frozen: '0',
      equity: new Decimal(10_000).plus(profit).minus(fees).toString(),
    });
  });

  it('an order that only closes holds nothing; the part that turns round does', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 10]], [[100, 10]]);
    await rig.accepted({ quantity: 1, leverage: 1 });
    await rig.accepted({ side: Side.SELL, price: 200, quantity: 1 });
    expect((await rig.port.getBalance()).frozen.toString()).toBe('0');
    await rig.accepted({ side: Side.SELL, price: 200, quantity: 1 });
    expect((await rig.port.getBalance()).frozen.toString()).toBe('200.12');
  });

  it('a fill that the account can no longer pay for is cancelled instead', async () => {
    const rig = await Rig.open('trades', { balance: { USDT: 101 } });
    rig.print(100, 1);
    const order = await rig.accepted({ quantity: 1, leverage: 1 });
    rig.print(200, 1);
    expect(await rig.now(order)).toMatchObject({ status: 'CANCELLED', averagePrice: null });
    expect(await numbers(rig)).toMatchObject({ available: '101', frozen: '0' });
  });

  it('a fok that the account can no longer pay for trades nothing, not even the part that would close', async () => {
    const rig = await Rig.open('trades', { balance: { USDT: '300.2' } });
    rig.print(100, 1);
    await rig.accepted({ side: Side.SELL, quantity: 1, leverage: 1 });
    rig.print(100, 1);
    const order = await rig.accepted({ type: OrderType.FOK, price: 200, quantity: 2 });
    rig.print(200, 5);
    expect(await rig.now(order)).toMatchObject({ status: 'CANCELLED', averagePrice: null });
  });

  it('an order that is half to close trades that half where the account cannot pay for the other', async () => {
    const rig = await Rig.open('trades', { balance: { USDT: '300.2' } });
    rig.print(100, 1);
    await rig.accepted({ side: Side.SELL, quantity: 1, leverage: 1 });
    rig.print(100, 1);
    const order = await rig.accepted({ price: 200, quantity: 2 });
    rig.print(200, 5);
    const done = await rig.now(order);
    expect([done.status, done.filledQuantity.toString()]).toEqual(['CANCELLED', '1']);
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('a sell below the bid is valued at the bid, where it will trade', async () => {
    const rig = await Rig.open('book', { balance: { USDT: 150 } });
    rig.market.setBook([[200, 10]], [[201, 10]]);
    const outcome = await rig.create({ side: Side.SELL, price: 100, quantity: 1, leverage: 1 });
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'INSUFFICIENT_BALANCE' });
  });

  it('a rebate is paid to the account', async () => {
    const rig = await Rig.open('trades', { fees: { maker: '-0.0001', taker: '0.0006' } });
    rig.print(100, 1);
    await rig.accepted({ price: 90, quantity: 1 });
    rig.print(90, 1, Side.SELL);
    expect((await numbers(rig))['total']).toBe('10000.009');
  });

  it('fees are the instrument’s own where none are given', async () => {
    const rig = await Rig.open('trades', { fees: undefined });
    const fees = await rig.port.history.getFees('BTC_USDT');
    expect(`${fees.maker} ${fees.taker}`).toBe('0.0002 0.0006');
  });

  it('a bare balance is of the quote asset of the first instrument', async () => {
    const rig = await Rig.open('trades', { balance: 500 }, [instrumentOf({ quoteAsset: 'USDC', symbol: 'BTC_USDC' })]);
    expect(await rig.port.getBalance()).toMatchObject({ asset: 'USDC' });
    expect((await rig.port.getBalance('USDC')).total.toString()).toBe('500');
  });

  it('quoteQuantity: a priced order is sized by its own price, rounded down to the lot', async () => {
    const rig = await Rig.open('trades');
    rig.print(100, 1);
    expect((await rig.accepted({ price: 70, quoteQuantity: 100 })).quantity.toString()).toBe('1.428');
    expect(await rig.create({ quoteQuantity: '0.1' })).toMatchObject({ kind: 'rejected', reason: 'INVALID_QUANTITY' });
  });

  it('an order value below the minimum is refused, but not for closing', async () => {
    const rig = await Rig.open('book', {}, [instrumentOf({ minNotional: new Decimal(50) })]);
    rig.market.setBook([[99, 10]], [[100, 10]]);
    expect(await rig.create({ quantity: '0.4' })).toMatchObject({ kind: 'rejected', reason: 'INVALID_QUANTITY' });
    await rig.accepted({ quantity: 1 });
    await rig.accepted({ side: Side.SELL, quantity: '0.1', reduceOnly: true });
  });
});

describe('positions', () => {
  it('leverage and modes cannot change under a position or an open order', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 10]], [[100, 10]]);
    expect(await rig.port.settings.getLeverage('BTC_USDT')).toBe(10);
    await rig.accepted({ price: 90, quantity: 1 });
    await expect(rig.port.settings.setLeverage('BTC_USDT', 5)).rejects.toThrow('cannot change');
    await expect(rig.port.settings.setMarginMode('BTC_USDT', MarginMode.CROSS)).rejects.toThrow('cannot change');
    await expect(rig.port.settings.setPositionMode(PositionMode.HEDGE)).rejects.toThrow('cannot change');
    expect(await rig.create({ quantity: 1, leverage: 5 })).toMatchObject({ reason: 'INVALID_LEVERAGE' });
    expect(await rig.create({ quantity: 1, leverage: 10 })).toMatchObject({ kind: 'accepted' });
  });

  it('a refused order leaves the leverage as it was', async () => {
    const rig = await Rig.open('trades');
    expect(await rig.create({ price: 10, quantity: 0, leverage: 3 })).toMatchObject({ kind: 'rejected' });
    expect(await rig.port.settings.getLeverage('BTC_USDT')).toBe(10);
  });

  it('reducing orders go when their position goes', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 10]], [[100, 10]]);
    await rig.accepted({ quantity: 1 });
    const reducing = await rig.accepted({ side: Side.SELL, price: 120, quantity: 1, reduceOnly: true });
    const plain = await rig.accepted({ side: Side.SELL, price: 130, quantity: 1 });
    await rig.port.closePosition({ symbol: 'BTC_USDT' });
    expect((await rig.now(reducing)).status).toBe('CANCELLED');
    expect((await rig.now(plain)).status).toBe('NEW');
  });

  it('a reducing order trades no more than is left of the position', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 10]], [[100, 10]]);
    await rig.accepted({ quantity: 3 });
    const reducing = await rig.accepted({ side: Side.SELL, price: 120, quantity: 3, reduceOnly: true });
    await rig.accepted({ side: Side.SELL, quantity: 2, reduceOnly: true });
    rig.print(120, 10);
    const done = await rig.now(reducing);
    expect([done.status, done.filledQuantity.toString()]).toEqual(['CANCELLED', '1']);
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('hedge: an order against its own side only closes, and no more than there is', async () => {
    const rig = await Rig.open('book');
    await rig.port.settings.setPositionMode(PositionMode.HEDGE);
    rig.market.setBook([[99, 10]], [[100, 10]]);
    await rig.accepted({ quantity: 1, positionSide: PositionSide.LONG });
    const over = await rig.create({ side: Side.SELL, quantity: 2, positionSide: PositionSide.LONG });
    expect(over).toMatchObject({ kind: 'rejected', reason: 'REDUCE_ONLY' });
    expect(await rig.port.closePosition({ symbol: 'BTC_USDT' })).toMatchObject({
      kind: 'rejected',
      reason: 'INVALID_REQUEST',
    });
    expect(await rig.port.closePosition({ symbol: 'BTC_USDT', positionSide: PositionSide.SHORT })).toEqual({
      kind: 'noPosition',
    });
    await rig.accepted({ side: Side.SELL, quantity: 1, positionSide: PositionSide.SHORT });
    await expect(rig.port.getPosition('BTC_USDT')).rejects.toThrow('positionSide is needed');
  });

  it('an order type that there is not is NOT_SUPPORTED', async () => {
    const rig = await Rig.open('trades');
    expect(await rig.create({ type: 'STOP' as OrderType, price: 10 })).toMatchObject({ reason: 'NOT_SUPPORTED' });
  });
});
