import { AsyncQueue, type WhenFull } from '@prate/runtime';
import type { Listener, Subscription } from './subscription.ts';

export interface IterateOptions {
  /** How many items may wait. Default 1,024. */
  readonly capacity?: number | undefined;
  /** What happens when more wait. Default `'fail'`: nothing is lost without a word. */
  readonly whenFull?: WhenFull | undefined;
}

/**
 * Turns any stream into a `for await` loop with a bounded buffer; leaving the loop closes the subscription.
 * @example for await (const item of iterate<TradesItem>((listener) => market.trades(['BTC_USDT'], listener))) { … }
 */
export function iterate<Item>(
  subscribe: (listener: Listener<Item>) => Subscription,
  options: IterateOptions = {},
): AsyncIterableIterator<Item> {
  let subscription: Subscription | undefined;
  const queue = new AsyncQueue<Item>({
    capacity: options.capacity ?? 1024,
    whenFull: options.whenFull ?? 'fail',
    onEnd: () => subscription?.close(),
  });
  const started = subscribe((item) => queue.push(item));
  subscription = started;
  // a source that delivers while it subscribes may have ended the loop before it had the subscription to close
  if (queue.hasEnded) started.close();
  started.ready.catch((error: unknown) => queue.fail(error));
  started.done.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  return queue;
}
