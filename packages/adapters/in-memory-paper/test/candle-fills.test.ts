import { OrderType, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { drain, MINUTE, Rig } from './rig.ts';

const priced = async (): Promise<Rig> => {
  const rig = await Rig.open('candles');
  rig.candle(100, 101, 99, 100);
  return rig;
};

describe('on candles', () => {
  it('market: trades whole at the next open, timed at it', async () => {
    const rig = await priced();
    const order = await rig.accepted({ quantity: 7 });
    expect(order.status).toBe('NEW');
    rig.candle(102, 105, 98, 104);
    expect(await rig.fills()).toEqual([`BUY 7 at 102 TAKER ${MINUTE}`]);
    expect((await rig.port.getPosition('BTC_USDT'))?.markPrice.toString()).toBe('104');
  });

  it('a position opened at the open is told at that price: its event does not know the close', async () => {
    const rig = await priced();
    const events = rig.port.events();
    await rig.accepted({ quantity: 1 });
    rig.candle(102, 105, 98, 104);
    const log = await drain(events, () => rig.port.disconnect());
    const told = log.flatMap((event) => (event.kind === 'position' ? [event.position?.markPrice.toString()] : []));
    expect(told).toEqual(['102']);
  });

  it('a candle that had begun before the order came does not fill it', async () => {
    const rig = await priced();
    rig.clock.advance(1);
    await rig.accepted({ quantity: 1 });
    await rig.accepted({ price: 90, quantity: 1 });
    const began = rig.clock.nowMs() - 1;
    rig.market.candle({ openTime: began, open: 102, high: 105, low: 80, close: 104, volume: 9 });
    expect(await rig.fills()).toEqual([]);
    rig.market.candle({ openTime: began + MINUTE, open: 103, high: 105, low: 103, close: 104, volume: 9 });
    expect(await rig.fills()).toEqual([`BUY 1 at 103 TAKER ${2 * MINUTE}`]);
  });

  it('a candle without volume fills nothing, and orders wait for one with volume', async () => {
    const rig = await priced();
    const ioc = await rig.accepted({ type: OrderType.IOC, price: 110, quantity: 1 });
    await rig.accepted({ quantity: 1 });
    await rig.accepted({ price: 99, quantity: 1 });
    rig.candle(98, 98, 98, 98, 0);
    expect(await rig.fills()).toEqual([]);
    expect((await rig.now(ioc)).status).toBe('NEW');
  });

  it('limit: a low that only touches a buy does not fill it, one below does, at its price and the close', async () => {
    const rig = await priced();
    await rig.accepted({ price: 95, quantity: 2 });
    rig.candle(100, 101, 95, 100);
    expect(await rig.fills()).toEqual([]);
    rig.candle(100, 101, 94.9, 100);
    expect(await rig.fills()).toEqual([`BUY 2 at 95 MAKER ${3 * MINUTE}`]);
  });

  it('limit: a high above a sell fills it, one that only touches does not', async () => {
    const rig = await priced();
    await rig.accepted({ side: Side.SELL, price: 105, quantity: 2 });
    rig.candle(100, 105, 99, 100);
    expect(await rig.fills()).toEqual([]);
    rig.candle(100, 105.1, 99, 100);
    expect(await rig.fills()).toEqual([`SELL 2 at 105 MAKER ${3 * MINUTE}`]);
  });

  it('limit: an open at or through a resting price fills it at its own price, timed at the open', async () => {
    const rig = await priced();
    await rig.accepted({ price: 95, quantity: 2 });
    rig.candle(95, 96, 95, 96);
    await rig.accepted({ side: Side.SELL, price: 99, quantity: 2 });
    rig.candle(110, 111, 109, 110);
    expect(await rig.fills()).toEqual([`BUY 2 at 95 MAKER ${MINUTE}`, `SELL 2 at 99 MAKER ${2 * MINUTE}`]);
  });

  it('limit: one that crosses the close takes the next open; where the open is beyond, it rests', async () => {
    const rig = await priced();
    await rig.accepted({ price: 103, quantity: 1 });
    rig.candle(102, 104, 101, 103);
    await rig.accepted({ price: 104, quantity: 1 });
    rig.candle(106, 107, 105, 106);
    rig.candle(106, 107, 103, 106);
    expect(await rig.fills()).toEqual([`BUY 1 at 102 TAKER ${MINUTE}`, `BUY 1 at 104 MAKER ${4 * MINUTE}`]);
  });

  it('ioc and fok: whole at the next open, or cancelled', async () => {
    const rig = await priced();
    const taken = await rig.accepted({ type: OrderType.FOK, price: 103, quantity: 50 });
    const missed = await rig.accepted({ type: OrderType.IOC, price: 101, quantity: 1 });
    rig.candle(102, 104, 90, 103);
    expect(await rig.now(taken)).toMatchObject({ status: 'FILLED' });
    expect(await rig.now(missed)).toMatchObject({ status: 'CANCELLED', averagePrice: null });
  });

  it('fills of one open come oldest taker first, then by price', async () => {
    const rig = await priced();
    await rig.accepted({ price: 97, quantity: 1 });
    await rig.accepted({ price: 98, quantity: 2 });
    await rig.accepted({ quantity: 3 });
    rig.candle(96, 96, 96, 96);
    expect(await rig.fills()).toEqual([
      `BUY 3 at 96 TAKER ${MINUTE}`,
      `BUY 2 at 98 MAKER ${MINUTE}`,
      `BUY 1 at 97 MAKER ${MINUTE}`,
    ]);
  });
});
