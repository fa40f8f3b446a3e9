import { OrderType, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { Rig } from './rig.ts';

const priced = async (): Promise<Rig> => {
  const rig = await Rig.open('trades');
  rig.print(100, 1);
  return rig;
};

describe('without a book', () => {
  it('market: nothing before the next print, then print after print at their prices until done', async () => {
    const rig = await priced();
    const order = await rig.accepted({ quantity: 3 });
    expect(order).toMatchObject({ status: 'NEW' });
    rig.print(101, 2);
    rig.print(103, 2);
    expect(await rig.fills()).toEqual(['BUY 2 at 101 TAKER 0', 'BUY 1 at 103 TAKER 0']);
  });

  it('market: before the first print there is no price', async () => {
    const rig = await Rig.open('trades');
    expect(await rig.create({})).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
  });

  it('limit: crossing the last price it takes prints within its limit; once one is beyond, it rests', async () => {
    const rig = await priced();
    await rig.accepted({ price: 102, quantity: 3 });
    rig.print(101, 1);
    rig.print(103, 5);
    rig.print(101, 1);
    expect(await rig.fills()).toEqual(['BUY 1 at 101 TAKER 0', 'BUY 1 at 102 MAKER 0']);
  });

  it('ioc: takes the next print and cancels the rest; beyond its price it ends without a fill', async () => {
    const rig = await priced();
    const taking = await rig.accepted({ type: OrderType.IOC, price: 102, quantity: 3 });
    rig.print(101, 1);
    expect(await rig.now(taking)).toMatchObject({ status: 'CANCELLED' });
    const missing = await rig.accepted({ type: OrderType.IOC, price: 100, quantity: 3 });
    rig.print(101, 1);
    expect(await rig.now(missing)).toMatchObject({ status: 'CANCELLED', averagePrice: null });
    expect(await rig.fills()).toEqual(['BUY 1 at 101 TAKER 0']);
  });

  it('fok: needs one print that is large enough', async () => {
    const rig = await priced();
    const small = await rig.accepted({ type: OrderType.FOK, price: 102, quantity: 3 });
    rig.print(101, 2);
    expect(await rig.now(small)).toMatchObject({ status: 'CANCELLED', averagePrice: null });
    const large = await rig.accepted({ type: OrderType.FOK, price: 102, quantity: 3 });
    rig.print(101, 3);
    expect(await rig.now(large)).toMatchObject({ status: 'FILLED' });
  });

  it('post-only: at or through the last price it would take', async () => {
    const rig = await priced();
    const outcome = await rig.create({ type: OrderType.POST_ONLY, price: 100 });
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'POST_ONLY_WOULD_TAKE' });
  });

  it('one print is shared by takers, oldest first, then by resting orders', async () => {
    const rig = await priced();
    const resting = await rig.accepted({ price: 99, quantity: 1 });
    const first = await rig.accepted({ quantity: 2 });
    const second = await rig.accepted({ quantity: 2 });
    rig.print(99, 3, Side.SELL);
    const filled = await Promise.all(
      [first, second, resting].map(async (order) => (await rig.now(order)).filledQuantity.toString()),
    );
    expect(filled).toEqual(['2', '1', '0']);
  });

  it('a batch of prints is met one by one', async () => {
    const rig = await priced();
    await rig.accepted({ price: 98, quantity: 2 });
    rig.market.print(
      { price: 99, quantity: 5, side: Side.SELL },
      { price: 98, quantity: 1, side: Side.SELL },
      { price: 97, quantity: 5, side: Side.SELL },
    );
    expect(await rig.fills()).toEqual(['BUY 1 at 98 MAKER 0', 'BUY 1 at 98 MAKER 0']);
    expect((await rig.port.getPosition('BTC_USDT'))?.markPrice.toString()).toBe('97');
  });

  it('a batch that fills one order still meets the others, wherever they lie in it', async () => {
    const rig = await priced();
    const sell = await rig.accepted({ side: Side.SELL, price: 105, quantity: 1 });
    const buy = await rig.accepted({ price: 95, quantity: 1 });
    const at = (price: number) => ({ price, quantity: 5, side: Side.BUY });
    rig.market.print(at(100), at(105), at(100), at(95), at(101));
    expect([(await rig.now(sell)).status, (await rig.now(buy)).status]).toEqual(['FILLED', 'FILLED']);
    expect(await rig.fills()).toEqual(['SELL 1 at 105 MAKER 0', 'BUY 1 at 95 MAKER 0']);
  });

  it('a print of a symbol that is not traded here changes nothing', async () => {
    const rig = await priced();
    const order = await rig.accepted({ price: 99, quantity: 1 });
    rig.market.print({ price: 1, quantity: 5, side: Side.SELL, symbol: 'ETH_USDT' });
    expect((await rig.now(order)).status).toBe('NEW');
  });
});
