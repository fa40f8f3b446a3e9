import { OrderType, Side } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { restoreEngine } from '../src/engine/restore-engine.ts';
import { saveEngine } from '../src/engine/save-engine.ts';
import { EngineRig, ticketOf } from './engine-rig.ts';
import { Rig } from './rig.ts';

const filled = async (rig: Rig, order: Awaited<ReturnType<Rig['accepted']>>): Promise<string> =>
  (await rig.now(order)).filledQuantity.toString();

describe('queue position, with a book', () => {
  it('what stood at its price when it came is ahead of it; prints there eat that first', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 3]], [[101, 5]]);
    const order = await rig.accepted({ price: 99, quantity: 2 });
    rig.print(99, 2, Side.SELL);
    expect(await filled(rig, order)).toBe('0');
    rig.print(99, 2, Side.SELL);
    expect(await filled(rig, order)).toBe('1');
    rig.print(99, 5, Side.SELL);
    expect(await filled(rig, order)).toBe('2');
  });

  it('a level that shrinks moves it up to at most what is left; one that grows does not move it back', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 30]], [[101, 5]]);
    const order = await rig.accepted({ price: 99, quantity: 2 });
    rig.market.setBook([[99, 1]], [[101, 5]]);
    rig.market.setBook([[99, 50]], [[101, 5]]);
    rig.print(99, 2, Side.SELL);
    expect(await filled(rig, order)).toBe('1');
  });

  it('a level that went leaves nothing ahead; one beyond the shown depth leaves it as it was', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 30]], [[101, 5]]);
    const order = await rig.accepted({ price: 99, quantity: 2 });
    rig.market.setBook([['99.5', 1]], [[101, 5]]);
    rig.print(99, 2, Side.SELL);
    expect(await filled(rig, order)).toBe('0');
    rig.market.setBook([[98, 1]], [[101, 5]]);
    rig.print(99, 1, Side.SELL);
    expect(await filled(rig, order)).toBe('1');
  });

  it('a print beyond its price fills it, whatever is ahead', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 300]], [[101, 5]]);
    const order = await rig.accepted({ price: 99, quantity: 2 });
    rig.print('98.9', 1, Side.SELL);
    expect(await filled(rig, order)).toBe('1');
  });

  it('a younger order has what is ahead of it and of the older one, and a print is not given twice', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 3]], [[101, 5]]);
    const older = await rig.accepted({ price: 99, quantity: 2 });
    rig.market.setBook([[99, 5]], [[101, 5]]);
    const younger = await rig.accepted({ price: 99, quantity: 2 });
    rig.print(99, 4, Side.SELL);
    expect([await filled(rig, older), await filled(rig, younger)]).toEqual(['1', '0']);
    rig.print(99, 3, Side.SELL);
    expect([await filled(rig, older), await filled(rig, younger)]).toEqual(['2', '1']);
  });

  it('inside the spread nothing is ahead, and a new price begins anew', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 3]], [[101, 5]]);
    const order = await rig.accepted({ price: 100, quantity: 1 });
    await rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: order.id }, { price: 99 });
    rig.print(99, 3, Side.SELL);
    expect(await filled(rig, order)).toBe('0');
    rig.print(99, 1, Side.SELL);
    expect(await filled(rig, order)).toBe('1');
  });
});

