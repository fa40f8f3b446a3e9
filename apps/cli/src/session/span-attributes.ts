import type { Attributes } from '@opentelemetry/api';
import type { PrateError } from '@prate/domain';
import type {
  AccountHistory,
  AccountSettings,
  ExecutionPort,
  HistoryQuery,
  OrderRef,
  OrderRequest,
  TriggerOrders,
} from '@prate/execution-port';

/** What the span of each call says of its arguments. Every call that asks or changes is here, or it does not compile. */
type Calls<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => Promise<unknown> ? K : never]: T[K] extends (
    ...args: infer A
  ) => unknown
    ? (...args: A) => Attributes
    : never;
};

const nothing = (): Attributes => ({});
const ofSymbol = (symbol?: string): Attributes => ({ 'prate.symbol': symbol });
const ofQuery = ({ symbol }: HistoryQuery): Attributes => ofSymbol(symbol);
const ofOrder = (ref: OrderRef): Attributes => ({
  ...ofSymbol(ref.symbol),
  ...('orderId' in ref ? { 'prate.order.id': ref.orderId } : { 'prate.order.client_id': ref.clientOrderId }),
});
const ofRequest = ({ symbol, side, type }: OrderRequest): Attributes => ({
  ...ofSymbol(symbol),
  ...{ 'prate.side': side, 'prate.order.type': type },
});

export const PORT_CALLS: Calls<ExecutionPort> = {
  connect: nothing,
  disconnect: nothing,
  createOrder: ofRequest,
  createOrders: (requests) => ({ 'prate.requests': requests.length }),
  amendOrder: ofOrder,
  cancelOrder: ofOrder,
  cancelAllOrders: ofSymbol,
  getOrder: ofOrder,
  getOpenOrders: ofSymbol,
  getPositions: nothing,
  getPosition: ofSymbol,
  closePosition: ({ symbol }) => ofSymbol(symbol),
  getBalance: nothing,
  getBalances: nothing,
};
export const SETTINGS_CALLS: Calls<AccountSettings> = {
  getLeverage: ofSymbol,
  setLeverage: ofSymbol,
  setMarginMode: ofSymbol,
  getPositionMode: nothing,
  setPositionMode: nothing,
  addMargin: ofSymbol,
  removeMargin: ofSymbol,
};
export const TRIGGERS_CALLS: Calls<TriggerOrders> = {
  create: ({ symbol, side, trigger }) => ({
    ...ofSymbol(symbol),
    ...{ 'prate.side': side, 'prate.trigger.kind': trigger.kind },
  }),
  cancel: (symbol, id) => ({ ...ofSymbol(symbol), 'prate.trigger.id': id }),
  cancelAll: ofSymbol,
  list: ofSymbol,
};
export const HISTORY_CALLS: Calls<AccountHistory> = {
  getOrders: ofQuery,
  getTrades: ofQuery,
  getFundingPayments: ofQuery,
  getFees: ofSymbol,
};

interface Outcome {
  readonly kind?: string;
  readonly order?: { readonly id: string };
  readonly trigger?: { readonly id: string };
  readonly reason?: string;
  readonly cause?: PrateError;
}

/** What any call of the port comes to; of several outcomes, which kinds there are. */
export function ofResult(result: unknown): Attributes {
  if (!Array.isArray(result)) return ofOutcome((result ?? {}) as Outcome);
  const outcomes = result.map((item: Outcome & { readonly outcome?: Outcome }) => item.outcome ?? item);
  const kinds = new Set(outcomes.flatMap(({ kind }) => kind ?? []));
  const unknown = outcomes.find(({ kind }) => kind === 'unknown');
  return {
    ...(unknown === undefined ? {} : ofOutcome(unknown)),
    ...{ 'prate.results': result.length, 'prate.outcome': [...kinds].sort().join(',') },
  };
}

function ofOutcome({ kind, order, trigger, reason, cause }: Outcome): Attributes {
  if (kind === undefined) return {};
  return {
    ...{ 'prate.outcome': kind, 'prate.order.id': order?.id, 'prate.trigger.id': trigger?.id },
    ...{ 'prate.reject.reason': reason, ...(cause === undefined ? {} : ofError(cause)) },
  };
}

export function ofError(error: unknown): Attributes {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return {
    'error.type': [code, name].find((word) => typeof word === 'string' && word !== '') ?? typeof error,
  } as Attributes;
}
