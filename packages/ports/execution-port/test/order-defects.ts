import { Decimal, decimal, makeBalance, NotConnectedError } from '@prate/domain';
import type { ExecutionPort } from '../src/index.ts';
import { balance, type Defect, deaf, told } from './spoil.ts';

export const cancelDefects: readonly Defect[] = [
  {
    id: 'EX-X10',
    what: 'cancelled is said and nothing done',
    spoil: (port) => ({
      async cancelOrder(ref) {
        const order = await port.getOrder(ref);
        return order === null ? { kind: 'notFound' } : { kind: 'cancelled', order };
      },
    }),
  },
  {
    id: 'EX-X12',
    what: 'a client order id cancels all',
    spoil: (port) => ({
      async cancelOrder(ref) {
        const [first] = await port.cancelAllOrders(ref.symbol);
        return first?.outcome ?? { kind: 'notFound' };
      },
    }),
  },
  { id: 'EX-X20', what: 'a final order is notFound', spoil: cancel('alreadyFinal', { kind: 'notFound' }) },
  {
    id: 'EX-X30',
    what: 'an unknown order is unknown',
    spoil: cancel('notFound', { kind: 'unknown', cause: new NotConnectedError('no reply') }),
  },
  {
    id: 'EX-X40',
    what: 'a cancel forgets what was filled',
    spoil: told((order) => (order.status === 'CANCELLED' ? { ...order, filledQuantity: new Decimal(0) } : order)),
  },
  {
    id: 'EX-X50',
    what: 'cancelAllOrders cancels one',
    spoil: (port) => ({
      async cancelAllOrders(symbol) {
        const [order] = await port.getOpenOrders(symbol);
        if (order === undefined) return [];
        const ref = { symbol: order.symbol, orderId: order.id };
        return [{ ref, outcome: await port.cancelOrder(ref) }];
      },
    }),
  },
  {
    id: 'EX-X52',
    what: 'cancelAllOrders ignores the symbol',
    spoil: (port) => ({ cancelAllOrders: (_, options) => port.cancelAllOrders(undefined, options) }),
  },
  {
    id: 'EX-X60',
    what: 'an open order holds nothing',
    spoil: balance((one) => makeBalance({ ...one, available: one.available.plus(one.frozen), frozen: new Decimal(0) })),
  },
  deaf('EX-X90', 'cancelOrder', (port) => (ref) => port.cancelOrder(ref)),
  deaf('EX-X92', 'cancelAllOrders', (port) => (symbol) => port.cancelAllOrders(symbol)),
];

export const amendDefects: readonly Defect[] = [
  { id: 'EX-A10', what: 'amended is said and nothing done', spoil: amendInName },
  {
    id: 'EX-A12',
    what: 'the new quantity is taken for what remains',
    spoil: (port) => ({
      async amendOrder(ref, changes, options) {
        const filled = (await port.getOrder(ref))?.filledQuantity ?? 0;
        const quantity = changes.quantity === undefined ? undefined : decimal(changes.quantity).plus(filled);
        return port.amendOrder(ref, { ...changes, quantity }, options);
      },
    }),
  },
  { id: 'EX-A14', what: 'amended is said and nothing done', spoil: amendInName },
  { id: 'EX-A20', what: 'a refused change is told as amended', spoil: amendRefused },
  { id: 'EX-A22', what: 'a refused change is told as amended', spoil: amendRefused },
  { id: 'EX-A24', what: 'a refused change is told as amended', spoil: amendRefused },
  {
    id: 'EX-A30',
    what: 'a final order is notFound',
    spoil: (port) => ({
      async amendOrder(ref, changes, options) {
        const result = await port.amendOrder(ref, changes, options);
        return result.kind === 'alreadyFinal' ? { kind: 'notFound' } : result;
      },
    }),
  },
  deaf('EX-A90', 'amendOrder', (port) => (ref, changes) => port.amendOrder(ref, changes)),
];

export const queryDefects: readonly Defect[] = [
  { id: 'EX-Q10', what: 'a final order is forgotten', spoil: told((order) => (order.isActive ? order : null)) },
  {
    id: 'EX-Q20',
    what: 'open orders come newest first',
    spoil: (port) => ({ getOpenOrders: async (...all) => [...(await port.getOpenOrders(...all))].reverse() }),
  },
  {
    id: 'EX-Q24',
    what: 'an asset that is not there has the balance of another one',
    spoil: (port) => ({
      getBalance: (asset, options) => port.getBalance(asset === 'NO_SUCH_ASSET' ? undefined : asset, options),
    }),
  },
  {
    id: 'EX-Q30',
    what: 'an order in hand changes',
    spoil: (port) => ({
      async createOrder(one, options) {
        const feed = port.events();
        const result = await port.createOrder(one, options);
        if (result.kind !== 'accepted') return result;
        const live = { ...result.order };
        void (async () => {
          for await (const event of feed) if (event.kind === 'order') Object.assign(live, event.order);
        })();
        return { kind: 'accepted', order: live };
      },
    }),
  },
  deaf('EX-Q90', 'getOrder', (port) => (ref) => port.getOrder(ref)),
  deaf('EX-Q92', 'getOpenOrders', (port) => (symbol) => port.getOpenOrders(symbol)),
];

function cancel(kind: string, instead: Awaited<ReturnType<ExecutionPort['cancelOrder']>>) {
  return (port: ExecutionPort): Partial<ExecutionPort> => ({
    async cancelOrder(ref, options) {
      const result = await port.cancelOrder(ref, options);
      return result.kind === kind ? instead : result;
    },
  });
}

function amendInName(port: ExecutionPort): Partial<ExecutionPort> {
  return {
    async amendOrder(ref, changes) {
      const order = await port.getOrder(ref);
      if (order === null) return { kind: 'notFound' };
      return {
        kind: 'amended',
        order: { ...order, price: changes.price === undefined ? order.price : decimal(changes.price) },
      };
    },
  };
}

function amendRefused(port: ExecutionPort): Partial<ExecutionPort> {
  return {
    async amendOrder(ref, changes, options) {
      const result = await port.amendOrder(ref, changes, options);
      const order = await port.getOrder(ref);
      return result.kind === 'rejected' && order !== null ? { kind: 'amended', order } : result;
    },
  };
}
