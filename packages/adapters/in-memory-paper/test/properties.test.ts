import { Decimal, type Order, OrderType, PositionMode, Side } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { drain, ledgerSums, type Mode, Rig } from './rig.ts';
import { type Command, commands, equityByCashFlow, play, tradesOf } from './script.ts';

const MODES: readonly Mode[] = ['book', 'trades', 'candles'];
const INITIAL = 300;
const sum = (values: readonly Decimal[]): Decimal => values.reduce((a, b) => a.plus(b), new Decimal(0));

async function open(mode: Mode, positionMode: PositionMode = PositionMode.ONE_WAY): Promise<Rig> {
  const rig = await Rig.open(mode, { balance: { USDT: INITIAL } });
  await rig.port.settings.setPositionMode(positionMode);
  return rig;
}

/** Plays everything and gives what was told. */
async function logOf(
  mode: Mode,
  positionMode: PositionMode,
  script: readonly Command[],
): Promise<readonly ExecutionEvent[]> {
  const rig = await open(mode, positionMode);
  const events = rig.port.events();
  for (const command of script) await play(rig, mode, command);
  return drain(events, () => rig.port.disconnect());
}

describe.each(MODES.flatMap((mode) => Object.values(PositionMode).map((one) => [mode, one] as const)))(
  'laws on %s, %s',
  (mode, positionMode) => {
    it('the ledger sums to zero and the balance is its parts, after every command', async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (script) => {
          const rig = await open(mode, positionMode);
          for (const command of script) {
            await play(rig, mode, command);
            expect(Object.values(ledgerSums(rig.exchange)).every((total) => total === '0')).toBe(true);
            const balance = await rig.port.getBalance();
            const positions = await rig.port.getPositions();
            const orders = await rig.port.getOpenOrders();
            expect(balance.positionMargin.toString()).toBe(sum(positions.map((one) => one.margin)).toString());
            expect(balance.unrealizedPnl.toString()).toBe(sum(positions.map((one) => one.unrealizedPnl)).toString());
            expect(balance.total.toString()).toBe(
              balance.available.plus(balance.frozen).plus(balance.positionMargin).toString(),
            );
            expect(balance.frozen.isNegative() && !balance.frozen.isZero()).toBe(false);
            if (orders.length === 0) expect(balance.frozen.toString()).toBe('0');
          }
        }),
        cases(25),
      );
    });

    it('equity is what a cash-flow oracle says, to the last digit', async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (script) => {
          const rig = await open(mode, positionMode);
          const events = rig.port.events();
          for (const command of script) await play(rig, mode, command);
          const balance = await rig.port.getBalance();
          const [position] = await rig.port.getPositions();
          const log = await drain(events, () => rig.port.disconnect());
          const expected = equityByCashFlow(INITIAL, tradesOf(log), position?.markPrice ?? null);
          expect(balance.equity.mul('1e12').toFixed()).toBe(String(expected));
        }),
        cases(25),
      );
    });

    it('two runs of one script tell the same events', async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (script) => {
          expect(JSON.stringify(await logOf(mode, positionMode, script))).toBe(
            JSON.stringify(await logOf(mode, positionMode, script)),
          );
        }),
        cases(25),
      );
    });

    it('every order keeps to its price, its quantity and its type', async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (script) => {
          const log = await logOf(
            mode,
            positionMode,
            script.filter((command) => command.kind !== 'amend'),
          );
          const orders = new Map<string, Order>();
          for (const event of log) if (event.kind === 'order') orders.set(event.order.id, event.order);
          for (const order of orders.values()) {
            const fills = tradesOf(log).filter((trade) => trade.orderId === order.id);
            const { price } = order;
            expect(sum(fills.map((trade) => trade.quantity)).toString()).toBe(order.filledQuantity.toString());
            expect(order.filledQuantity.lte(order.quantity)).toBe(true);
            for (const fill of fills) {
              if (price !== null)
                expect(order.side === Side.BUY ? fill.price.lte(price) : fill.price.gte(price)).toBe(true);
              if (order.type === OrderType.POST_ONLY) expect(fill.liquidity).toBe('MAKER');
            }
            if (order.type === OrderType.FOK)
              expect(['0', order.quantity.toString()]).toContain(order.filledQuantity.toString());
          }
        }),
        cases(25),
      );
    });
  },
);

