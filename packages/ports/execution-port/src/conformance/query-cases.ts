import { Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import { type ExecutionCase, ensureAborts, ensureSame, Scene } from './context.ts';

/** Reads of orders. */
export const queryCases: readonly ExecutionCase[] = [
  {
    id: 'EX-Q10',
    rule: 'getOrder: finds an open order and a final one, by either id; null for one that the venue does not know',
    async run(context) {
      const scene = await Scene.open(context);
      const { symbol } = scene;
      const open = await scene.accepted(scene.limit(Side.BUY, -5, { clientOrderId: 'open-one' }));
      const final = await scene.accepted(scene.limit(Side.BUY, -6, { clientOrderId: 'final-one' }));
      await scene.port.cancelOrder({ symbol, orderId: final.id });
      for (const order of [open, final]) {
        const byId = await scene.port.getOrder({ symbol, orderId: order.id });
        ensure.equal(byId?.clientOrderId, order.clientOrderId, `${order.clientOrderId} by its id`);
        const byClientId = await scene.port.getOrder({ symbol, clientOrderId: order.clientOrderId });
        ensure.equal(byClientId?.id, order.id, `${order.clientOrderId} by its client order id`);
      }
      ensure.equal(await scene.port.getOrder({ symbol, orderId: '999999999999' }), null, 'an unknown id');
      ensure.equal(
        await scene.port.getOrder({ symbol, clientOrderId: 'never-sent' }),
        null,
        'an unknown client order id',
      );
    },
  },
  {
    id: 'EX-Q20',
    rule: 'getOpenOrders: oldest first, of all symbols or of one',
    async run(context) {
      const scene = await Scene.open(context);
      const ids: string[] = [];
      for (const steps of [-5, -7, -6]) {
        ids.push((await scene.accepted(scene.limit(Side.BUY, steps))).id);
        await context.advance(10);
      }
      ensure.equal(await scene.openIds(), ids, 'open orders');
      ensure.equal(await scene.openIds(scene.symbol), ids, 'open orders of the symbol');
    },
  },
  {
    id: 'EX-Q24',
    rule: 'a symbol or an asset that the venue does not have: no open orders, no position, zeros',
    async run(context) {
      const { port } = await Scene.open(context);
      ensure.equal(await port.getOpenOrders('NO_SUCH_THING'), [], 'open orders');
      ensure.equal(await port.getPosition('NO_SUCH_THING'), null, 'the position');
      ensure.equal(await port.closePosition({ symbol: 'NO_SUCH_THING' }), { kind: 'noPosition' }, 'closePosition');
      ensureSame((await port.getBalance('NO_SUCH_ASSET')).total, 0, 'the balance');
    },
  },
  {
    id: 'EX-Q30',
    rule: 'an order in hand is plain data: what happens later does not change it',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      await scene.print(-4, Side.SELL, scene.q);
      ensure.equal(order.status, 'NEW', 'the status of the order that createOrder gave');
      ensureSame(order.filledQuantity, 0, 'its filled quantity');
    },
  },
  {
    id: 'EX-Q90',
    rule: 'getOrder: an aborted signal throws its reason',
    async run(context) {
      const scene = await Scene.open(context);
      const ref = { symbol: scene.symbol, orderId: '1' };
      await ensureAborts((signal) => scene.port.getOrder(ref, { signal }), 'getOrder');
    },
  },
  {
    id: 'EX-Q92',
    rule: 'getOpenOrders: an aborted signal throws its reason',
    async run(context) {
      const scene = await Scene.open(context);
      await ensureAborts((signal) => scene.port.getOpenOrders(undefined, { signal }), 'getOpenOrders');
    },
  },
];