describe('slippage and latency', () => {
  it('takers trade worse by the ticks, within their own limit, and never better', async () => {
    const rig = await Rig.open('book', { slippage: 3 });
    rig.market.setBook([[99, 5]], [[100, 5]]);
    await rig.accepted({ quantity: 1 });
    await rig.accepted({ quantity: 1, price: '100.1' });
    await rig.accepted({ side: Side.SELL, quantity: 1 });
    expect(await rig.fills()).toEqual(['BUY 1 at 100.3 TAKER 0', 'BUY 1 at 100.1 TAKER 0', 'SELL 1 at 98.7 TAKER 0']);
  });

  it('drawn slippage stays in its range, and is the same for one seed', async () => {
    const play = async (): Promise<readonly string[]> => {
      const rig = await Rig.open('trades', { slippage: { from: 1, to: 4 } });
      rig.print(100, 1);
      for (let i = 0; i < 20; i += 1) {
        await rig.accepted({ quantity: 1 });
        rig.print(100, 1);
      }
      return rig.fills();
    };
    const fills = await play();
    expect(new Set(fills)).toEqual(new Set([1, 2, 3, 4].map((ticks) => `BUY 1 at 100.${ticks} TAKER 0`)));
    expect(await play()).toEqual(fills);
  });

  it('with a book: an order answers at once, and meets the book when its time has come', async () => {
    const rig = await Rig.open('book', { latency: 50 });
    rig.market.setBook([[99, 5]], [[100, 5]]);
    const order = await rig.accepted({ quantity: 1 });
    expect(order.status).toBe('NEW');
    rig.clock.advance(49);
    rig.market.setBook([[101, 5]], [[102, 5]]);
    expect(await rig.fills()).toEqual([]);
    rig.clock.advance(1);
    rig.print(103, 1);
    expect(await rig.fills()).toEqual(['BUY 1 at 102 TAKER 50']);
  });

  it('on trades: prints before its arrival pass a limit order by', async () => {
    const rig = await Rig.open('trades', { latency: 50 });
    rig.print(100, 1);
    await rig.accepted({ price: 99, quantity: 2 });
    rig.clock.advance(10);
    rig.print(98, 5, Side.SELL);
    expect(await rig.fills()).toEqual([]);
    rig.clock.advance(40);
    rig.print(98, 5, Side.SELL);
    // it arrived below the last price of 98, and took the next print
    expect(await rig.fills()).toEqual(['BUY 2 at 98 TAKER 50']);
  });

  it('a post-only order is judged when it arrives', async () => {
    const rig = await Rig.open('book', { latency: 50 });
    rig.market.setBook([[99, 5]], [[100, 5]]);
    const order = await rig.accepted({ type: OrderType.POST_ONLY, price: 100, quantity: 1 });
    rig.clock.advance(50);
    rig.market.setBook([[99, 5]], [[101, 5]]);
    expect((await rig.now(order)).status).toBe('CANCELLED');
  });

  it('a cancelled order never arrives, a changed one arrives when it would have', async () => {
    const rig = await Rig.open('book', { latency: 50 });
    rig.market.setBook([[99, 5]], [[100, 5]]);
    const gone = await rig.accepted({ quantity: 1 });
    const changed = await rig.accepted({ quantity: 1, price: 90 });
    await rig.port.cancelOrder({ symbol: 'BTC_USDT', orderId: gone.id });
    await rig.port.amendOrder({ symbol: 'BTC_USDT', orderId: changed.id }, { price: 101 });
    expect(await rig.fills()).toEqual([]);
    rig.clock.advance(50);
    rig.print(100, 1);
    expect(await rig.fills()).toEqual(['BUY 1 at 100 TAKER 50']);
  });

  it('on candles: it meets the first that opens at or after its arrival', async () => {
    const rig = await Rig.open('candles', { latency: 1 });
    rig.candle(100, 101, 99, 100);
    await rig.accepted({ quantity: 1 });
    rig.candle(102, 103, 101, 102);
    expect(await rig.fills()).toEqual([]);
    rig.candle(104, 105, 103, 104);
    expect(await rig.fills()).toEqual(['BUY 1 at 104 TAKER 120000']);
  });

  it.each([-1, 1.5, { from: 2, to: 1 }])('%j is refused', (value) => {
    expect(() => new Rig('book', { slippage: value })).toThrow('slippage must be');
    expect(() => new Rig('book', { latency: value })).toThrow('latency must be');
  });
});

