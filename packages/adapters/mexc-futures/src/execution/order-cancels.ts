import { type Order, PrateError } from '@prate/domain';
import type { CancelOutcome, CancelResult, OrderRef, Unknown } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { checkExternalId, checkObject, checkOrderId, checkSymbol, checkSymbolOrAll } from '../check-arguments.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { WriteResult } from '../rest/outcome.ts';
import { WireOrderState } from '../wire/enums.ts';
import { provesNothing } from '../wire/error-codes.ts';
import type { WireCancelItem, WireOrder } from '../wire/orders.ts';
import { isFinalOrder } from '../ws/account-state.ts';
import type { OrderLookup } from './order-lookup.ts';
import { refusedError, rejectedBy, urgently } from './refusals.ts';

const CANCEL = 'order/cancel';
const CANCEL_ALL = 'order/cancel_all';
const NO_SUCH_ORDER = 2040;

/** MEXC took the cancel, or lost its reply, and its queries do not show the order's end. */
export class UnsettledOrderError extends PrateError {
  readonly code = 'UNSETTLED';
  override readonly retryable = true;
}

/** MEXC only accepts a cancel, and a fill may still win: what became of an order is what its own record says afterwards. */
export class OrderCancels {
  readonly #rest: MexcRest;
  readonly #lookup: OrderLookup;

  constructor(rest: MexcRest, lookup: OrderLookup) {
    this.#rest = rest;
    this.#lookup = lookup;
  }

  /** @throws where the cancel was certainly not sent, or the key was refused */
  async cancel(ref: OrderRef, options?: CallOptions): Promise<CancelOutcome> {
    checkRef(ref);
    const result = await this.#send(ref, options);
    // a refusal of the whole call is an item's refusal where the call names one order
    const code =
      result.kind === 'refused' ? result.code : result.kind === 'ok' ? (result.data?.[0]?.errorCode ?? 0) : null;
    if (result.kind === 'refused' && code !== NO_SUCH_ORDER) rejectedBy(CANCEL, result);
    const cause =
      result.kind === 'unknown'
        ? result.cause
        : code === 0
          ? new UnsettledOrderError('MEXC accepted the cancel, but does not show the order as final yet')
          : refusedError(CANCEL, { kind: 'refused', code: code ?? 0, message: messageOf(result) });
    return await this.#outcome(ref, code, cause, options);
  }

  /** @throws as `cancel`, and where the open orders cannot be read or MEXC refuses */
  async cancelAll(symbol: string | undefined, options?: CallOptions): Promise<readonly CancelResult[]> {
    checkSymbolOrAll(symbol);
    const before = await this.#lookup.open(symbol, urgently(options));
    // also where none is seen: one that was just created may not show yet
    const result = await this.#rest.orders.cancelAll(symbol, options);
    if (result.kind === 'refused') throw refusedError(CANCEL_ALL, result);
    const cause =
      result.kind === 'unknown'
        ? result.cause
        : new UnsettledOrderError('MEXC accepted the cancel of all, but still shows this order as open');
    const now = await this.#settledAll(before, options).catch((error: unknown) => {
      if (options?.signal?.aborted === true || PrateError.is(error)) return new Map<string, WireOrder>();
      throw error;
    });
    return await Promise.all(
      before.map(async ({ symbol: ofSymbol, orderId }) => {
        const ref = { symbol: ofSymbol, orderId };
        const wire = now.get(orderId);
        if (wire === undefined || !isFinalOrder(wire)) return { ref, outcome: { kind: 'unknown', cause } };
        const outcome = await this.#lookup.decode(wire).then(
          (order): CancelOutcome => ({ kind: endOf(wire), order }),
          (error: unknown) => unread(error, cause),
        );
        return { ref, outcome };
      }),
    );
  }

  /** The orders as they are, looked at until all of them are final, or for some seconds. */
  async #settledAll(orders: readonly WireOrder[], options?: CallOptions): Promise<ReadonlyMap<string, WireOrder>> {
    const now = new Map<string, WireOrder>();
    let left = orders;
    await this.#lookup.until(async () => {
      for (const [id, order] of await this.#lookup.again(left, urgently(options))) now.set(id, order);
      left = left.filter(({ orderId }) => !isFinal(now.get(orderId)));
      return left.length === 0;
    }, options);
    return now;
  }

  #send(ref: OrderRef, options?: CallOptions): Promise<WriteResult<readonly WireCancelItem[] | null>> {
    return 'orderId' in ref
      ? this.#rest.orders.cancel([ref.orderId], options)
      : this.#rest.orders.cancelByExternal([{ symbol: ref.symbol, externalOid: ref.clientOrderId }], options);
  }

  /** @param code of the item; null where there was no answer */
  async #outcome(ref: OrderRef, code: number | null, cause: PrateError, options?: CallOptions): Promise<CancelOutcome> {
    try {
      // after a refusal there is nothing to wait for
      const isRefused = code !== null && code !== 0 && !provesNothing(code);
      const isSettled = (order: WireOrder | null): boolean => isRefused || order === null || isFinalOrder(order);
      const wire = await this.#lookup.settled(ref, isSettled, urgently(options));
      // accepted, and yet not to be seen: not found is what only a refusal says
      if (wire === null) return isRefused ? { kind: 'notFound' } : { kind: 'unknown', cause };
      if (!isFinalOrder(wire)) return { kind: 'unknown', cause };
      const order: Order = await this.#lookup.decode(wire, options);
      // accepted, or its reply lost: this call ended it, unless a fill was faster
      return { kind: code === 0 || code === null ? endOf(wire) : 'alreadyFinal', order };
    } catch (error) {
      return unread(error, cause);
    }
  }
}

/** The cancel has left: what comes after it, an abort too, takes nothing of that back. */
const unread = (error: unknown, cause: PrateError): Unknown => ({
  kind: 'unknown',
  cause: PrateError.is(error) ? error : cause,
});

const isFinal = (order: WireOrder | undefined): boolean => order !== undefined && isFinalOrder(order);

const endOf = (wire: WireOrder): 'cancelled' | 'alreadyFinal' =>
  wire.state === WireOrderState.CANCELLED ? 'cancelled' : 'alreadyFinal';

const messageOf = (result: WriteResult<readonly WireCancelItem[] | null>): string =>
  result.kind === 'refused' ? result.message : result.kind === 'ok' ? (result.data?.[0]?.errorMsg ?? '') : '';

/** @throws InvalidInputError for what cannot name an order of MEXC's */
export function checkRef(ref: OrderRef): void {
  checkObject('an order', ref, '{ symbol, orderId } or { symbol, clientOrderId }');
  checkSymbol(ref.symbol);
  if ('orderId' in ref) checkOrderId(ref.orderId);
  else checkExternalId(ref.clientOrderId);
}
