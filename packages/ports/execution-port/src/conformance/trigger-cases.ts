import { Decimal, type DecimalInput, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { Trigger, TriggerOrder, TriggerOrders, TriggerRequest } from '../facets.ts';
import { type ExecutionCase, ensureAborts, ensureRejected, ensureSame, Scene } from './context.ts';

/** The `triggers` facet, where the venue has it. */
export const triggerCases: readonly ExecutionCase[] = [
  {
    id: 'EX-G10',
    rule: 'plan: is accepted as asked for and listed, and no order until its price comes',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      const placed = await place(triggers, plan(scene, Side.BUY, -5, 'FALLS_TO', { clientOrderId: 'planned' }));
      ensure.equal(placed.clientOrderId, 'planned', 'the client order id of the outcome');
      const [listed, ...others] = await triggers.list(scene.symbol);
      ensure.equal(others, [], 'further triggers');
      ensure.equal(listed?.id, placed.id, 'the id in the list');
      const { request } = listed as TriggerOrder;
      ensure.equal(request.side, Side.BUY, 'side');
      ensureSame(new Decimal(request.quantity), scene.q, 'quantity');
      ensure.equal(request.trigger.kind, 'plan', 'kind');
      const { price, direction } = request.trigger as Extract<Trigger, { price: DecimalInput }>;
      ensureSame(new Decimal(price), scene.at(-5), 'trigger price');
      ensure.equal(direction, 'FALLS_TO', 'direction');
      await scene.print(-4, Side.SELL, scene.q);
      ensure.equal(await scene.openIds(), [], 'open orders');
      ensure.equal(await scene.port.getPositions(), [], 'positions');
    },
  },
  {
    id: 'EX-G12',
    rule: 'plan: sends a market order when its price comes, once',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      await place(triggers, plan(scene, Side.BUY, -5, 'FALLS_TO'));
      for (const _ of [1, 2]) {
        await scene.print(-5, Side.SELL, scene.q);
        await scene.print(1, Side.BUY, scene.q);
      }
      ensureSame((await scene.port.getPosition(scene.symbol))?.quantity, scene.q, 'the position');
      ensure.equal(await triggers.list(), [], 'triggers that wait');
    },
  },
  {
    id: 'EX-G14',
    rule: 'plan: with a limit price it sends a limit order',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      await place(triggers, plan(scene, Side.BUY, 5, 'RISES_TO', { limitPrice: scene.at(-8) }));
      await scene.print(5, Side.BUY, scene.q);
      const open = await scene.port.getOpenOrders();
      ensure.equal(open.length, 1, 'the number of open orders');
      ensureSame(open[0]?.price, scene.at(-8), 'its price');
      ensureSame(open[0]?.quantity, scene.q, 'its quantity');
    },
  },
  {
    id: 'EX-G20',
    rule: 'triggers: an illegal quantity, price or symbol is rejected, with its legal neighbours',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      const { lotSize, tickSize } = scene.instrument;
      const good = plan(scene, Side.BUY, -5, 'FALLS_TO');
      const size = await triggers.create({ ...good, quantity: scene.q.plus(lotSize.div(2)) });
      const { below, above } = ensureRejected(size, 'INVALID_QUANTITY', 'a quantity between two lots');
      ensureSame(below, scene.q, 'the legal quantity below');
      ensureSame(above, scene.q.plus(lotSize), 'the legal quantity above');
      const trigger = { ...good.trigger, price: scene.at(-5).plus(tickSize.div(2)) } as Trigger;
      ensureRejected(await triggers.create({ ...good, trigger }), 'INVALID_PRICE', 'a trigger price between two ticks');
      ensureRejected(await triggers.create({ ...good, symbol: 'NO_SUCH_THING' }), 'UNKNOWN_SYMBOL', 'NO_SUCH_THING');
      ensure.equal(await triggers.list(), [], 'triggers');
    },
  },
  {
    id: 'EX-G30',
    rule: 'stop and takeProfit: end a position when the price comes',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      for (const [kind, steps, direction] of [
        ['stop', -5, 'FALLS_TO'],
        ['takeProfit', 5, 'RISES_TO'],
      ] as const) {
        await scene.take(Side.BUY, 1);
        await place(triggers, {
          ...plan(scene, Side.SELL, steps, direction),
          trigger: { kind, price: scene.at(steps), direction },
          reduceOnly: true,
        });
        await scene.print(steps + (kind === 'stop' ? 1 : -1), Side.SELL, scene.q);
        ensureSame((await scene.port.getPosition(scene.symbol))?.quantity, scene.q, `before the ${kind}`);
        await scene.print(steps, Side.SELL, scene.q);
        await scene.print(-1, Side.SELL, scene.q);
        ensure.equal(await scene.port.getPosition(scene.symbol), null, `the position after the ${kind}`);
      }
    },
  },
  {
    id: 'EX-G32',
    rule: 'stop: without a position that it would end it is refused as REDUCE_ONLY',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      const outcome = await triggers.create({
        ...plan(scene, Side.SELL, -5, 'FALLS_TO'),
        trigger: { kind: 'stop', price: scene.at(-5), direction: 'FALLS_TO' },
        reduceOnly: true,
      });
      ensureRejected(outcome, 'REDUCE_ONLY', 'a stop without a position');
      ensure.equal(await triggers.list(), [], 'triggers');
    },
  },
  {
    id: 'EX-G34',
    rule: 'trailing: follows the best price and fires when the price has come back from it by the callback',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      await scene.take(Side.BUY, 1);
      const callback = scene.at(10).minus(scene.at(0)).div(scene.at(0)).toDecimalPlaces(8);
      const { trigger: _, ...rest } = plan(scene, Side.SELL, 0, 'FALLS_TO');
      await place(triggers, { ...rest, trigger: { kind: 'trailing', callback }, reduceOnly: true });
      for (const steps of [0, 20, 12]) await scene.print(steps, Side.BUY, scene.q);
      ensureSame((await scene.port.getPosition(scene.symbol))?.quantity, scene.q, '8 steps below the best price');
      await scene.print(5, Side.SELL, scene.q);
      await scene.print(-1, Side.SELL, scene.q);
      ensure.equal(await scene.port.getPosition(scene.symbol), null, 'the position, 15 steps below the best price');
    },
  },
  {
    id: 'EX-G40',
    rule: 'triggers: one that waits is cancelled and never fires; one that is final is alreadyFinal, an unknown one notFound',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      const { symbol } = scene;
      const placed = await place(triggers, plan(scene, Side.BUY, -5, 'FALLS_TO'));
      ensure.equal((await triggers.cancel(symbol, placed.id)).kind, 'cancelled', 'one that waits');
      ensure.equal(await triggers.list(), [], 'triggers that wait');
      await scene.print(-5, Side.SELL, scene.q);
      ensure.equal(await scene.port.getPositions(), [], 'positions after its price came');
      ensure.equal((await triggers.cancel(symbol, placed.id)).kind, 'alreadyFinal', 'one that was cancelled');
      ensure.equal((await triggers.cancel(symbol, '999999999999')).kind, 'notFound', 'one that never was');
    },
  },
  {
    id: 'EX-G50',
    rule: 'triggers: cancelAll has an outcome for each, and leaves none and all orders',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      const order = await scene.accepted(scene.limit(Side.BUY, -5));
      const first = await place(triggers, plan(scene, Side.BUY, -6, 'FALLS_TO'));
      const second = await place(triggers, plan(scene, Side.SELL, 6, 'RISES_TO'));
      const results = await triggers.cancelAll();
      ensure.equal(
        results.map(({ id }) => id).sort(),
        [first.id, second.id].sort(),
        'the triggers that the outcomes name',
      );
      ensure.that(
        results.every(({ outcome }) => outcome.kind === 'cancelled'),
        'every outcome is cancelled',
      );
      ensure.equal(await triggers.list(), [], 'triggers that wait');
      ensure.equal(await scene.openIds(), [order.id], 'open orders');
    },
  },
  {
    id: 'EX-G90',
    rule: 'triggers: an aborted signal throws its reason, in every method, and nothing was sent',
    requires: ['triggers'],
    async run(context) {
      const { scene, triggers } = await withTriggers(context);
      const { symbol } = scene;
      const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
        create: (signal) => triggers.create(plan(scene, Side.BUY, -5, 'FALLS_TO'), { signal }),
        cancel: (signal) => triggers.cancel(symbol, '1', { signal }),
        cancelAll: (signal) => triggers.cancelAll(symbol, { signal }),
        list: (signal) => triggers.list(symbol, { signal }),
      };
      for (const [name, call] of Object.entries(calls)) await ensureAborts(call, name);
      ensure.equal(await triggers.list(), [], 'triggers');
    },
  },
];

function plan(
  scene: Scene,
  side: Side,
  steps: number,
  direction: 'RISES_TO' | 'FALLS_TO',
  more: Partial<TriggerRequest> = {},
): TriggerRequest {
  const trigger = { kind: 'plan', price: scene.at(steps), direction } as const;
  return { symbol: scene.symbol, side, quantity: scene.q, trigger, ...more };
}

async function place(triggers: TriggerOrders, request: TriggerRequest): Promise<TriggerOrder> {
  const outcome = await triggers.create(request);
  const why = outcome.kind === 'rejected' ? ` ${outcome.reason}: ${outcome.message}` : '';
  ensure.that(outcome.kind === 'accepted', `a ${request.trigger.kind}: expected accepted, got ${outcome.kind}${why}`);
  return outcome.trigger;
}

async function withTriggers(
  context: Parameters<ExecutionCase['run']>[0],
): Promise<{ readonly scene: Scene; readonly triggers: TriggerOrders }> {
  const scene = await Scene.open(context);
  const { triggers } = scene.port;
  ensure.that(triggers !== null, 'the harness declares triggers, so the port has the facet');
  return { scene, triggers };
}