describe.each(MODES)('what orders hold on %s', (mode) => {
  it('after all were cancelled, an order against a position holds for what is beyond it, and for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const rig = await open(mode);
        for (const command of script) await play(rig, mode, command);
        await rig.port.cancelAllOrders();
        const [position] = await rig.port.getPositions();
        if (position === undefined || position.quantity.lt('0.002')) return;
        const far = position.positionSide === 'LONG' ? { side: Side.SELL, price: 200 } : { side: Side.BUY, price: 1 };
        await rig.accepted({ ...far, quantity: position.quantity });
        expect((await rig.port.getBalance()).frozen.toString()).toBe('0');
        const beyond = await rig.create({ ...far, quantity: '0.002' });
        const { frozen } = await rig.port.getBalance();
        expect(beyond.kind === 'accepted' ? frozen.gt(0) : frozen.isZero()).toBe(true);
      }),
      cases(40),
    );
  });
});

describe.each(['book', 'trades'] as const)('prints on %s', (mode) => {
  it('no account trades more of a print than was printed', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const rig = await open(mode);
        const fillsOf = async () => (await rig.port.history.getTrades({ limit: 10_000 })).length;
        for (const command of script) {
          const before = await fillsOf();
          await play(rig, mode, command);
          if (command.kind !== 'print') continue;
          const added = (await rig.port.history.getTrades({ limit: 10_000 })).slice(0, (await fillsOf()) - before);
          expect(sum(added.map((trade) => trade.quantity)).lte(new Decimal('0.001').mul(command.lots))).toBe(true);
        }
      }),
      cases(40),
    );
  });

  it('a print goes to the best price first, then to the oldest', async () => {
    const resting = fc.array(
      fc.record({ ticks: fc.integer({ min: 900, max: 905 }), lots: fc.integer({ min: 2, max: 9 }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(resting, fc.array(fc.nat(20), { maxLength: 4 }), async (orders, prints) => {
        const rig = await Rig.open(mode);
        rig.print(100, 1);
        const placed: { id: string; ticks: number; left: number }[] = [];
        for (const { ticks, lots } of orders) {
          const { id } = await rig.accepted({ price: ticks / 10, quantity: lots / 1000 });
          placed.push({ id, ticks, left: lots });
        }
        for (const lots of prints.filter((one) => one > 0)) {
          rig.print(90, lots / 1000, Side.SELL);
          let rest = lots;
          // a stable sort: equal prices stay in the order of arrival
          for (const one of [...placed].sort((a, b) => b.ticks - a.ticks)) {
            const part = Math.min(rest, one.left);
            one.left -= part;
            rest -= part;
          }
        }
        for (const { id, left } of placed) {
          const order = await rig.port.getOrder({ symbol: 'BTC_USDT', orderId: id });
          expect(order?.remaining.mul(1000).toNumber()).toBe(left);
        }
      }),
      cases(40),
    );
  });
});

describe('the book', () => {
  it('takers take no more of a level than the last update showed', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const rig = await open('book');
        const events = rig.port.events();
        const shown = new Map<string, Decimal>();
        let seen = 0;
        for (const command of script) {
          await play(rig, 'book', command);
          const taken = (await rig.port.history.getTrades({ limit: 10_000 })).toReversed();
          if (command.kind === 'book') {
            shown.clear();
            command.sizes.forEach((lots, i) => {
              for (const sign of [-1, 1])
                shown.set(String(new Decimal('0.1').mul(command.mid + sign * (i + 1))), new Decimal('0.001').mul(lots));
            });
          }
          for (const { price, quantity, liquidity } of taken.slice(seen)) {
            if (liquidity === 'MAKER') continue;
            const left = (shown.get(String(price)) ?? new Decimal(0)).minus(quantity);
            expect(left.isNegative() && !left.isZero()).toBe(false);
            shown.set(String(price), left);
          }
          seen = taken.length;
        }
        await drain(events, () => rig.port.disconnect());
      }),
      cases(40),
    );
  });
});
