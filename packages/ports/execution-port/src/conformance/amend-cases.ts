import { type Order, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { OrderRef } from '../requests.ts';
import { type ExecutionCase, ensureAborts, ensureRejected, ensureSame, Scene, throws } from './context.ts';

const refOf = (order: Order): OrderRef => ({ symbol: order.symbol, orderId: order.id });

export const amendCases: readonly ExecutionCase[] = [
  {
    id: 'EX-A10',
    rule: 'amend: gives an open order another price and keeps the rest',
    requires: ['amend'],
    async run(context) {
      const scene = await Scene.open(context);
      ensure.equal(scene.port.capabilities.amend, true, 'capabilities.amend');
      const order = await scene.accepted(scene.limit(Side.BUY, -5, { clientOrderId: 'moved' }));
      const outcome = await scene.port.amendOrder(refOf(order), { price: scene.at(-3) });
      ensure.that(outcome.kind === 'amended', `amendOrder: expected amended, got ${outcome.kind}`);
      ensureSame(outcome.order.price, scene.at(-3), 'the price of the outcome');
      const [open] = await scene.port.getOpenOrders();
      ensureSame(open?.price, scene.at(-3), 'the price of the open order');
      ensureSame(open?.quantity, scene.q, 'its quantity');
      ensure.equal(open?.clientOrderId, 'moved', 'its client order id');
    },
  },
  {
    id: 'EX-A12',
    rule: 'amend: gives an open order another whole quantity, filled part included',
    requires: ['amend', 'amendPartlyFilled'],
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      const half = scene.q.div(2);
      await scene.print(-4, Side.SELL, half);
      const outcome = await scene.port.amendOrder(refOf(order), { quantity: scene.q.mul(2) });
      ensure.that(outcome.kind === 'amended', `amendOrder: expected amended, got ${outcome.kind}`);
      ensureSame(outcome.order.quantity, scene.q.mul(2), 'quantity');
      ensureSame(outcome.order.filledQuantity, half, 'filled quantity');
      ensureSame(outcome.order.remaining, scene.q.mul(2).minus(half), 'remaining');
    },
  },
  {
    id: 'EX-A14',
    rule: 'amend: the market meets the new price, and no longer the old one',
    requires: ['amend'],
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      const outcome = await scene.port.amendOrder(refOf(order), { price: scene.at(-5) });
      const id = outcome.kind === 'amended' ? outcome.order.id : order.id;
      await scene.print(-4, Side.SELL, scene.q);
      ensure.equal(await scene.openIds(), [id], 'open orders after a trade at the old price');
      await scene.print(-6, Side.SELL, scene.q);
      const done = await scene.port.getOrder({ symbol: scene.symbol, orderId: id });
      ensure.equal(done?.status, 'FILLED', 'status after a trade through the new price');
      ensureSame(done?.averagePrice, scene.at(-5), 'average price');
    },
  },
  {
    id: 'EX-A20',
    rule: 'amend: an illegal price or quantity is rejected with its legal neighbours, and the order stands as it was',
    requires: ['amend'],
    async run(context) {
      const scene = await Scene.open(context);
      const { lotSize, tickSize } = scene.instrument;
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      const price = await scene.port.amendOrder(refOf(order), { price: scene.at(-5).plus(tickSize.div(2)) });
      const priceProblem = ensureRejected(price, 'INVALID_PRICE', 'a price between two ticks');
      ensureSame(priceProblem.below, scene.at(-5), 'the legal price below');
      const quantity = await scene.port.amendOrder(refOf(order), { quantity: scene.q.plus(lotSize.div(2)) });
      const quantityProblem = ensureRejected(quantity, 'INVALID_QUANTITY', 'a quantity between two lots');
      ensureSame(quantityProblem.above, scene.q.plus(lotSize), 'the legal quantity above');
      const [open] = await scene.port.getOpenOrders();
      ensureSame(open?.price, scene.at(-5), 'the price of the open order');
      ensureSame(open?.quantity, scene.q, 'its quantity');
    },
  },
  {
    id: 'EX-A22',
    rule: 'amend: a quantity at or below what is filled is rejected',
    requires: ['amend'],
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -3));
      const half = scene.q.div(2);
      await scene.print(-4, Side.SELL, half);
      const outcome = await scene.port.amendOrder(refOf(order), { quantity: half });
      ensureRejected(outcome, 'INVALID_QUANTITY', 'the filled quantity as the new one');
      ensureSame((await scene.now(order)).remaining, half, 'remaining');
    },
  },
  {
    id: 'EX-A24',
    rule: 'amend: without a new price or quantity it is refused, by outcome or by InvalidInputError',
    requires: ['amend'],
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      let kind = 'none';
      const error = await throws(async () => {
        kind = (await scene.port.amendOrder(refOf(order), {})).kind;
      });
      const refused =
        error === undefined ? kind === 'rejected' : (error as { code?: unknown }).code === 'INVALID_INPUT';
      ensure.that(
        refused,
        `an amend of nothing: expected rejected or INVALID_INPUT, got ${kind} ${String(error ?? '')}`,
      );
    },
  },
  {
    id: 'EX-A30',
    rule: 'amend: a final order is alreadyFinal, an unknown one notFound',
    requires: ['amend'],
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.port.cancelOrder(refOf(order));
      const final = await scene.port.amendOrder(refOf(order), { price: scene.at(-4) });
      ensure.that(final.kind === 'alreadyFinal', `a cancelled order: expected alreadyFinal, got ${final.kind}`);
      ensure.equal(final.order.status, 'CANCELLED', 'the order of the outcome');
      const ref = { symbol: scene.symbol, clientOrderId: 'never-sent' };
      ensure.equal((await scene.port.amendOrder(ref, { price: scene.at(-4) })).kind, 'notFound', 'an unknown order');
    },
  },
  {
    id: 'EX-A90',
    rule: 'amend: an aborted signal throws its reason, and the order stands as it was',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      await ensureAborts(
        (signal) => scene.port.amendOrder(refOf(order), { price: scene.at(-4) }, { signal }),
        'amendOrder',
      );
      ensureSame((await scene.now(order)).price, scene.at(-5), 'price');
    },
  },
];
