import type { ExecutionEvent } from '@prate/execution-port';

/** Of which symbol an event of the account is; null of the account as a whole. */
export function symbolOf(event: ExecutionEvent): string | null {
  switch (event.kind) {
    case 'order':
      return event.order.symbol;
    case 'fill':
      return event.trade.symbol;
    case 'position':
      return event.symbol;
    default:
      return null;
  }
}
