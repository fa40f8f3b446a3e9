import { OrderType, PositionMode, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { ALL, at, d, plan, TriggerRig, ticket, trailing } from './trigger-rig.ts';

/** The last close is 100. */
const priced = async (rules = {}): Promise<TriggerRig> => {
  const rig = await TriggerRig.start('candles', rules);
  rig.candle(100, 101, 99, 100);
  return rig;
};

const held = async (side: Side = Side.BUY, quantity = 1, rules = {}): Promise<TriggerRig> => {
  const rig = await priced(rules);
  rig.desk.placeOrder(ticket({ side, quantity: d(quantity) }));
  rig.candle(100, 101, 99, 100);
  return rig;
};

const stop = (rig: TriggerRig, stopLoss: number | null, takeProfit: number | null, positionId = 1): number =>
  rig.desk.triggers.placeStop({
    positionId,
    quantity: null,
    stopLoss: stopLoss === null ? null : at(stopLoss),
    takeProfit: takeProfit === null ? null : at(takeProfit),
  }).id;

const last = (rig: TriggerRig): string | undefined => rig.traded().at(-1);

describe('triggers on candles', () => {
  it('a stop that the range touches trades at its own price, worse by the slippage', async () => {
    for (const [slippage, price] of [
      [0, '95'],
      [3, '94.7'],
    ] as const) {
      const rig = await held(Side.BUY, 1, { slippage });
      stop(rig, 95, null);
      rig.candle(100, 101, 95, 99);
      expect(last(rig)).toBe(`SELL 1 at ${price}`);
    }
  });

  it('one that the open lies beyond trades at the open', async () => {
    const rig = await held();
    stop(rig, 95, null);
    rig.candle(93, 99, 92, 98);
    expect(last(rig)).toBe('SELL 1 at 93');
  });

  it('one that the range does not touch waits', async () => {
    const rig = await held();
    const id = stop(rig, 95, 110);
    rig.candle(100, 109.9, 95.1, 99);
    expect(rig.desk.triggers.stop(id)?.status).toBe('WAITING');
  });

  it.each([
    [Side.BUY, 95, 105, 'SELL 1 at 95'],
    [Side.SELL, 105, 95, 'BUY 1 at 105'],
  ])(
    'of a %s, where a candle reaches both, the stop-loss is first, in one stop or in two',
    async (side, loss, profit, fill) => {
      for (const isOne of [true, false]) {
        const rig = await held(side);
        if (isOne) stop(rig, loss, profit);
        else {
          rig.desk.triggers.placeStop({ positionId: 1, quantity: d(1), stopLoss: null, takeProfit: at(profit) });
          stop(rig, loss, null);
        }
        rig.candle(100, 106, 94, 100);
        expect(last(rig)).toBe(fill);
        expect(rig.held()).toEqual([]);
      }
    },
  );

  it('in HEDGE mode both stop-losses come before the take-profits', async () => {
    const rig = await priced();
    rig.desk.setPositionMode(PositionMode.HEDGE);
    rig.desk.placeOrder(ticket());
    rig.desk.placeOrder(ticket({ side: Side.SELL }));
    rig.candle(100, 101, 99, 100);
    stop(rig, 95, 104, 1);
    stop(rig, 105, 96, 2);
    rig.candle(100, 106, 94, 100);
    expect(rig.traded().slice(2)).toEqual(['SELL 1 at 95', 'BUY 1 at 105']);
  });

  it('a resting take-profit does not come before the stop-loss either, of a long or a short', async () => {
    for (const side of Object.values(Side)) {
      const isLong = side === Side.BUY;
      const rig = await held(side);
      const other = isLong ? Side.SELL : Side.BUY;
      rig.desk.placeOrder(ticket({ side: other, effect: 'CLOSE', price: d(isLong ? 104 : 96) }));
      stop(rig, isLong ? 95 : 105, null);
      rig.candle(100, 106, 94, 100);
      expect(last(rig)).toBe(isLong ? 'SELL 1 at 95' : 'BUY 1 at 105');
    }
  });

  it('orders on the way to a stop fill before it', async () => {
    const rig = await held();
    rig.desk.placeOrder(ticket({ price: d(97) }));
    rig.desk.placeOrder(ticket({ price: d(94) }));
    stop(rig, 95, null);
    rig.candle(100, 101, 93, 94);
    expect(rig.traded().slice(1)).toEqual(['BUY 1 at 97', 'SELL 2 at 95', 'BUY 1 at 94']);
  });

  it('a stop attached to an order that fills on the way fires further on the way', async () => {
    const rig = await priced();
    rig.desk.placeOrder(ticket({ price: d(97), stopLoss: at(95), takeProfit: at(99) }));
    rig.candle(100, 101, 94, 100);
    expect(rig.traded()).toEqual(['BUY 1 at 97', 'SELL 1 at 95']);
  });

  it('and its take-profit only where the close shows that the price came back to it', async () => {
    const open = async (close: number): Promise<TriggerRig> => {
      const rig = await priced();
      rig.desk.placeOrder(ticket({ price: d(97), takeProfit: at(99) }));
      rig.candle(100, 101, 96, close);
      return rig;
    };
    expect((await open(98)).traded()).toEqual(['BUY 1 at 97']);
    expect((await open(100)).traded()).toEqual(['BUY 1 at 97', 'SELL 1 at 99']);
  });

  it('a stop attached to an order that trades at the open meets the range', async () => {
    const rig = await priced();
    rig.desk.placeOrder(ticket({ stopLoss: at(95) }));
    rig.candle(100, 101, 94, 97);
    expect(rig.traded()).toEqual(['BUY 1 at 100', 'SELL 1 at 95']);
  });

  it('a plan trades where it fires; a limit order beyond that rests, and meets the next candle', async () => {
    const rig = await priced();
    rig.desk.triggers.placePlan(plan(105, 'RISES_TO'));
    rig.desk.triggers.placePlan(plan(105, 'RISES_TO', { ticket: { price: d(98) } }));
    rig.desk.triggers.placePlan(plan(105, 'RISES_TO', { ticket: { price: d(107) } }));
    rig.desk.triggers.placePlan(plan(105, 'RISES_TO', { ticket: { price: d(103), type: OrderType.IOC } }));
    rig.candle(100, 106, 95, 104);
    expect(rig.traded()).toEqual(['BUY 1 at 105', 'BUY 1 at 105']);
    expect(rig.desk.openOrders(null).map(({ price }) => String(price))).toEqual(['98']);
    rig.candle(104, 105, 97, 104);
    expect(last(rig)).toBe('BUY 1 at 98');
  });

  it('a trailing order fires at the price that it had, where a candle reaches that and a better one', async () => {
    const rig = await held();
    rig.desk.triggers.placeTrailing(trailing());
    rig.candle(100, 110, 95, 108);
    expect(last(rig)).toBe('SELL 1 at 95');
    const flat = await priced();
    flat.desk.triggers.placeTrailing(trailing({ ticket: ticket() }));
    flat.candle(100, 106, 90, 92);
    expect(flat.traded()).toEqual(['BUY 1 at 105']);
  });

  it('it follows the high, and fires where the close shows that the price came back from it', async () => {
    const rig = await held();
    const { id } = rig.desk.triggers.placeTrailing(trailing());
    rig.candle(100, 110, 99, 107);
    expect(rig.held()).toEqual(['LONG 1']);
    expect(String(rig.desk.triggers.trailing(id)?.triggerPrice)).toBe('105');
    rig.candle(107, 120, 106, 112);
    expect(last(rig)).toBe('SELL 1 at 115');
  });

  it('a candle without volume fires nothing', async () => {
    const rig = await held();
    const id = stop(rig, 95, null);
    rig.candle(94, 94, 94, 94, 0);
    expect(rig.desk.triggers.stop(id)?.status).toBe('WAITING');
    rig.candle(94, 94, 94, 94, 1);
    expect(last(rig)).toBe('SELL 1 at 94');
  });

  it('a stop-loss comes before a liquidation that lies further', async () => {
    const rig = await held();
    stop(rig, 85, null);
    rig.candle(100, 101, 50, 60);
    expect(rig.traded().slice(1)).toEqual(['SELL 1 at 85']);
  });

  it('a plan does not fire in the candle in which it expires', async () => {
    const rig = await priced();
    const { id } = rig.desk.triggers.placePlan(plan(105, 'RISES_TO', { cycleHours: 1 / 120 }));
    rig.candle(100, 106, 99, 100);
    expect(rig.desk.triggers.plan(id)?.status).toBe('EXPIRED');
    expect(rig.desk.fills(ALL)).toEqual([]);
  });

  it('a market order that is sent on the way is paid for at the price there, not at the close', async () => {
    const rig = await priced({ balance: { USDT: 21 } });
    const { id } = rig.desk.triggers.placePlan(plan(110, 'RISES_TO'));
    rig.candle(100, 111, 99, 100);
    // at 100 it would need 20.06, at 110 it needs 22.066
    expect(rig.desk.triggers.plan(id)).toMatchObject({ status: 'FAILED', failure: 'INSUFFICIENT_BALANCE' });
  });
});
