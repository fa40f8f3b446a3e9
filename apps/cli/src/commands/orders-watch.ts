import { PositionMode } from '@prate/domain';
import type { ExecutionEvent, ExecutionPort } from '@prate/execution-port';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { onVenue } from '../on-venue.ts';
import type { Result } from '../open-venue.ts';
import { orderText } from '../order-text.ts';
import { PaperFollower } from '../paper/paper-follower.ts';
import { lineOf } from '../parity/lines.ts';
import { formatTime } from '../times.ts';
import type { VenueFlags } from '../venue-options.ts';

export interface WatchOptions extends VenueFlags {
  /** Ends it after so many ms. */
  readonly for?: number;
}

/** Prints what happens to the account: first how it stands, then each event as it comes. Ends with 0 when stopped. */
export async function watchOrders(io: Io, options: WatchOptions): Promise<ExitCode> {
  if (options.venue === 'mexc') {
    const { json, ...flags } = options;
    return onVenue(io, flags, null, ({ execution, signal }) =>
      watch(io, options, { execution, follow: (ended) => execution.events({ signal: ended }), signal }),
    );
  }
  const follower = await PaperFollower.open(io, options);
  try {
    const { execution } = follower;
    return (await watch(io, options, { execution, follow: (ended) => follower.events(ended), signal: io.signal })).code;
  } finally {
    await follower.end();
  }
}

interface Watched {
  readonly execution: ExecutionPort;
  readonly signal: AbortSignal;
  /** Hot from the call on. */
  follow(ended: AbortSignal): AsyncIterable<ExecutionEvent>;
}

async function watch(io: Io, { json, for: duration }: WatchOptions, watched: Watched): Promise<Result> {
  const { execution, signal } = watched;
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const print = (event: Printed): Promise<void> => io.write(json ? lineOf(io.clock.nowMs(), event) : textOf(io, event));
  // nothing is lost between how it stands and what comes
  const events = watched.follow(ended);
  if (duration !== undefined) {
    io.clock.sleep(duration, ended).then(
      () => over.abort(),
      () => {},
    );
  }
  try {
    if (json) await print({ kind: 'start', venue: execution.venue });
    else io.warn(`watching the account at ${execution.venue}, until Ctrl-C\n`);
    for (const event of await standing(execution, ended)) await print(event);
    for await (const event of events) await print(event);
  } catch (error) {
    if (!ended.aborted) throw error;
  } finally {
    over.abort();
  }
  if (json) await print({ kind: 'end' });
  return { code: ExitCode.OK, document: {}, text: '' };
}

type Printed = ExecutionEvent | { readonly kind: 'start'; readonly venue: string } | { readonly kind: 'end' };

/** How the account stands, as events. */
async function standing(execution: ExecutionPort, signal: AbortSignal): Promise<ExecutionEvent[]> {
  const [orders, positions, balances, mode] = await Promise.all([
    execution.getOpenOrders(undefined, { signal }),
    execution.getPositions({ signal }),
    execution.getBalances({ signal }),
    execution.settings?.getPositionMode({ signal }) ?? PositionMode.ONE_WAY,
  ]);
  const isHedge = mode === PositionMode.HEDGE;
  return [
    ...balances.map((balance) => ({ kind: 'balance' as const, balance })),
    ...positions.map((position) => {
      const positionSide = isHedge ? position.positionSide : null;
      return { kind: 'position' as const, symbol: position.symbol, positionSide, position };
    }),
    ...orders.map((order) => ({ kind: 'order' as const, order })),
  ];
}

const textOf = (io: Io, event: Printed): string =>
  `${formatTime(io.clock.nowMs()).padEnd(23)}  ${event.kind.padEnd(8)}  ${wordsOf(event)}\n`;

function wordsOf(event: Printed): string {
  switch (event.kind) {
    case 'order':
      return orderText(event.order);
    case 'fill': {
      const { side, quantity, symbol, price, liquidity, fee, realizedPnl, orderId } = event.trade;
      return `${side} ${quantity} ${symbol} at ${price} as ${liquidity.toLowerCase()}, fee ${fee.amount} ${fee.asset}, profit ${realizedPnl}, order ${orderId}`;
    }
    case 'position': {
      const { symbol, position } = event;
      if (position === null) return `${symbol} closed`;
      const { positionSide, quantity, entryPrice, leverage, unrealizedPnl } = position;
      return `${positionSide} ${quantity} ${symbol} from ${entryPrice}, ${leverage}x, open profit ${unrealizedPnl}`;
    }
    case 'balance': {
      const { asset, available, frozen, positionMargin, equity } = event.balance;
      return `${asset}: available ${available}, frozen ${frozen}, margin ${positionMargin}, equity ${equity}`;
    }
    case 'gap':
      return `nothing is known from ${formatTime(event.fromMs)} to ${formatTime(event.toMs)} UTC`;
    case 'start':
    case 'end':
      return '';
  }
}
