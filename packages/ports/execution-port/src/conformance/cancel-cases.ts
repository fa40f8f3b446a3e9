import { Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import { type ExecutionCase, ensureAborts, ensureSame, Scene } from './context.ts';

export const cancelCases: readonly ExecutionCase[] = [
  {
    id: 'EX-X10',
    rule: 'cancel: an open order, by its id, is cancelled and no longer open',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      const outcome = await scene.port.cancelOrder({ symbol: scene.symbol, orderId: order.id });
      ensure.that(outcome.kind === 'cancelled', `cancelOrder: expected cancelled, got ${outcome.kind}`);
      ensure.equal(outcome.order.id, order.id, 'the order of the outcome');
      ensure.equal((await scene.now(order)).status, 'CANCELLED', 'status');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-X12',
    rule: 'cancel: an open order is found by its client order id',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5, { clientOrderId: 'away' }));
      const other = await scene.accepted(scene.limit(Side.BUY, -6, { clientOrderId: 'stays' }));
      const outcome = await scene.port.cancelOrder({ symbol: scene.symbol, clientOrderId: 'away' });
      ensure.equal(outcome.kind, 'cancelled', 'the outcome');
      ensure.equal((await scene.now(order)).status, 'CANCELLED', 'status');
      ensure.equal(await scene.openIds(), [other.id], 'open orders');
    },
  },
  {
    id: 'EX-X20',
    rule: 'cancel: a filled or cancelled order is alreadyFinal, and comes with the outcome',
    async run(context) {
      const scene = await Scene.open(context);
      const filled = await scene.take(Side.BUY, 1);
      const cancelled = await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.port.cancelOrder({ symbol: scene.symbol, orderId: cancelled.id });
      for (const [order, status] of [
        [filled, 'FILLED'],
        [cancelled, 'CANCELLED'],
      ] as const) {
        const outcome = await scene.port.cancelOrder({ symbol: scene.symbol, orderId: order.id });
        ensure.that(outcome.kind === 'alreadyFinal', `a ${status} order: expected alreadyFinal, got ${outcome.kind}`);
        ensure.equal(outcome.order.status, status, 'the order of the outcome');
      }
    },
  },
  {
    id: 'EX-X30',
    rule: 'cancel: an order that the venue does not know is notFound',
    async run(context) {
      const scene = await Scene.open(context);
      const { symbol } = scene;
      const byId = await scene.port.cancelOrder({ symbol, orderId: '999999999999' });
      ensure.equal(byId.kind, 'notFound', 'by order id');
      const byClientId = await scene.port.cancelOrder({ symbol, clientOrderId: 'never-sent' });
      ensure.equal(byClientId.kind, 'notFound', 'by client order id');
    },
  },
  {
    id: 'EX-X40',
    rule: 'cancel: what was filled before stays filled, and nothing fills after',
    async run(context) {
      const scene = await Scene.open(context);
      const half = scene.q.div(2);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      await scene.print(-4, Side.SELL, half);
      await scene.port.cancelOrder({ symbol: scene.symbol, orderId: order.id });
      await scene.print(-4, Side.SELL, scene.q);
      const done = await scene.now(order);
      ensure.equal(done.status, 'CANCELLED', 'status');
      ensureSame(done.filledQuantity, half, 'filled quantity');
      ensureSame((await scene.port.getPosition(scene.symbol))?.quantity, half, 'the position');
    },
  },
  {
    id: 'EX-X50',
    rule: 'cancelAll: every open order, one outcome each, and none is left',
    async run(context) {
      const scene = await Scene.open(context);
      const orders = [
        await scene.accepted(scene.limit(Side.BUY, -5)),
        await scene.accepted(scene.limit(Side.BUY, -6)),
        await scene.accepted(scene.limit(Side.SELL, 5)),
      ];
      const results = await scene.port.cancelAllOrders(scene.symbol);
      const ids = results.map(({ ref }) => ('orderId' in ref ? ref.orderId : ref.clientOrderId)).sort();
      const expected = results.map(({ ref }) => 'orderId' in ref).every(Boolean)
        ? orders.map((order) => order.id)
        : orders.map((order) => order.clientOrderId);
      ensure.equal(ids, [...expected].sort(), 'the orders that the outcomes name');
      ensure.that(
        results.every(({ outcome }) => outcome.kind === 'cancelled'),
        'every outcome is cancelled',
      );
      ensure.equal(await scene.openIds(), [], 'open orders');
      ensure.equal(await scene.port.cancelAllOrders(), [], 'a second cancelAllOrders');
    },
  },
  {
    id: 'EX-X52',
    rule: 'cancelAll: of one symbol leaves the orders of others alone',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      const results = await scene.port.cancelAllOrders('NO_SUCH_THING').catch(() => []);
      ensure.equal(results, [], 'outcomes for a symbol without orders');
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
    },
  },
  {
    id: 'EX-X60',
    rule: 'cancel: sets free what was held for the order',
    async run(context) {
      const scene = await Scene.open(context);
      const before = await scene.port.getBalance();
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      const during = await scene.port.getBalance();
      ensure.that(during.available.lt(before.available), 'an open order holds a part of what was available');
      ensure.that(during.frozen.gt(before.frozen), 'an open order shows in frozen');
      ensureSame(during.total, before.total, 'total, while the order is open');
      await scene.port.cancelOrder({ symbol: scene.symbol, orderId: order.id });
      const after = await scene.port.getBalance();
      ensureSame(after.available, before.available, 'available, after the cancel');
      ensureSame(after.frozen, before.frozen, 'frozen, after the cancel');
    },
  },
  {
    id: 'EX-X90',
    rule: 'cancel: an aborted signal throws its reason, and the order stands',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      const ref = { symbol: scene.symbol, orderId: order.id };
      await ensureAborts((signal) => scene.port.cancelOrder(ref, { signal }), 'cancelOrder');
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
    },
  },
  {
    id: 'EX-X92',
    rule: 'cancelAll: an aborted signal throws its reason, and the orders stand',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      await ensureAborts((signal) => scene.port.cancelAllOrders(undefined, { signal }), 'cancelAllOrders');
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
    },
  },
];
