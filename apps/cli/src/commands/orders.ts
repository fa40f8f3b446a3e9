import { type Order, PrateError } from '@prate/domain';
import type { ExecutionPort, OrderRef, OrderRequest } from '@prate/execution-port';
import { assertInstrument } from '../assert-there.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { prateCommand } from '../next-steps.ts';
import { facetOf, onVenue } from '../on-venue.ts';
import type { OpenVenue, Result } from '../open-venue.ts';
import { cancelText, createText, EXIT_CODES, ordersTable, orderText, outcomeDocument } from '../order-text.ts';
import { labelled } from '../report-text.ts';
import { UsageError } from '../usage-error.ts';
import {
  type ChangeFlags,
  type CreateOptions,
  type HistoryOptions,
  queryOf,
  type RefOptions,
  type VenueFlags,
} from '../venue-options.ts';

/** How far a paper account looks ahead after an order, in market time. */
const PAPER_WAIT_MS = 60_000;

/** One order; on paper also what will become of it. */
export function createOrder(io: Io, options: CreateOptions): Promise<ExitCode> {
  const request = requestOf(options);
  const find = `${prateCommand(io)} orders get --venue ${options.venue} --symbol ${options.symbol}`;
  return onVenue(io, options, 'this order', async (venue) => {
    const outcome = await venue.execution.createOrder(request, { signal: venue.signal });
    const later =
      outcome.kind === 'accepted' && venue.ahead !== null ? await laterOf(venue.ahead, outcome.order) : null;
    return {
      code: EXIT_CODES[outcome.kind],
      document: { ...outcomeDocument(outcome), ...(later === null ? {} : { later }) },
      text: createText(outcome, find) + (later === null ? '' : laterText(later)),
    };
  });
}

export function cancelOrder(io: Io, options: RefOptions): Promise<ExitCode> {
  const ref = refOf(options);
  return onVenue(io, options, 'this cancel', async ({ execution, signal }) => {
    const outcome = await execution.cancelOrder(ref, { signal });
    return { code: EXIT_CODES[outcome.kind], document: outcomeDocument(outcome), text: cancelText(outcome) };
  });
}

export interface CancelAllOptions extends ChangeFlags {
  readonly symbol?: string;
  /** Trigger, stop-loss and take-profit orders too. */
  readonly triggers?: true;
}

/** Ends with 3 where it is not known of everything that it is gone. Triggers that were not asked for are counted. */
export function cancelAllOrders(io: Io, options: CancelAllOptions): Promise<ExitCode> {
  const { symbol } = options;
  return onVenue(io, options, 'this cancel of all orders', async (venue) => {
    const { execution, signal } = venue;
    const facet = options.triggers ? facetOf(execution, 'triggers') : null;
    const orders = await execution.cancelAllOrders(symbol, { signal });
    const triggers = await facet?.cancelAll(symbol, { signal });
    const left = facet === null ? await triggersLeft(execution, symbol, signal) : null;
    if (orders.length === 0 && !triggers?.length) await assertInstrument(venue, symbol);
    const isOpen = [...orders, ...(triggers ?? [])].some(({ outcome }) => outcome.kind === 'unknown');
    return {
      code: isOpen ? ExitCode.PARTIAL : ExitCode.OK,
      document: {
        orders: orders.map(({ ref, outcome }) => ({ ref, outcome: outcomeDocument(outcome) })),
        ...(triggers === undefined
          ? {}
          : { triggers: triggers.map(({ id, outcome }) => ({ id, outcome: outcomeDocument(outcome) })) }),
        ...(left === null ? {} : { triggersLeft: left }),
      },
      text: [
        orders.length === 0 ? 'no open orders\n' : orders.map(({ outcome }) => cancelText(outcome)).join(''),
        ...(triggers ?? []).map(({ id, outcome }) => `trigger ${id}: ${outcome.kind}\n`),
        left !== null && left !== 0 ? `${leftText(left)}: --triggers cancels them too\n` : '',
      ].join(''),
    };
  });
}

const leftText = (left: number | string): string =>
  typeof left === 'number' ? `${counted(left, 'trigger order')} left` : `trigger orders may be left (${left})`;

