import { OrderType, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { OrderRequest } from '../requests.ts';
import { type ExecutionCase, ensureNothingTraded, ensureRejected, ensureSame, Scene } from './context.ts';

/** How orders of each type meet the market. */
export const tradeCases: readonly ExecutionCase[] = [
  {
    id: 'EX-T10',
    rule: 'market: trades whole at the price of the other side, as a taker with a fee',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.take(Side.BUY, 1);
      ensureSame(order.filledQuantity, scene.q, 'filled quantity');
      ensureSame(order.averagePrice, scene.at(1), 'average price');
      ensureSame(order.remaining, 0, 'remaining');
      ensure.equal(order.isActive, false, 'active');
      ensure.equal(order.price, null, 'the price of a market order');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-T20',
    rule: 'limit: one that crosses trades at once at the price of the other side, not at its own',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, 4));
      await scene.print(1, Side.BUY, scene.q);
      const done = await scene.now(order);
      ensure.equal(done.status, 'FILLED', 'status');
      ensureSame(done.averagePrice, scene.at(1), 'average price');
    },
  },
  {
    id: 'EX-T30',
    rule: 'limit: rests until a trade reaches its price, then fills at its price',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      await scene.print(-2, Side.SELL, scene.q);
      ensure.equal((await scene.now(order)).status, 'NEW', 'status after a trade that stays above');
      await scene.print(-4, Side.SELL, scene.q);
      const done = await scene.now(order);
      ensure.equal(done.status, 'FILLED', 'status after a trade through its price');
      ensureSame(done.averagePrice, scene.at(-3), 'average price');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-T32',
    rule: 'limit: a sell rests above the market and fills when a trade is printed at or above its price',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.SELL, 3));
      await scene.print(2, Side.BUY, scene.q);
      ensure.equal((await scene.now(order)).status, 'NEW', 'status after a trade that stays below');
      await scene.print(4, Side.BUY, scene.q);
      const done = await scene.now(order);
      ensure.equal(done.status, 'FILLED', 'status after a trade through its price');
      ensureSame(done.averagePrice, scene.at(3), 'average price');
    },
  },
  {
    id: 'EX-T34',
    rule: 'limit: fills by no more than was traded; the rest stays open',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      const half = scene.q.div(2);
      await scene.print(-4, Side.SELL, half);
      const part = await scene.now(order);
      ensure.equal(part.status, 'PARTIALLY_FILLED', 'status after half of it');
      ensureSame(part.filledQuantity, half, 'filled quantity');
      ensureSame(part.remaining, half, 'remaining');
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
      await scene.print(-4, Side.SELL, scene.q);
      const done = await scene.now(order);
      ensure.equal(done.status, 'FILLED', 'status after the rest');
      ensureSame(done.filledQuantity, scene.q, 'filled quantity in the end');
    },
  },
  {
    id: 'EX-T36',
    rule: 'limit: the better price fills first',
    async run(context) {
      const scene = await Scene.open(context);
      const worse = await scene.accepted(scene.limit(Side.BUY, -4));
      const better = await scene.accepted(scene.limit(Side.BUY, -3));
      await scene.print(-5, Side.SELL, scene.q);
      ensure.equal((await scene.now(better)).status, 'FILLED', 'the order at the better price');
      ensure.equal((await scene.now(worse)).status, 'NEW', 'the order at the worse price');
    },
  },
  {
    id: 'EX-T40',
    rule: 'ioc: without anything at its price it ends without a fill, and never rests',
    requires: ['ioc'],
    async run(context) {
      const scene = await Scene.open(context);
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -3, { type: OrderType.IOC }));
      await scene.print(1, Side.BUY, scene.q);
      await ensureNothingTraded(scene, outcome, ['NO_LIQUIDITY'], 'an IOC below the market');
    },
  },
  {
    id: 'EX-T42',
    rule: 'ioc: takes what is there and cancels the rest',
    requires: ['ioc'],
    async run(context) {
      const scene = await Scene.open(context);
      await scene.book(-1, 1, scene.q);
      const order = await scene.accepted(scene.limit(Side.BUY, 2, { type: OrderType.IOC, quantity: scene.q.mul(3) }));
      await scene.print(1, Side.BUY, scene.q);
      const done = await scene.now(order);
      ensure.equal(done.status, 'CANCELLED', 'status');
      ensureSame(done.filledQuantity, scene.q, 'filled quantity');
      ensureSame(done.averagePrice, scene.at(1), 'average price');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-T50',
    rule: 'fok: where less is there than it asks for, nothing trades',
    requires: ['fok'],
    async run(context) {
      const scene = await Scene.open(context);
      await scene.book(-1, 1, scene.q);
      const outcome = await scene.port.createOrder(
        scene.limit(Side.BUY, 2, { type: OrderType.FOK, quantity: scene.q.mul(3) }),
      );
      await scene.print(1, Side.BUY, scene.q);
      await ensureNothingTraded(scene, outcome, ['NO_LIQUIDITY'], 'a FOK for three times what is there');
    },
  },
  {
    id: 'EX-T52',
    rule: 'fok: trades whole where enough is there',
    requires: ['fok'],
    async run(context) {
      const scene = await Scene.open(context);
      await scene.book(-1, 1, scene.q.mul(3));
      const order = await scene.accepted(scene.limit(Side.BUY, 2, { type: OrderType.FOK, quantity: scene.q.mul(3) }));
      await scene.print(1, Side.BUY, scene.q.mul(3));
      const done = await scene.now(order);
      ensure.equal(done.status, 'FILLED', 'status');
      ensureSame(done.filledQuantity, scene.q.mul(3), 'filled quantity');
    },
  },
  {
    id: 'EX-T60',
    rule: 'post-only: one that would take is rejected, or accepted then cancelled, and trades nothing',
    requires: ['postOnly'],
    async run(context) {
      const scene = await Scene.open(context);
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, 4, { type: OrderType.POST_ONLY }));
      await scene.print(1, Side.BUY, scene.q);
      await ensureNothingTraded(scene, outcome, ['POST_ONLY_WOULD_TAKE'], 'a post-only order through the market');
    },
  },
  {
    id: 'EX-T62',
    rule: 'post-only: rests away from the market and fills like a limit order',
    requires: ['postOnly'],
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3, { type: OrderType.POST_ONLY }));
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
      await scene.print(-4, Side.SELL, scene.q);
      ensure.equal((await scene.now(order)).status, 'FILLED', 'status');
    },
  },
  {
    id: 'EX-T70',
    rule: 'reduce-only: without a position it is refused as REDUCE_ONLY',
    async run(context) {
      const scene = await Scene.open(context);
      const outcome = await scene.port.createOrder(scene.limit(Side.SELL, 3, { reduceOnly: true }));
      ensureRejected(outcome, 'REDUCE_ONLY', 'a reduce-only order without a position');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-T72',
    rule: 'reduce-only: makes a position smaller',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.BUY, 1);
      const done = await scene.take(Side.SELL, -1, { reduceOnly: true, quantity: scene.q.div(2) });
      ensure.equal(done.reduceOnly, true, 'reduceOnly of the order');
      ensureSame(
        (await scene.port.getPosition(scene.symbol))?.quantity,
        scene.q.div(2),
        'what is left of the position',
      );
    },
  },
  {
    id: 'EX-T74',
    rule: 'reduce-only: never turns a position round',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.BUY, 1);
      const outcome = await scene.port.createOrder(
        scene.market(Side.SELL, { reduceOnly: true, quantity: scene.q.mul(3) }),
      );
      await scene.print(-1, Side.SELL, scene.q.mul(3));
      if (outcome.kind !== 'accepted')
        ensureRejected(outcome, 'REDUCE_ONLY', 'a reduce-only order larger than the position');
      const position = await scene.port.getPosition(scene.symbol);
      ensure.that(
        position === null || position.positionSide === 'LONG',
        'a reduce-only order turned the position round',
      );
    },
  },
  {
    id: 'EX-T80',
    rule: 'quoteQuantity: buys the most whole lots that cost no more, at the current price',
    requires: ['quoteQuantity'],
    async run(context) {
      const scene = await Scene.open(context);
      ensure.equal(scene.port.capabilities.quoteQuantity, true, 'capabilities.quoteQuantity');
      const { lotSize } = scene.instrument;
      const quoteQuantity = scene.at(1).mul(scene.q).plus(scene.at(0).mul(lotSize).div(2));
      const order = await scene.accepted(
        scene.market(Side.BUY, { quantity: undefined, quoteQuantity } as Partial<OrderRequest>),
      );
      ensure.that(order.quantity.mod(lotSize).isZero(), `quantity ${order.quantity} is a multiple of the lot`);
      ensure.that(
        order.quantity.mul(scene.at(-1)).lte(quoteQuantity) &&
          order.quantity.plus(lotSize).mul(scene.at(1)).gt(quoteQuantity),
        `${order.quantity} is what ${quoteQuantity} buys at about ${scene.at(0)}`,
      );
    },
  },
  {
    id: 'EX-T82',
    rule: 'quoteQuantity: too little for the smallest order is refused as INVALID_QUANTITY',
    requires: ['quoteQuantity'],
    async run(context) {
      const scene = await Scene.open(context);
      const quoteQuantity = scene.at(0).mul(scene.instrument.minQuantity).div(4);
      const request = scene.market(Side.BUY, { quantity: undefined, quoteQuantity } as Partial<OrderRequest>);
      ensureRejected(await scene.port.createOrder(request), 'INVALID_QUANTITY', `${quoteQuantity} of the quote asset`);
    },
  },
];
