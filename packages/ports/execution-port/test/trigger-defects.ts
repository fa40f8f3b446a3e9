import { Decimal } from '@prate/domain';
import type { ExecutionPort, Trigger, TriggerOrders, TriggerRequest } from '../src/index.ts';
import type { Defect } from './spoil.ts';

const triggers =
  (change: (facet: TriggerOrders) => Partial<TriggerOrders>) =>
  (port: ExecutionPort): Partial<ExecutionPort> =>
    port.triggers === null ? {} : { triggers: { ...port.triggers, ...change(port.triggers) } };

const requested = (rewrite: (request: TriggerRequest) => Partial<TriggerRequest>) =>
  triggers((facet) => ({ create: (one, options) => facet.create({ ...one, ...rewrite(one) }, options) }));

const retriggered = (rewrite: (trigger: Trigger) => object) =>
  requested(({ trigger }) => ({ trigger: { ...trigger, ...rewrite(trigger) } as Trigger }));

export const triggerDefects: readonly Defect[] = [
  {
    id: 'EX-G10',
    what: 'the quantity is doubled',
    spoil: requested(({ quantity }) => ({ quantity: new Decimal(quantity).mul(2) })),
  },
  {
    id: 'EX-G12',
    what: 'rising and falling are mixed up, so it has fired before',
    spoil: retriggered(() => ({ price: 1 })),
  },
  { id: 'EX-G14', what: 'the limit price is forgotten', spoil: requested(() => ({ limitPrice: undefined })) },
  {
    id: 'EX-G20',
    what: 'quantities are cut to whole lots',
    spoil: requested(({ quantity }) => ({ quantity: new Decimal(quantity).toDecimalPlaces(2, Decimal.ROUND_DOWN) })),
  },
  {
    id: 'EX-G30',
    what: 'a take-profit waits for another price',
    spoil: retriggered(({ kind }) => (kind === 'takeProfit' ? { price: 1_000_000 } : {})),
  },
  {
    id: 'EX-G32',
    what: 'a stop is sent as a plan',
    spoil: retriggered(({ kind }) => (kind === 'stop' ? { kind: 'plan' } : {})),
  },
  {
    id: 'EX-G34',
    what: 'the callback is a percentage',
    spoil: retriggered((trigger) =>
      trigger.kind === 'trailing' ? { callback: new Decimal(trigger.callback).div(100) } : {},
    ),
  },
  {
    id: 'EX-G40',
    what: 'a cancel does nothing',
    spoil: triggers(() => ({ cancel: async () => ({ kind: 'cancelled' }) })),
  },
  {
    id: 'EX-G50',
    what: 'cancelAll forgets the last one',
    spoil: triggers((facet) => ({ cancelAll: async (...all) => (await facet.cancelAll(...all)).slice(0, -1) })),
  },
  {
    id: 'EX-G90',
    what: 'list ignores the signal',
    spoil: triggers((facet) => ({ list: (symbol) => facet.list(symbol) })),
  },
];