/** How many; where they cannot be listed why, since what was cancelled is told in any case. */
async function triggersLeft(
  { triggers }: ExecutionPort,
  symbol: string | undefined,
  signal: AbortSignal,
): Promise<number | string> {
  try {
    return (await triggers?.list(symbol, { signal }))?.length ?? 0;
  } catch (error) {
    if (PrateError.is(error) && !signal.aborted) return error.message;
    throw error;
  }
}

export function listOrders(io: Io, options: VenueFlags & { readonly symbol?: string }): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) =>
    ordersResult(io, venue, options, await venue.execution.getOpenOrders(options.symbol, { signal: venue.signal })),
  );
}

export function getOrder(io: Io, options: RefOptions): Promise<ExitCode> {
  const ref = refOf(options);
  return onVenue(io, options, null, async ({ execution, signal }) => {
    const order = await execution.getOrder(ref, { signal });
    return {
      code: order === null ? ExitCode.FAILED : ExitCode.OK,
      document: { order },
      text: order === null ? 'the venue knows no such order\n' : `${orderText(order)}\n`,
    };
  });
}

/** Orders that are final, newest first. */
export function orderHistory(io: Io, options: HistoryOptions): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) => {
    const history = facetOf(venue.execution, 'history');
    return ordersResult(io, venue, options, await history.getOrders(queryOf(options), { signal: venue.signal }));
  });
}

async function ordersResult(
  io: Io,
  venue: OpenVenue,
  { symbol }: { readonly symbol?: string },
  orders: readonly Order[],
): Promise<Result> {
  if (orders.length === 0) await assertInstrument(venue, symbol);
  return { code: ExitCode.OK, document: { orders }, text: ordersTable(orders, io.colors) };
}

/** What the flags ask for; what the venue makes of it is the venue's to say. */
function requestOf(options: CreateOptions): OrderRequest {
  const { symbol, side, type, quantity, quoteQuantity, price, leverage, clientOrderId, positionSide } = options;
  if ((quantity === undefined) === (quoteQuantity === undefined)) {
    throw new UsageError('say how much: either --quantity (base asset) or --quote-quantity (what it costs)');
  }
  if ((type === 'MARKET') === (price !== undefined)) {
    throw new UsageError(type === 'MARKET' ? 'a market order has no --price' : 'this order needs a --price');
  }
  return {
    ...{ symbol, side, type, price, leverage, clientOrderId, positionSide },
    ...(quantity === undefined ? { quoteQuantity: quoteQuantity as string } : { quantity }),
    marginMode: options.margin,
    reduceOnly: options.reduceOnly,
    stopLoss: options.stopLoss === undefined ? undefined : { triggerPrice: options.stopLoss },
    takeProfit: options.takeProfit === undefined ? undefined : { triggerPrice: options.takeProfit },
  };
}

function refOf({ symbol, id, clientOrderId }: RefOptions): OrderRef {
  if (id !== undefined && clientOrderId === undefined) return { symbol, orderId: id };
  if (id === undefined && clientOrderId !== undefined) return { symbol, clientOrderId };
  throw new UsageError('say which order: either --id or --client-order-id');
}

type Later = Awaited<ReturnType<typeof laterOf>>;

/** What a made-up market will do to the order in the minute after it. */
async function laterOf(ahead: NonNullable<OpenVenue['ahead']>, { symbol, id }: Order) {
  const execution = await ahead(PAPER_WAIT_MS);
  const order = (await execution.getOrder({ symbol, orderId: id })) as Order;
  return {
    seconds: PAPER_WAIT_MS / 1000,
    order,
    positions: await execution.getPositions(),
    balance: await execution.getBalance(),
  };
}

const laterText = ({ seconds, order, positions, balance }: Later): string =>
  `${seconds} s of market time later, on paper and made-up prices:\n${labelled([
    ['order', `${order.status}, filled ${order.filledQuantity} at ${order.averagePrice ?? '-'}`],
    ...positions.map(({ positionSide, quantity, symbol, entryPrice }): [string, string] => [
      'position',
      `${positionSide} ${quantity} ${symbol} from ${entryPrice}`,
    ]),
    ['equity', `${balance.equity.toDecimalPlaces(6)} ${balance.asset}`],
  ])}`;
