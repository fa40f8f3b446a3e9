import { Decimal, PositionMode, PositionSide, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { ExecutionEvent } from '../events.ts';
import { type ExecutionCase, ensureSame, Scene } from './context.ts';

const kinds = (log: readonly ExecutionEvent[]): readonly string[] => log.map((event) => event.kind);

export const eventCases: readonly ExecutionCase[] = [
  {
    id: 'EX-E10',
    rule: 'events: hot from the call: what happens before the first next() is not lost',
    async run(context) {
      const scene = await Scene.open(context);
      const events = scene.port.events();
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.settle();
      const log: ExecutionEvent[] = [];
      const read = (async () => {
        for await (const event of events) log.push(event);
      })();
      await scene.settle();
      const seen = log.some((event) => event.kind === 'order' && event.order.id === order.id);
      ensure.that(seen, `the order’s event comes to a loop that began later, got [${kinds(log).join(', ')}]`);
      await scene.port.disconnect();
      await read;
    },
  },
  {
    id: 'EX-E20',
    rule: 'events: a fill comes before the order event that it leads to',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      await scene.settle();
      const { log } = scene.listen();
      await scene.print(-4, Side.SELL, scene.q);
      const fill = log.findIndex((event) => event.kind === 'fill' && event.trade.orderId === order.id);
      const filled = log.findIndex(
        (event) => event.kind === 'order' && event.order.id === order.id && event.order.status === 'FILLED',
      );
      ensure.that(fill >= 0, `there is a fill event, got [${kinds(log).join(', ')}]`);
      ensure.that(filled >= 0, `there is an order event with FILLED, got [${kinds(log).join(', ')}]`);
      ensure.that(fill < filled, 'the fill comes first');
    },
  },
  {
    id: 'EX-E22',
    rule: 'events: the fills of an order add up to it, and each tells what was traded',
    async run(context) {
      const scene = await Scene.open(context);
      const { log } = scene.listen();
      const order = await scene.accepted(scene.limit(Side.BUY, -3, { clientOrderId: 'in-parts' }));
      await scene.print(-4, Side.SELL, scene.q.div(2));
      await scene.print(-4, Side.SELL, scene.q);
      let sum = new Decimal(0);
      const ids = new Set<string>();
      for (const event of log) {
        if (event.kind !== 'fill') continue;
        const { trade } = event;
        ensure.equal(trade.orderId, order.id, 'orderId');
        ensure.equal(trade.clientOrderId, 'in-parts', 'clientOrderId');
        ensure.equal(trade.symbol, scene.symbol, 'symbol');
        ensure.equal(trade.side, Side.BUY, 'side');
        ensure.equal(trade.liquidity, 'MAKER', 'liquidity of an order that rested');
        ensureSame(trade.price, scene.at(-3), 'price');
        ensure.equal(trade.fee.asset, scene.instrument.quoteAsset, 'the asset of the fee');
        ensureSame(trade.realizedPnl, 0, 'profit of a fill that opens');
        ids.add(trade.id);
        sum = sum.plus(trade.quantity);
      }
      ensureSame(sum, scene.q, 'the sum of the fills');
      ensure.equal(ids.size, 2, 'the number of different trade ids');
    },
  },
  {
    id: 'EX-E24',
    rule: 'events: a fill that took tells TAKER',
    async run(context) {
      const scene = await Scene.open(context);
      const { log } = scene.listen();
      await scene.take(Side.BUY, 1);
      const fills = log.flatMap((event) => (event.kind === 'fill' ? [event.trade.liquidity] : []));
      ensure.that(
        fills.length > 0 && fills.every((one) => one === 'TAKER'),
        `expected TAKER, got [${fills.join(', ')}]`,
      );
    },
  },
  {
    id: 'EX-E30',
    rule: 'events: every loop gets every event',
    async run(context) {
      const scene = await Scene.open(context);
      const first = scene.listen();
      const second = scene.listen();
      await scene.accepted(scene.limit(Side.BUY, -3));
      await scene.print(-4, Side.SELL, scene.q);
      ensure.that(first.log.length > 0, 'the first loop got events');
      ensure.equal(kinds(second.log), kinds(first.log), 'the events of the second loop');
    },
  },
  {
    id: 'EX-E40',
    rule: 'events: a cancel is told as an order event with CANCELLED',
    async run(context) {
      const scene = await Scene.open(context);
      const { log } = scene.listen();
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.port.cancelOrder({ symbol: scene.symbol, orderId: order.id });
      await scene.settle();
      const statuses = log.flatMap((event) =>
        event.kind === 'order' && event.order.id === order.id ? [event.order.status] : [],
      );
      ensure.equal(statuses.at(-1), 'CANCELLED', 'the last status told');
    },
  },
  {
    id: 'EX-E50',
    rule: 'events: a position is told as it is, and null when it was closed; the balance is told too',
    async run(context) {
      const scene = await Scene.open(context);
      const { log } = scene.listen();
      await scene.take(Side.BUY, 1);
      await scene.take(Side.SELL, -1);
      const positions = log.flatMap((event) => (event.kind === 'position' ? [event] : []));
      ensureSame(positions[0]?.position?.quantity, scene.q, 'the first position told');
      const last = positions.at(-1);
      ensure.that(last !== undefined && last.position === null, 'the last position told is null');
      ensure.equal(last.symbol, scene.symbol, 'its symbol');
      ensure.equal(last.positionSide, null, 'its side in ONE_WAY mode');
      const balance = log.findLast((event) => event.kind === 'balance');
      ensure.that(balance?.kind === 'balance', `there is a balance event, got [${kinds(log).join(', ')}]`);
      ensureSame(balance.balance.total, (await scene.port.getBalance()).total, 'the last balance told');
    },
  },
  {
    id: 'EX-E52',
    rule: 'events: in HEDGE mode a position event names its side, also when the position was closed',
    requires: ['hedge', 'settings'],
    async run(context) {
      const scene = await Scene.open(context);
      await scene.port.settings?.setPositionMode(PositionMode.HEDGE);
      await scene.take(Side.BUY, 1, { positionSide: PositionSide.LONG });
      const { log } = scene.listen();
      await scene.take(Side.SELL, -1, { positionSide: PositionSide.SHORT });
      await scene.take(Side.SELL, -1, { positionSide: PositionSide.LONG });
      const told = log.flatMap((event) => (event.kind === 'position' ? [event] : []));
      const short = told.findLast((event) => event.positionSide === PositionSide.SHORT);
      ensureSame(short?.position?.quantity, scene.q, 'the SHORT position told');
      const long = told.findLast((event) => event.positionSide === PositionSide.LONG);
      ensure.that(long !== undefined && long.position === null, 'the LONG position is told to be closed');
    },
  },
  {
    id: 'EX-E80',
    rule: 'events: an abort ends the loop, with the signal’s reason or without',
    async run(context) {
      const scene = await Scene.open(context);
      const controller = new AbortController();
      const reason = new Error('aborted: events');
      const events = scene.port.events({ signal: controller.signal });
      let end = 'still open';
      const read = (async () => {
        try {
          for await (const _ of events);
          end = 'ended';
        } catch (error) {
          end = error === reason ? 'ended' : `threw ${String(error)}`;
        }
      })();
      await scene.settle();
      controller.abort(reason);
      await scene.settle();
      ensure.equal(end, 'ended', 'the loop after the abort');
      await read;
    },
  },
  {
    id: 'EX-E90',
    rule: 'events: an aborted signal throws its reason, at the call or at the first next()',
    async run(context) {
      const scene = await Scene.open(context);
      const reason = new Error('aborted: events');
      let error: unknown = 'still open';
      const read = (async () => {
        try {
          for await (const _ of scene.port.events({ signal: AbortSignal.abort(reason) }));
          error = 'no error';
        } catch (caught) {
          error = caught;
        }
      })();
      await scene.settle();
      ensure.that(error === reason, `expected the signal’s reason, got ${String(error)}`);
      await read;
    },
  },
];
