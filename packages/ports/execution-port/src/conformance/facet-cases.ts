import { Decimal, type MarginMode, PositionMode, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { AccountHistory, AccountSettings } from '../facets.ts';
import { type ExecutionCase, ensureAborts, ensureSame, Scene, throws } from './context.ts';

/** The `settings` and `history` facets, where the venue has them. */
export const facetCases: readonly ExecutionCase[] = [
  {
    id: 'EX-S10',
    rule: 'settings: a leverage that was set is told, and used by the next position',
    requires: ['settings'],
    async run(context) {
      const { scene, settings } = await withSettings(context);
      await settings.setLeverage(scene.symbol, 2);
      ensure.equal(await settings.getLeverage(scene.symbol), 2, 'leverage');
      await scene.take(Side.BUY, 1);
      ensure.equal((await scene.port.getPosition(scene.symbol))?.leverage, 2, 'leverage of the position');
    },
  },
  {
    id: 'EX-S12',
    rule: 'settings: a leverage that the instrument does not allow is an exception, and changes nothing',
    requires: ['settings'],
    async run(context) {
      const { scene, settings } = await withSettings(context);
      const before = await settings.getLeverage(scene.symbol);
      for (const leverage of [0, scene.instrument.maxLeverage + 1]) {
        ensure.that(
          (await throws(() => settings.setLeverage(scene.symbol, leverage))) !== undefined,
          `setLeverage(${leverage}) throws`,
        );
      }
      ensure.equal(await settings.getLeverage(scene.symbol), before, 'leverage');
    },
  },
  {
    id: 'EX-S20',
    rule: 'settings: every margin mode of the capabilities can be set, and a position has it',
    requires: ['settings'],
    async run(context) {
      const { scene, settings } = await withSettings(context);
      for (const mode of scene.port.capabilities.marginModes) {
        await settings.setMarginMode(scene.symbol, mode);
        await scene.take(Side.BUY, 1);
        ensure.equal((await scene.port.getPosition(scene.symbol))?.marginMode, mode, 'margin mode of the position');
        await scene.take(Side.SELL, -1);
      }
    },
  },
  {
    id: 'EX-S30',
    rule: 'settings: a position mode that was set is told',
    requires: ['settings', 'hedge'],
    async run(context) {
      const { settings } = await withSettings(context);
      ensure.equal(await settings.getPositionMode(), PositionMode.ONE_WAY, 'position mode of a new account');
      await settings.setPositionMode(PositionMode.HEDGE);
      ensure.equal(await settings.getPositionMode(), PositionMode.HEDGE, 'position mode');
    },
  },
  {
    id: 'EX-S40',
    rule: 'settings: margin added to a position comes from what is available, and can be taken back',
    requires: ['settings', 'margin'],
    async run(context) {
      const { scene, settings } = await withSettings(context);
      const { symbol } = scene;
      await scene.take(Side.BUY, 1);
      const before = await scene.port.getPosition(symbol);
      const free = (await scene.port.getBalance()).available;
      await settings.addMargin(symbol, 1);
      ensureSame((await scene.port.getPosition(symbol))?.margin, before?.margin.plus(1) ?? null, 'margin with 1 more');
      ensureSame((await scene.port.getBalance()).available, free.minus(1), 'available with 1 less');
      await settings.removeMargin(symbol, 1);
      ensureSame((await scene.port.getPosition(symbol))?.margin, before?.margin ?? null, 'margin as it was');
      ensureSame((await scene.port.getBalance()).available, free, 'available as it was');
    },
  },
  {
    id: 'EX-S42',
    rule: 'settings: margin cannot be added without a position, nor more than is available',
    requires: ['settings', 'margin'],
    async run(context) {
      const { scene, settings } = await withSettings(context);
      const { symbol } = scene;
      ensure.that(
        (await throws(() => settings.addMargin(symbol, 1))) !== undefined,
        'addMargin without a position throws',
      );
      await scene.take(Side.BUY, 1);
      const tooMuch = (await scene.port.getBalance()).available.plus(1);
      ensure.that((await throws(() => settings.addMargin(symbol, tooMuch))) !== undefined, 'adding too much throws');
      ensure.that(
        (await throws(() => settings.removeMargin(symbol, tooMuch))) !== undefined,
        'removing too much throws',
      );
    },
  },
  {
    id: 'EX-S90',
    rule: 'settings: an aborted signal throws its reason, in every method',
    requires: ['settings'],
    async run(context) {
      const { scene, settings } = await withSettings(context);
      const { symbol } = scene;
      const [mode] = scene.port.capabilities.marginModes;
      const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
        getLeverage: (signal) => settings.getLeverage(symbol, { signal }),
        setLeverage: (signal) => settings.setLeverage(symbol, 2, { signal }),
        setMarginMode: (signal) => settings.setMarginMode(symbol, mode as MarginMode, { signal }),
        getPositionMode: (signal) => settings.getPositionMode({ signal }),
        setPositionMode: (signal) => settings.setPositionMode(PositionMode.ONE_WAY, { signal }),
        addMargin: (signal) => settings.addMargin(symbol, 1, undefined, { signal }),
        removeMargin: (signal) => settings.removeMargin(symbol, 1, undefined, { signal }),
      };
      for (const [name, call] of Object.entries(calls)) await ensureAborts(call, name);
    },
  },
  {
    id: 'EX-H10',
    rule: 'history: orders that are final, newest first',
    requires: ['history'],
    async run(context) {
      const { scene, history } = await withHistory(context);
      const filled = await scene.take(Side.BUY, 1);
      await context.advance(10);
      const cancelled = await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.port.cancelOrder({ symbol: scene.symbol, orderId: cancelled.id });
      await context.advance(10);
      await scene.accepted(scene.limit(Side.BUY, -6));
      const orders = await history.getOrders({ symbol: scene.symbol });
      ensure.equal(
        orders.map((order) => order.id),
        [cancelled.id, filled.id],
        'the ids',
      );
      ensure.equal(
        orders.map((order) => order.status),
        ['CANCELLED', 'FILLED'],
        'the statuses',
      );
    },
  },
  {
    id: 'EX-H20',
    rule: 'history: own trades, newest first, as their events told them',
    requires: ['history'],
    async run(context) {
      const { scene, history } = await withHistory(context);
      const { log } = scene.listen();
      await scene.take(Side.BUY, 1);
      await context.advance(10);
      await scene.take(Side.SELL, -1);
      const told = log.flatMap((event) => (event.kind === 'fill' ? [event.trade.id] : []));
      const trades = await history.getTrades({ symbol: scene.symbol });
      ensure.equal(
        trades.map((trade) => trade.id),
        told.reverse(),
        'the ids',
      );
      ensure.equal(
        trades.map((trade) => trade.side),
        ['SELL', 'BUY'],
        'the sides',
      );
    },
  },
  {
    id: 'EX-H30',
    rule: 'history: a range is half-open, a limit keeps the newest, and another symbol has none',
    requires: ['history'],
    async run(context) {
      const { scene, history } = await withHistory(context);
      for (let i = 0; i < 3; i += 1) {
        await scene.take(Side.BUY, 1);
        await context.advance(1000);
      }
      const { symbol } = scene;
      const all = await history.getTrades({ symbol });
      ensure.equal(all.length, 3, 'the number of trades');
      const times = all.map((trade) => trade.time);
      const [newest, middle, oldest] = times as [number, number, number];
      ensure.that(newest > middle && middle > oldest, `the times descend, got ${times.join(', ')}`);
      const range = await history.getTrades({ symbol, from: oldest, to: newest });
      ensure.equal(
        range.map((trade) => trade.time),
        [middle, oldest],
        'from the oldest up to the newest',
      );
      const limited = await history.getTrades({ symbol, limit: 1 });
      ensure.equal(
        limited.map((trade) => trade.time),
        [newest],
        'the newest one',
      );
      const none = await history.getTrades({ symbol: 'NO_SUCH_THING' }).catch(() => []);
      ensure.equal(none, [], 'trades of another symbol');
    },
  },
  {
    id: 'EX-H40',
    rule: 'history: the fee rates are those that the fills were charged',
    requires: ['history'],
    async run(context) {
      const { scene, history } = await withHistory(context);
      const { log } = scene.listen();
      await scene.take(Side.BUY, 1);
      const rates = await history.getFees(scene.symbol);
      const value = scene.at(1).mul(scene.q);
      const paid = log.reduce(
        (sum, event) => (event.kind === 'fill' ? sum.plus(event.trade.fee.amount) : sum),
        new Decimal(0),
      );
      ensureSame(paid, value.mul(rates.taker), 'the fee of a taker');
    },
  },
  {
    id: 'EX-H90',
    rule: 'history: an aborted signal throws its reason, in every method',
    requires: ['history'],
    async run(context) {
      const { scene, history } = await withHistory(context);
      const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
        getOrders: (signal) => history.getOrders({}, { signal }),
        getTrades: (signal) => history.getTrades({}, { signal }),
        getFundingPayments: (signal) => history.getFundingPayments({}, { signal }),
        getFees: (signal) => history.getFees(scene.symbol, { signal }),
      };
      for (const [name, call] of Object.entries(calls)) await ensureAborts(call, name);
    },
  },
];

type Context = Parameters<ExecutionCase['run']>[0];

async function withSettings(context: Context): Promise<{ readonly scene: Scene; readonly settings: AccountSettings }> {
  const scene = await Scene.open(context);
  const { settings } = scene.port;
  ensure.that(settings !== null, 'the harness declares settings, so the port has the facet');
  return { scene, settings };
}

async function withHistory(context: Context): Promise<{ readonly scene: Scene; readonly history: AccountHistory }> {
  const scene = await Scene.open(context);
  const { history } = scene.port;
  ensure.that(history !== null, 'the harness declares history, so the port has the facet');
  return { scene, history };
}
