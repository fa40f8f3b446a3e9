import type { Order } from '@prate/domain';
import type {
  CancelOutcome,
  CreateOutcome,
  Rejected,
  TriggerCancelOutcome,
  TriggerOutcome,
} from '@prate/execution-port';
import { ExitCode } from './exit-codes.ts';
import { formatTime } from './times.ts';
import { rowsText } from './write-candles.ts';

/** What an outcome is to a script. An order that had ended, or that nobody knows, was not cancelled. */
export const EXIT_CODES: Readonly<Record<CreateOutcome['kind'] | CancelOutcome['kind'], ExitCode>> = {
  accepted: ExitCode.OK,
  cancelled: ExitCode.OK,
  rejected: ExitCode.FAILED,
  alreadyFinal: ExitCode.FAILED,
  notFound: ExitCode.FAILED,
  unknown: ExitCode.PARTIAL,
};

/** An outcome as JSON: an error as code and message, decimals and ids as texts. */
export const outcomeDocument = (
  outcome: CreateOutcome | CancelOutcome | TriggerOutcome | TriggerCancelOutcome,
): object =>
  outcome.kind === 'unknown'
    ? { ...outcome, cause: { code: outcome.cause.code, message: outcome.cause.message } }
    : outcome;

export const rejectedText = ({ reason, message }: Rejected): string =>
  `rejected, not on the book: ${reason}: ${message}\n`;

/** @param found how to look the order up again, where its reply was lost */
export function createText(outcome: CreateOutcome, found: string): string {
  switch (outcome.kind) {
    case 'accepted':
      return `accepted: ${orderText(outcome.order)}\n`;
    case 'rejected':
      return rejectedText(outcome);
    case 'unknown':
      return `unknown: it may be on the book (${outcome.cause.message})\n  do not send it again, look it up: ${found} --client-order-id ${outcome.clientOrderId}\n`;
  }
}

export function cancelText(outcome: CancelOutcome): string {
  switch (outcome.kind) {
    case 'cancelled':
      return `cancelled: ${orderText(outcome.order)}\n`;
    case 'alreadyFinal':
      return `not cancelled, it had ended before: ${orderText(outcome.order)}\n`;
    case 'notFound':
      return 'not cancelled: the venue knows no such order\n';
    case 'unknown':
      return `unknown: it may be cancelled, or not (${outcome.cause.message}); a cancel may be repeated\n`;
  }
}

/** `BUY LIMIT 0.001 BTC_USDT at 80000, NEW, id 7 (client id a)`. */
export function orderText(order: Order): string {
  const { side, type, quantity, symbol, price, status, filledQuantity, averagePrice, id, clientOrderId } = order;
  const at = price === null ? '' : ` at ${price}`;
  const filled = filledQuantity.isZero() ? '' : `, filled ${filledQuantity} at ${averagePrice ?? '?'} on average`;
  const own = clientOrderId === '' ? '' : ` (client id ${clientOrderId})`;
  return `${side} ${type} ${quantity} ${symbol}${at}, ${status}${filled}, id ${id}${own}`;
}

export function ordersTable(orders: readonly Order[], colors: boolean): string {
  const head = ['created (UTC)', 'id', 'client id', 'symbol', 'side', 'type', 'price', 'quantity', 'filled', 'status'];
  const rows = orders.map((order) => {
    const { createdAt, id, clientOrderId, symbol, side, type, price, quantity, filledQuantity, status } = order;
    return [
      ...[formatTime(createdAt), id, clientOrderId, symbol, side, type],
      ...[price?.toString() ?? '', quantity.toString(), filledQuantity.toString(), status],
    ];
  });
  return rowsText(head, rows, 'no orders', { colors, left: 6 });
}
