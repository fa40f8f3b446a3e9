import type { CloseOutcome, ExecutionPort } from '@prate/execution-port';

export interface ExecutionWatch {
  /** A method of the port or of its facets is called: something may be under way from here. */
  onCall(method: PropertyKey): void;
  /** Why the account may not be told this; null where it may. Default: it may be told anything. */
  refusal?(method: PropertyKey): Error | null;
  onOutcome(outcome: CloseOutcome): void;
}

/**
 * The same port, whose calls are noticed, and whose refusals are told: a strategy that does not look at its outcomes would
 * otherwise trade nothing without a word. Nothing else of it changes.
 */
export function watchedExecution(port: ExecutionPort, watch: ExecutionWatch): ExecutionPort {
  const tell = <T extends CloseOutcome>(outcome: T): T => {
    watch.onOutcome(outcome);
    return outcome;
  };
  const telling: Partial<ExecutionPort> = {
    createOrder: async (request, options) => tell(await port.createOrder(request, options)),
    createOrders: async (requests, options) => (await port.createOrders(requests, options)).map(tell),
    closePosition: async (request, options) => tell(await port.closePosition(request, options)),
  };
  return noticed(port, watch, telling, ['settings', 'triggers', 'history']);
}

type Method = (...args: unknown[]) => unknown;

/** @param facets properties that hold more methods */
function noticed<T extends object>(
  real: T,
  watch: ExecutionWatch,
  instead: Partial<T> = {},
  facets: readonly PropertyKey[] = [],
): T {
  const known = new WeakMap<object, object>();
  const wrapped = (name: PropertyKey, value: object): object => {
    if (typeof value !== 'function') return noticed(value, watch);
    return (...args: unknown[]): unknown => {
      watch.onCall(name);
      const refusal = watch.refusal?.(name) ?? null;
      if (refusal !== null) return Promise.reject(refusal);
      return (value as Method).apply(real, args);
    };
  };
  // in front of an object that only inherits: what is frozen in the real one may be given another face
  return new Proxy(Object.create(real) as T, {
    get(_, name) {
      const value: unknown = Object.hasOwn(instead, name) ? instead[name as keyof T] : Reflect.get(real, name, real);
      if (typeof value !== 'function' && !(facets.includes(name) && typeof value === 'object' && value !== null))
        return value;
      const wrapper = known.get(value) ?? wrapped(name, value);
      known.set(value, wrapper);
      return wrapper;
    },
  });
}
