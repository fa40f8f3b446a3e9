import { OrderType, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { Rig } from './rig.ts';

describe('with a book', () => {
  it('market: walks the levels at their prices and cancels what the book has not', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[99, 1]],
      [
        [101, 1],
        [102, 2],
      ],
    );
    const order = await rig.accepted({ quantity: 4 });
    expect(order).toMatchObject({ status: 'CANCELLED' });
    expect(await rig.fills()).toEqual(['BUY 1 at 101 TAKER 0', 'BUY 2 at 102 TAKER 0']);
  });

  it('what was taken is not there a second time until the book is told anew', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[99, 5]],
      [
        [101, 1],
        [102, 2],
      ],
    );
    await rig.accepted({ quantity: 1 });
    await rig.accepted({ quantity: 1 });
    rig.market.setBook(
      [[99, 5]],
      [
        [101, 1],
        [102, 2],
      ],
    );
    await rig.accepted({ quantity: 1 });
    expect(await rig.fills()).toEqual(['BUY 1 at 101 TAKER 0', 'BUY 1 at 102 TAKER 0', 'BUY 1 at 101 TAKER 0']);
  });

  it('limit: takes what its price reaches and rests with the remainder', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[99, 1]],
      [
        [101, 1],
        [102, 2],
      ],
    );
    const order = await rig.accepted({ price: 101, quantity: 3 });
    expect(order.status).toBe('PARTIALLY_FILLED');
    rig.print(101, 10, Side.SELL);
    expect(await rig.fills()).toEqual(['BUY 1 at 101 TAKER 0', 'BUY 2 at 101 MAKER 0']);
  });

  it('market: an empty side or no book yet is NO_LIQUIDITY', async () => {
    const rig = await Rig.open('book');
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
    rig.market.setBook([[99, 1]], []);
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
  });

  it('a changing book alone fills no resting order', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 1]], [[101, 1]]);
    const order = await rig.accepted({ price: 100, quantity: 1 });
    rig.market.setBook([[97, 1]], [[98, 1]]);
    expect((await rig.now(order)).status).toBe('NEW');
  });

  it('fok: counts only levels within its price', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook(
      [[99, 1]],
      [
        [101, 1],
        [102, 2],
      ],
    );
    expect(await rig.accepted({ type: OrderType.FOK, price: 101, quantity: 2 })).toMatchObject({ status: 'CANCELLED' });
    expect(await rig.accepted({ type: OrderType.FOK, price: 102, quantity: 3 })).toMatchObject({ status: 'FILLED' });
  });

  it('a print is shared out by price, then age, and never given twice', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[90, 1]], [[110, 1]]);
    const ids = [];
    for (const price of [99, 100, 99, 98]) ids.push((await rig.accepted({ price, quantity: 2 })).id);
    rig.print(98, 5, Side.SELL);
    const filled = await Promise.all(
      ids.map(async (orderId) => (await rig.port.getOrder({ symbol: 'BTC_USDT', orderId }))?.filledQuantity),
    );
    expect(filled.map(String)).toEqual(['2', '2', '1', '0']);
  });

  it('a print goes first to the side that it hit', async () => {
    const rig = await Rig.open('book');
    const sell = await rig.accepted({ side: Side.SELL, price: 99, quantity: 1 });
    const buy = await rig.accepted({ price: 101, quantity: 1 });
    rig.print(100, 1, Side.SELL);
    expect([(await rig.now(buy)).status, (await rig.now(sell)).status]).toEqual(['FILLED', 'NEW']);
    rig.print(100, 1, Side.BUY);
    expect((await rig.now(sell)).status).toBe('FILLED');
  });

  it('accounts do not feel each other: each gets the whole print', async () => {
    const rig = await Rig.open('book');
    const other = rig.exchange.account('b');
    await other.connect();
    rig.market.setBook([[90, 1]], [[110, 1]]);
    const mine = await rig.accepted({ price: 100, quantity: 2 });
    const theirs = await other.createOrder({
      symbol: 'BTC_USDT',
      side: Side.SELL,
      type: OrderType.LIMIT,
      price: 100,
      quantity: 2,
    });
    rig.print(100, 2, Side.SELL);
    expect((await rig.now(mine)).status).toBe('FILLED');
    expect(
      theirs.kind === 'accepted' && (await other.getOrder({ symbol: 'BTC_USDT', orderId: theirs.order.id }))?.status,
    ).toBe('FILLED');
  });

  it('amend: a new price goes to the back of its queue, less quantity keeps its place', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[90, 1]], [[110, 1]]);
    const first = await rig.accepted({ price: 100, quantity: 3 });
    const second = await rig.accepted({ price: 100, quantity: 1 });
    await rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: first.id }, { quantity: 2 });
    rig.print(100, 1, Side.SELL);
    expect((await rig.now(first)).filledQuantity.toString()).toBe('1');
    await rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: first.id }, { quantity: 4 });
    rig.print(100, 1, Side.SELL);
    expect((await rig.now(second)).status).toBe('FILLED');
  });

  it('amend: a limit order moved through the book takes; a post-only one is refused and stands', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 5]], [[101, 5]]);
    const limit = await rig.accepted({ price: 98, quantity: 1 });
    const moved = await rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: limit.id }, { price: 102 });
    expect(moved).toMatchObject({ kind: 'amended', order: { status: 'FILLED' } });
    const post = await rig.accepted({ type: OrderType.POST_ONLY, price: 98, quantity: 1 });
    const refused = await rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: post.id }, { price: 102 });
    expect(refused).toMatchObject({ kind: 'rejected', reason: 'POST_ONLY_WOULD_TAKE' });
    expect((await rig.now(post)).price?.toString()).toBe('98');
  });
});