describe('matching against a simple oracle', () => {
  const ticks = fc.integer({ min: 990, max: 995 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('place' as const), ticks, lots: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(50) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('print' as const), ticks, lots: fc.integer({ min: 1, max: 30 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('book' as const),
        levels: fc.uniqueArray(fc.integer({ min: 988, max: 996 }), { minLength: 3, maxLength: 8 }),
        lots: fc.integer({ min: 1, max: 20 }),
      }),
    },
  );

  it('resting buys fill as a plain list of all of them says, print by print', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const rig = new EngineRig('book');
        const { engine, market } = rig;
        const book = (levels: readonly number[], lots: number): void => {
          const bids = levels.toSorted((a, b) => b - a);
          engine.book({
            symbol: 'BTC_USDT',
            time: 0,
            version: null,
            bids: bids.map((at) => ({ price: market.grid.price(at), quantity: market.grid.quantity(lots) })),
            asks: [],
          });
        };
        interface Simple {
          readonly order: ReturnType<EngineRig['place']>;
          readonly ticks: number;
          left: number;
          ahead: number;
        }
        let shown: { levels: readonly number[]; lots: number } = { levels: [], lots: 0 };
        const standing = (at: number): number | null => {
          if (shown.levels.includes(at)) return shown.lots;
          return shown.levels.some((level) => level < at) ? 0 : null;
        };
        const simple: Simple[] = [];
        for (const one of steps) {
          if (one.kind === 'place') {
            const order = rig.place({ ticks: one.ticks, lots: one.lots });
            simple.push({ order, ticks: one.ticks, left: one.lots, ahead: standing(one.ticks) ?? 0 });
          } else if (one.kind === 'cancel') {
            const open = simple.filter(({ left }) => left > 0);
            const chosen = open[one.which % Math.max(open.length, 1)];
            if (chosen === undefined) continue;
            engine.cancel(chosen.order, 0);
            simple.splice(simple.indexOf(chosen), 1);
          } else if (one.kind === 'book') {
            shown = one;
            book(one.levels, one.lots);
            for (const each of simple) each.ahead = Math.min(each.ahead, standing(each.ticks) ?? each.ahead);
          } else {
            engine.print(market, one.ticks, one.lots, Side.SELL, 0);
            let left = one.lots;
            let given = 0;
            // a stable sort: equal prices stay in the order of arrival
            for (const each of simple.toSorted((a, b) => b.ticks - a.ticks)) {
              if (each.ticks < one.ticks || each.left === 0) continue;
              const isAt = each.ticks === one.ticks;
              const part = Math.max(Math.min(each.left, left, isAt ? one.lots - each.ahead - given : left), 0);
              if (isAt) {
                each.ahead = Math.max(each.ahead - one.lots, 0);
                given += part;
              }
              each.left -= part;
              left -= part;
            }
          }
          for (const { order, left } of simple) expect(order.left).toBe(left);
        }
      }),
      cases(200),
    );
  });

  it('and a restored engine goes on alike, what is ahead of its orders included', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), fc.nat(40), (steps, at) => {
        const play = (restoreAt: number): string => {
          let { engine } = new EngineRig('book');
          let placed = 0;
          steps.forEach((one, i) => {
            if (i === restoreAt) {
              const state = JSON.parse(JSON.stringify(saveEngine(engine))) as ReturnType<typeof saveEngine>;
              engine = restoreEngine(state, engine.rules);
            }
            const market = engine.market('BTC_USDT');
            const account = engine.accounts.get('a') as EngineRig['account'];
            if (one.kind === 'print') engine.print(market, one.ticks, one.lots, Side.SELL, i);
            else if (one.kind === 'book') {
              const bids = one.levels.toSorted((a, b) => b - a);
              const level = (ticks: number) => ({
                price: market.grid.price(ticks),
                quantity: market.grid.quantity(one.lots),
              });
              engine.book({ symbol: 'BTC_USDT', time: i, version: null, bids: bids.map(level), asks: [] });
            } else if (one.kind === 'place') {
              placed += 1;
              engine.place(ticketOf(account.seat(market), { ticks: one.ticks, lots: one.lots }, `order-${placed}`), i);
            } else {
              const open = account.listOpen(null);
              const chosen = open[one.which % Math.max(open.length, 1)];
              if (chosen !== undefined) engine.cancel(chosen, i);
            }
          });
          return JSON.stringify(saveEngine(engine));
        };
        expect(play(at)).toBe(play(-1));
      }),
      cases(200),
    );
  });
});
