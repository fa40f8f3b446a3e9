import { Decimal, decimal } from '@prate/domain';
import type { CreateOutcome } from '../src/index.ts';
import { type Defect, deaf, outcome, request, told } from './spoil.ts';

export const createDefects: readonly Defect[] = [
  { id: 'EX-C10', what: 'getOrder tells another side', spoil: told((order) => ({ ...order, side: 'SELL' })) },
  {
    id: 'EX-C20',
    what: 'a quantity is rounded in silence',
    spoil: request((one) => ({ quantity: decimal(one.quantity ?? 0).toDecimalPlaces(2) })),
  },
  {
    id: 'EX-C25',
    what: 'the minimum is ordered instead of less',
    spoil: request((one) => ({ quantity: Decimal.max('0.02', one.quantity ?? 0) })),
  },
  {
    id: 'EX-C28',
    what: 'text is read as some quantity',
    spoil: request((one) => (one.quantity === 'one' ? { quantity: 1 } : {})),
  },
  {
    id: 'EX-C30',
    what: 'a price is rounded in silence',
    spoil: request((one) => ({ price: one.price && decimal(one.price).toDecimalPlaces(2) })),
  },
  {
    id: 'EX-C32',
    what: 'a missing price is made up',
    spoil: request((one) => ({ price: one.type === 'LIMIT' ? (one.price ?? 1900) : one.price })),
  },
  {
    id: 'EX-C34',
    what: 'the price of a market order is dropped',
    spoil: request((one) => (one.type === 'MARKET' ? { price: undefined } : {})),
  },
  {
    id: 'EX-C40',
    what: 'a made client order id has a space',
    spoil: outcome((one) =>
      one.kind === 'accepted' ? { ...one, order: { ...one.order, clientOrderId: 'a b' } } : one,
    ),
  },
  {
    id: 'EX-C42',
    what: 'a rejection forgets the client order id',
    spoil: outcome((one) => (one.kind === 'rejected' ? { ...one, clientOrderId: '' } : one)),
  },
  {
    id: 'EX-C44',
    what: 'a duplicate gets another client order id',
    spoil: (port) => ({
      async createOrder(one, options) {
        const first = await port.createOrder(one, options);
        const again = first.kind === 'rejected' && first.reason === 'DUPLICATE_CLIENT_ORDER_ID';
        return again ? port.createOrder({ ...one, clientOrderId: undefined }, options) : first;
      },
    }),
  },
  {
    id: 'EX-C46',
    what: 'an illegal client order id is cut to size',
    spoil: request((one) => ({ clientOrderId: one.clientOrderId?.slice(0, 32) })),
  },
  { id: 'EX-C50', what: 'an unknown symbol becomes a known one', spoil: request(() => ({ symbol: 'ETH_USDT' })) },
  {
    id: 'EX-C55',
    what: 'of two amounts one is taken',
    spoil: request((one) => (one.quantity === undefined ? {} : { quoteQuantity: undefined })),
  },
  {
    id: 'EX-C60',
    what: 'an order is cut to what can be paid for',
    spoil: request((one) => ({ quantity: Decimal.min(one.quantity ?? 0, 1) })),
  },
  {
    id: 'EX-C65',
    what: 'a leverage is cut to what is allowed',
    spoil: request((one) => ({
      leverage: one.leverage === undefined ? undefined : Math.min(20, Math.max(1, one.leverage)),
    })),
  },
  {
    id: 'EX-C70',
    what: 'an order type is taken that the capabilities deny',
    spoil: (port) => ({ capabilities: { ...port.capabilities, orderTypes: ['LIMIT', 'MARKET'] } }),
  },
  {
    id: 'EX-C75',
    what: 'createOrders stops at the first rejection',
    spoil: (port) => ({
      async createOrders(requests, options) {
        const outcomes: CreateOutcome[] = [];
        for (const one of requests) {
          outcomes.push(await port.createOrder(one, options));
          if (outcomes.at(-1)?.kind === 'rejected') break;
        }
        return outcomes;
      },
    }),
  },
  deaf('EX-C90', 'createOrder', (port) => (one) => port.createOrder(one)),
  deaf('EX-C92', 'createOrders', (port) => (all) => port.createOrders(all)),
  {
    id: 'EX-C95',
    what: 'a lost reply is told as a rejection',
    spoil: outcome((one) =>
      one.kind === 'unknown'
        ? { kind: 'rejected', reason: 'OTHER', message: 'timeout', clientOrderId: one.clientOrderId }
        : one,
    ),
  },
];
