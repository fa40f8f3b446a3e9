import { Decimal, type Order, OrderType, Side } from '@prate/domain';
import type { AmendOutcome, AmendRequest } from '@prate/execution-port';
import { describe, expect, it } from 'vitest';
import { Rig } from './rig.ts';
import { instrumentOf } from './scripted-market.ts';

const amend = (rig: Rig, order: Order, changes: AmendRequest): Promise<AmendOutcome> =>
  rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: order.id }, changes);

const frozen = async (rig: Rig): Promise<string> => (await rig.port.getBalance()).frozen.toString();

/** Long 3, with a book of 99 and 100. */
async function long3(balance: number): Promise<Rig> {
  const rig = await Rig.open('book', { balance: { USDT: balance } });
  rig.market.setBook([[99, 50]], [[100, 50]]);
  await rig.accepted({ quantity: 3 });
  return rig;
}

describe('amend: what an order holds', () => {
  it('an order that only closes holds nothing at a new price, whatever came after it', async () => {
    const rig = await long3(66);
    const first = await rig.accepted({ side: Side.SELL, quantity: 3, price: 110 });
    await rig.accepted({ side: Side.SELL, quantity: 3, price: 105 });
    expect(await frozen(rig)).toBe('31.689');
    expect(await amend(rig, first, { price: 109 })).toMatchObject({ kind: 'amended' });
    expect(await frozen(rig)).toBe('31.689');
  });

  it('what is added to a closing order comes behind what other orders close', async () => {
    const rig = await long3(1000);
    const first = await rig.accepted({ side: Side.SELL, quantity: 1, price: 110 });
    const second = await rig.accepted({ side: Side.SELL, quantity: 2, price: 110 });
    await amend(rig, first, { quantity: 3 });
    expect(await frozen(rig)).toBe('22.132');
    await amend(rig, second, { price: 111 });
    expect(await frozen(rig)).toBe('22.132');
  });

  it('a cancelled order gives back what it would have closed', async () => {
    const rig = await long3(1000);
    const first = await rig.accepted({ side: Side.SELL, quantity: 3, price: 110 });
    await rig.port.cancelOrder({ symbol: 'BTC_USDT', orderId: first.id });
    await rig.accepted({ side: Side.SELL, quantity: 3, price: 110 });
    expect(await frozen(rig)).toBe('0');
  });

  it('a partly filled closing order stays one', async () => {
    const rig = await long3(1000);
    const order = await rig.accepted({ side: Side.SELL, quantity: 3, price: 110 });
    rig.print(110, 1);
    await amend(rig, order, { price: 111 });
    await rig.accepted({ side: Side.SELL, quantity: 1, price: 110 });
    expect(await frozen(rig)).toBe('11.066');
  });

  it('what a closing order has traded is no longer spoken for', async () => {
    const rig = await long3(1000);
    await rig.accepted({ side: Side.SELL, quantity: 2, price: 110 });
    rig.print(110, 1);
    await rig.accepted({ side: Side.SELL, quantity: 1, price: 120 });
    expect(await frozen(rig)).toBe('0');
  });

  it('less quantity never needs more, wherever the market is', async () => {
    const rig = await Rig.open('book', { balance: { USDT: 111 } });
    rig.market.setBook([[99, 50]], [[100, 50]]);
    const order = await rig.accepted({ side: Side.SELL, quantity: 1, price: 110, leverage: 1 });
    rig.market.setBook([[300, 50]], [[301, 50]]);
    expect(await amend(rig, order, { quantity: '0.9' })).toMatchObject({ kind: 'amended', order: { status: 'NEW' } });
  });
});

describe('amend: what is refused', () => {
  it('an order value below the minimum, by price or by quantity, but not for closing', async () => {
    const rig = await Rig.open('book', {}, [instrumentOf({ minNotional: new Decimal(5) })]);
    rig.market.setBook([[99, 50]], [[100, 50]]);
    const order = await rig.accepted({ quantity: 1, price: 90 });
    for (const changes of [{ quantity: '0.002' }, { price: '0.1' }]) {
      expect(await amend(rig, order, changes)).toMatchObject({ kind: 'rejected', reason: 'INVALID_QUANTITY' });
    }
    expect((await rig.now(order)).quantity.toString()).toBe('1');
    await rig.accepted({ quantity: 1 });
    const closing = await rig.accepted({ side: Side.SELL, quantity: 1, price: 120, reduceOnly: true });
    expect(await amend(rig, closing, { quantity: '0.002' })).toMatchObject({ kind: 'amended' });
  });
});

describe('amend: less quantity and nothing else', () => {
  it('without a book: a resting order at the last price stays a maker', async () => {
    const rig = await Rig.open('trades');
    rig.print(101, 1);
    const order = await rig.accepted({ price: 100, quantity: 1 });
    rig.print(100, '0.1', Side.SELL);
    await amend(rig, order, { quantity: '0.9', price: 100 });
    rig.print(98, '0.5', Side.SELL);
    expect(await rig.fills()).toEqual(['BUY 0.1 at 100 MAKER 0', 'BUY 0.5 at 100 MAKER 0']);
  });

  it('with a book that has moved through it: a resting order does not take', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 5]], [[101, 5]]);
    const order = await rig.accepted({ price: 100, quantity: 1 });
    rig.market.setBook([[97, 5]], [[98, 5]]);
    expect(await amend(rig, order, { quantity: '0.9' })).toMatchObject({ kind: 'amended', order: { status: 'NEW' } });
    expect(await amend(rig, order, { quantity: 1 })).toMatchObject({ kind: 'amended', order: { status: 'FILLED' } });
  });

  it('a post-only order that the market has reached may shrink', async () => {
    const rig = await Rig.open('trades');
    rig.print(101, 1);
    const order = await rig.accepted({ type: OrderType.POST_ONLY, price: 100, quantity: 1 });
    rig.print(100, '0.1', Side.SELL);
    expect(await amend(rig, order, { quantity: '0.9' })).toMatchObject({ kind: 'amended' });
    expect(await amend(rig, order, { quantity: 1 })).toMatchObject({ reason: 'POST_ONLY_WOULD_TAKE' });
  });

  it('a waiting taker goes on taking', async () => {
    const rig = await Rig.open('trades');
    rig.print(100, 1);
    const order = await rig.accepted({ price: 102, quantity: 3 });
    await amend(rig, order, { quantity: 2 });
    rig.print(101, 5);
    expect(await rig.fills()).toEqual(['BUY 2 at 101 TAKER 0']);
  });
});
