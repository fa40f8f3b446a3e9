/** Ways to see a port through a defect. */
import type { makeBalance, Order, Position } from '@prate/domain';
import type { CreateOutcome, ExecutionEvent, ExecutionPort, OrderRequest } from '../src/index.ts';

export interface Defect {
  /** The case that must fail. */
  readonly id: string;
  readonly what: string;
  readonly spoil: (port: ExecutionPort) => Partial<ExecutionPort>;
}

type Rewrite = (request: OrderRequest) => Partial<Record<keyof OrderRequest, unknown>>;

/** The request is changed on its way. */
export const request =
  (rewrite: Rewrite) =>
  (port: ExecutionPort): Partial<ExecutionPort> => ({
    createOrder: (one, options) => port.createOrder({ ...one, ...rewrite(one) } as OrderRequest, options),
  });

/** The outcome of createOrder is changed on its way back. */
export const outcome =
  (rewrite: (outcome: CreateOutcome) => CreateOutcome) =>
  (port: ExecutionPort): Partial<ExecutionPort> => ({
    createOrder: async (one, options) => rewrite(await port.createOrder(one, options)),
  });

/** getOrder tells something else. */
export const told =
  (rewrite: (order: Order) => Order | null) =>
  (port: ExecutionPort): Partial<ExecutionPort> => ({
    async getOrder(ref, options) {
      const order = await port.getOrder(ref, options);
      return order === null ? null : rewrite(order);
    },
  });

export const position =
  (rewrite: (position: Position) => Position) =>
  (port: ExecutionPort): Partial<ExecutionPort> => ({
    getPositions: async (options) => (await port.getPositions(options)).map(rewrite),
    async getPosition(symbol, side, options) {
      const one = await port.getPosition(symbol, side, options);
      return one === null ? null : rewrite(one);
    },
  });

/** Events are changed, dropped or held back on their way. */
export const events =
  (rewrite: (source: AsyncIterable<ExecutionEvent>) => AsyncIterable<ExecutionEvent>) =>
  (port: ExecutionPort): Partial<ExecutionPort> => ({
    events: (options) => rewrite(port.events(options)),
  });

export const eachEvent = (rewrite: (event: ExecutionEvent) => ExecutionEvent | null) =>
  events(async function* (source) {
    for await (const event of source) {
      const changed = rewrite(event);
      if (changed !== null) yield changed;
    }
  });

export const fill = (rewrite: (trade: Extract<ExecutionEvent, { kind: 'fill' }>['trade']) => object) =>
  eachEvent((event) =>
    event.kind === 'fill' ? { kind: 'fill', trade: { ...event.trade, ...rewrite(event.trade) } } : event,
  );

export const settings =
  (change: (facet: NonNullable<ExecutionPort['settings']>) => Partial<NonNullable<ExecutionPort['settings']>>) =>
  (port: ExecutionPort): Partial<ExecutionPort> =>
    port.settings === null ? {} : { settings: { ...port.settings, ...change(port.settings) } };

export const history =
  (change: (facet: NonNullable<ExecutionPort['history']>) => Partial<NonNullable<ExecutionPort['history']>>) =>
  (port: ExecutionPort): Partial<ExecutionPort> =>
    port.history === null ? {} : { history: { ...port.history, ...change(port.history) } };

/** The method, called without the signal that it was given. */
export const deaf = <K extends keyof ExecutionPort>(
  id: string,
  method: K,
  call: (port: ExecutionPort) => ExecutionPort[K],
): Defect => ({
  id,
  what: `${String(method)} ignores the signal`,
  spoil: (port) => ({ [method]: call(port) }) as Partial<ExecutionPort>,
});

export function balance(rewrite: (one: ReturnType<typeof makeBalance>) => ReturnType<typeof makeBalance>) {
  return (port: ExecutionPort): Partial<ExecutionPort> => ({
    getBalance: async (...all) => rewrite(await port.getBalance(...all)),
    getBalances: async (...all) => (await port.getBalances(...all)).map(rewrite),
  });
}
