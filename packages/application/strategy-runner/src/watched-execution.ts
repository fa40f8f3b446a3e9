import type { CloseOutcome, ExecutionPort } from '@prate/execution-port';

/**
 * The same port, whose refusals are told: a strategy that does not look at its outcomes would otherwise trade nothing
 * without a word. Nothing else of it changes.
 */
export function watchedExecution(port: ExecutionPort, onOutcome: (outcome: CloseOutcome) => void): ExecutionPort {
  const tell = <T extends CloseOutcome>(outcome: T): T => {
    onOutcome(outcome);
    return outcome;
  };
  const watched: Partial<ExecutionPort> = {
    createOrder: async (request, options) => tell(await port.createOrder(request, options)),
    createOrders: async (requests, options) => (await port.createOrders(requests, options)).map(tell),
    closePosition: async (request, options) => tell(await port.closePosition(request, options)),
  };
  return new Proxy(port, {
    get(target, name) {
      if (Object.hasOwn(watched, name)) return watched[name as keyof ExecutionPort];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
