import { Decimal, isClientOrderId, OrderType, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { OrderRequest } from '../requests.ts';
import { type ExecutionCase, ensureAborts, ensureRejected, ensureSame, Scene, throws } from './context.ts';

/** Checks of a request, before anything trades. */
export const createCases: readonly ExecutionCase[] = [
  {
    id: 'EX-C10',
    rule: 'create: a limit order away from the market is accepted as asked for, and open',
    async run(context) {
      const scene = await Scene.open(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5, { clientOrderId: 'mine-1' }));
      const known = await scene.now(order);
      for (const [what, one] of [
        ['the outcome', order],
        ['getOrder', known],
      ] as const) {
        ensure.equal(one.symbol, scene.symbol, `${what}: symbol`);
        ensure.equal(one.side, Side.BUY, `${what}: side`);
        ensure.equal(one.type, OrderType.LIMIT, `${what}: type`);
        ensure.equal(one.clientOrderId, 'mine-1', `${what}: clientOrderId`);
        ensureSame(one.price, scene.at(-5), `${what}: price`);
        ensureSame(one.quantity, scene.q, `${what}: quantity`);
        ensureSame(one.filledQuantity, 0, `${what}: filledQuantity`);
        ensureSame(one.remaining, scene.q, `${what}: remaining`);
        ensure.equal(one.averagePrice, null, `${what}: averagePrice`);
        ensure.equal(one.reduceOnly, false, `${what}: reduceOnly`);
        ensure.equal(one.positionSide, null, `${what}: positionSide in ONE_WAY mode`);
        ensure.that(one.isActive, `${what}: active`);
      }
      ensure.equal(known.status, 'NEW', 'status');
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
    },
  },
  {
    id: 'EX-C20',
    rule: 'create: a quantity off the lot is refused as INVALID_QUANTITY with both legal neighbours',
    async run(context) {
      const scene = await Scene.open(context);
      const { lotSize } = scene.instrument;
      const outcome = await scene.port.createOrder(
        scene.limit(Side.BUY, -5, { quantity: scene.q.plus(lotSize.div(2)) }),
      );
      const { below, above } = ensureRejected(outcome, 'INVALID_QUANTITY', 'a quantity between two lots');
      ensureSame(below, scene.q, 'the legal quantity below');
      ensureSame(above, scene.q.plus(lotSize), 'the legal quantity above');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-C25',
    rule: 'create: a quantity below the minimum, of 0, or below 0 is refused, and the minimum is named',
    async run(context) {
      const scene = await Scene.open(context);
      const { minQuantity } = scene.instrument;
      for (const quantity of [minQuantity.div(2), new Decimal(0), scene.q.neg()]) {
        const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { quantity }));
        const { below, above } = ensureRejected(outcome, 'INVALID_QUANTITY', `quantity ${quantity}`);
        ensure.equal(below ?? null, null, `quantity ${quantity}: nothing legal below`);
        ensureSame(above, minQuantity, `quantity ${quantity}: the minimum`);
      }
    },
  },
  {
    id: 'EX-C28',
    rule: 'create: a quantity or price that is no number is refused, by outcome or by InvalidInputError',
    async run(context) {
      const scene = await Scene.open(context);
      await refusedSomehow(
        scene,
        scene.limit(Side.BUY, -5, { quantity: 'one' }),
        'INVALID_QUANTITY',
        'a quantity of letters',
      );
      await refusedSomehow(
        scene,
        scene.limit(Side.BUY, -5, { price: Number.NaN }),
        'INVALID_PRICE',
        'a price that is NaN',
      );
    },
  },
  {
    id: 'EX-C30',
    rule: 'create: a price off the tick is refused as INVALID_PRICE with both legal neighbours',
    async run(context) {
      const scene = await Scene.open(context);
      const { tickSize } = scene.instrument;
      const price = scene.at(-5).plus(tickSize.div(2));
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { price }));
      const { below, above } = ensureRejected(outcome, 'INVALID_PRICE', 'a price between two ticks');
      ensureSame(below, scene.at(-5), 'the legal price below');
      ensureSame(above, scene.at(-5).plus(tickSize), 'the legal price above');
    },
  },
  {
    id: 'EX-C32',
    rule: 'create: a limit order without a price, and one at 0 or below, is refused as INVALID_PRICE',
    async run(context) {
      const scene = await Scene.open(context);
      for (const price of [undefined, 0, '-1']) {
        const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { price }));
        ensureRejected(outcome, 'INVALID_PRICE', `a limit order at ${price}`);
      }
    },
  },
  {
    id: 'EX-C34',
    rule: 'create: a market order with a price is refused as INVALID_PRICE',
    async run(context) {
      const scene = await Scene.open(context);
      const outcome = await scene.port.createOrder(scene.market(Side.BUY, { price: scene.at(1) }));
      ensureRejected(outcome, 'INVALID_PRICE', 'a market order with a price');
    },
  },
  {
    id: 'EX-C40',
    rule: 'create: a client order id is made when absent, legal, and another one each time',
    async run(context) {
      const scene = await Scene.open(context);
      const first = await scene.accepted(scene.limit(Side.BUY, -5));
      const second = await scene.accepted(scene.limit(Side.BUY, -5));
      for (const { clientOrderId } of [first, second]) {
        ensure.that(isClientOrderId(clientOrderId), `a made client order id is legal, got '${clientOrderId}'`);
      }
      ensure.that(first.clientOrderId !== second.clientOrderId, 'two made client order ids differ');
      ensure.that(first.id !== second.id, 'two order ids differ');
    },
  },
  {
    id: 'EX-C42',
    rule: 'create: a rejection names the client order id of its request',
    async run(context) {
      const scene = await Scene.open(context);
      const outcome = await scene.port.createOrder(
        scene.limit(Side.BUY, -5, { quantity: 0, clientOrderId: 'bad-one' }),
      );
      ensureRejected(outcome, 'INVALID_QUANTITY', 'a quantity of 0');
      ensure.equal(
        (outcome as { clientOrderId?: string }).clientOrderId,
        'bad-one',
        'the client order id of the rejection',
      );
    },
  },
  {
    id: 'EX-C44',
    rule: 'create: a client order id is taken once: the second is refused as a duplicate, and one order stands',
    async run(context) {
      const scene = await Scene.open(context);
      const first = await scene.accepted(scene.limit(Side.BUY, -5, { clientOrderId: 'once' }));
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -6, { clientOrderId: 'once' }));
      ensureRejected(outcome, 'DUPLICATE_CLIENT_ORDER_ID', 'the same client order id again');
      ensure.equal(await scene.openIds(), [first.id], 'open orders');
    },
  },
  {
    id: 'EX-C46',
    rule: 'create: a client order id of illegal text is refused, by outcome or by InvalidInputError',
    async run(context) {
      const scene = await Scene.open(context);
      for (const clientOrderId of ['', 'a b', 'x'.repeat(33)]) {
        await refusedSomehow(
          scene,
          scene.limit(Side.BUY, -5, { clientOrderId }),
          'INVALID_REQUEST',
          `client order id '${clientOrderId}'`,
        );
      }
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-C50',
    rule: 'create: an unknown symbol is refused as UNKNOWN_SYMBOL',
    async run(context) {
      const scene = await Scene.open(context);
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { symbol: 'NO_SUCH_THING' }));
      ensureRejected(outcome, 'UNKNOWN_SYMBOL', 'an order for NO_SUCH_THING');
    },
  },
  {
    id: 'EX-C55',
    rule: 'create: exactly one of quantity and quoteQuantity is needed',
    async run(context) {
      const scene = await Scene.open(context);
      for (const amounts of [
        { quantity: undefined, quoteQuantity: undefined },
        { quantity: scene.q, quoteQuantity: 100 },
      ]) {
        const request = { ...scene.limit(Side.BUY, -5), ...amounts } as unknown as OrderRequest;
        await refusedSomehow(scene, request, 'INVALID_REQUEST', 'both or neither of quantity and quoteQuantity');
      }
    },
  },
  {
    id: 'EX-C60',
    rule: 'create: more than the account can pay for is refused as INSUFFICIENT_BALANCE',
    async run(context) {
      const scene = await Scene.open(context);
      const { maxQuantity, lotSize } = scene.instrument;
      const wanted = scene.q.mul(1_000_000);
      const quantity =
        maxQuantity === null ? wanted : Decimal.min(wanted, maxQuantity).div(lotSize).floor().mul(lotSize);
      const before = await scene.port.getBalance();
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -1, { quantity }));
      ensureRejected(outcome, 'INSUFFICIENT_BALANCE', `an order of ${quantity}`);
      ensureSame((await scene.port.getBalance()).available, before.available, 'available, after a refused order');
    },
  },
  {
    id: 'EX-C65',
    rule: 'create: a leverage that the instrument does not allow is refused as INVALID_LEVERAGE',
    async run(context) {
      const scene = await Scene.open(context);
      for (const leverage of [0, scene.instrument.maxLeverage + 1]) {
        const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { leverage }));
        ensureRejected(outcome, 'INVALID_LEVERAGE', `leverage ${leverage}`);
      }
    },
  },
  {
    id: 'EX-C70',
    rule: 'create: what the capabilities do not name is refused as NOT_SUPPORTED; what they name is not',
    async run(context) {
      const scene = await Scene.open(context);
      const { orderTypes, attachedStops } = scene.port.capabilities;
      for (const type of Object.values(OrderType)) {
        const price = type === OrderType.MARKET ? undefined : scene.at(-5);
        const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { type, price }));
        const refused = outcome.kind === 'rejected' && outcome.reason === 'NOT_SUPPORTED';
        ensure.equal(refused, !orderTypes.includes(type), `${type} refused as NOT_SUPPORTED`);
      }
      const stop = await scene.port.createOrder(
        scene.limit(Side.BUY, -5, { stopLoss: { triggerPrice: scene.at(-9) } }),
      );
      const refused = stop.kind === 'rejected' && stop.reason === 'NOT_SUPPORTED';
      ensure.equal(refused, !attachedStops, 'an attached stop refused as NOT_SUPPORTED');
    },
  },
  {
    id: 'EX-C75',
    rule: 'createOrders: one outcome a request, in their order, and a bad one stops no other',
    async run(context) {
      const scene = await Scene.open(context);
      const outcomes = await scene.port.createOrders([
        scene.limit(Side.BUY, -5, { clientOrderId: 'one' }),
        scene.limit(Side.BUY, -5, { clientOrderId: 'two', quantity: 0 }),
        scene.limit(Side.BUY, -6, { clientOrderId: 'three' }),
      ]);
      ensure.equal(
        outcomes.map((outcome) => outcome.kind),
        ['accepted', 'rejected', 'accepted'],
        'the outcomes',
      );
      const open = await scene.port.getOpenOrders();
      ensure.equal(
        open.map((order) => order.clientOrderId),
        ['one', 'three'],
        'open orders',
      );
    },
  },
  {
    id: 'EX-C90',
    rule: 'create: an aborted signal throws its reason, and nothing was sent',
    async run(context) {
      const scene = await Scene.open(context);
      await ensureAborts((signal) => scene.port.createOrder(scene.limit(Side.BUY, -5), { signal }), 'createOrder');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-C92',
    rule: 'createOrders: an aborted signal throws its reason, and nothing was sent',
    async run(context) {
      const scene = await Scene.open(context);
      await ensureAborts((signal) => scene.port.createOrders([scene.limit(Side.BUY, -5)], { signal }), 'createOrders');
      ensure.equal(await scene.openIds(), [], 'open orders');
    },
  },
  {
    id: 'EX-C95',
    rule: 'create: a lost reply is unknown, never rejected, and the order is found by its client order id',
    requires: ['faults'],
    async run(context) {
      const scene = await Scene.open(context);
      context.faults?.loseNextReply();
      const outcome = await scene.port.createOrder(scene.limit(Side.BUY, -5, { clientOrderId: 'lost' }));
      ensure.equal(outcome.kind, 'unknown', 'the outcome of a lost reply');
      ensure.equal((outcome as { clientOrderId?: string }).clientOrderId, 'lost', 'its client order id');
      await scene.settle();
      const found = await scene.port.getOrder({ symbol: scene.symbol, clientOrderId: 'lost' });
      ensure.equal(found?.status, 'NEW', 'the order behind the lost reply');
    },
  },
];

async function refusedSomehow(
  scene: Scene,
  request: OrderRequest,
  reason: 'INVALID_QUANTITY' | 'INVALID_PRICE' | 'INVALID_REQUEST',
  what: string,
): Promise<void> {
  let kind: string | undefined;
  const error = await throws(async () => {
    const outcome = await scene.port.createOrder(request);
    kind = outcome.kind;
    ensureRejected(outcome, reason, what);
  });
  if (error === undefined) return;
  const { code } = error as { code?: unknown };
  ensure.that(
    kind === undefined && code === 'INVALID_INPUT',
    `${what}: expected ${reason} or INVALID_INPUT, got ${kind ?? String(error)}`,
  );
}
