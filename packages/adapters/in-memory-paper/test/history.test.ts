import { Decimal, OrderType, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { forgetOldest } from '../src/engine/history.ts';
import { restoreEngine } from '../src/engine/restore-engine.ts';
import { saveEngine } from '../src/engine/save-engine.ts';
import { EngineRig } from './engine-rig.ts';
import { Rig } from './rig.ts';

/** Buys and sells a lot at a time, each order filled by the next print, all at one moment. */
function churn(rig: EngineRig, times: number): void {
  for (let i = 0; i < times; i += 1) {
    const side = i % 2 === 0 ? Side.BUY : Side.SELL;
    rig.place({ side, type: OrderType.MARKET, lots: 1 });
    rig.engine.print(rig.market, 1_000, 5, Side.BUY, 0);
  }
}

describe('what an account remembers', () => {
  it('is at most a quarter more than maxHistory, and at least that', () => {
    const rig = new EngineRig('trades', { maxHistory: 20 });
    rig.engine.print(rig.market, 1_000, 1, Side.BUY, 0);
    for (let i = 0; i < 300; i += 1) {
      churn(rig, 2);
      const { orders, fills, closed } = rig.account;
      const most = Math.min(2 * (i + 1), 20);
      expect([orders.size >= most, orders.size <= 26]).toEqual([true, true]);
      expect([fills.length, closed.length <= 25]).toEqual([orders.size, true]);
      expect(fills.every(({ order }) => orders.get(order.id) === order)).toBe(true);
    }
  });

  it('is every open order, however old, and those that ended last, however early they were placed', () => {
    const rig = new EngineRig('trades', { maxHistory: 10 });
    rig.engine.print(rig.market, 1_000, 1, Side.BUY, 0);
    const open = rig.place({ ticks: 10, lots: 1 });
    const first = rig.place({ ticks: 11, lots: 1 });
    churn(rig, 100);
    rig.engine.cancel(first, 5);
    for (let i = 0; i < 8; i += 1) rig.engine.cancel(rig.place({ ticks: 12, lots: 1 }, 6), 6);
    forgetOldest(rig.account, 9);
    expect(rig.account.orders.get(open.id)).toBe(open);
    expect(rig.account.orders.get(first.id)).toBe(first);
    forgetOldest(rig.account, 6);
    expect(rig.account.orders.get(first.id)).toBeNull();
    expect(rig.account.orders.get(open.id)).toBe(open);
    expect(rig.account.orders.all().map(({ id }) => id)).toEqual(
      rig.account.orders
        .all()
        .map(({ id }) => id)
        .toSorted((a, b) => a - b),
    );
  });

  it('can be saved and restored whole, funding of closed positions too', () => {
    const rig = new EngineRig('trades', { maxHistory: 10 });
    rig.engine.print(rig.market, 1_000, 1, Side.BUY, 0);
    for (let i = 1; i <= 60; i += 1) {
      rig.place({ side: i % 2 === 0 ? Side.SELL : Side.BUY, type: OrderType.MARKET, lots: 1 }, i);
      rig.engine.print(rig.market, 1_000, 5, Side.BUY, i);
      rig.engine.funding([{ symbol: rig.market.instrument.symbol, rate: new Decimal('0.0001'), settleTime: i }]);
      rig.engine.passTime(i);
    }
    const state = saveEngine(rig.engine);
    expect(rig.account.fundings.length).toBeGreaterThan(0);
    expect(rig.account.fundings.length).toBeLessThan(20);
    expect(saveEngine(restoreEngine(JSON.parse(JSON.stringify(state)), rig.engine.rules))).toEqual(state);
  });

  it('a client order id that is forgotten may be used again', async () => {
    const rig = await Rig.open('trades', { maxHistory: 4 });
    const create = (clientOrderId: string) => rig.create({ price: 50, quantity: 1, clientOrderId });
    const cancelAll = () => rig.port.cancelAllOrders();
    expect(await create('mine')).toMatchObject({ kind: 'accepted' });
    await cancelAll();
    expect(await create('mine')).toMatchObject({ kind: 'rejected', reason: 'DUPLICATE_CLIENT_ORDER_ID' });
    for (let i = 0; i < 6; i += 1) {
      rig.clock.advance(1);
      await create(`other-${i}`);
      await cancelAll();
    }
    expect(await create('mine')).toMatchObject({ kind: 'accepted' });
    expect((await rig.port.history.getOrders({})).length).toBeLessThanOrEqual(5);
  });
});
