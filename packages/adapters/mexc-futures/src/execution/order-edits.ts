import { Decimal, InvalidInputError, OrderType, toBaseQuantity, toContracts } from '@prate/domain';
import {
  type AmendOutcome,
  type AmendRequest,
  type OrderRef,
  Refusal,
  RejectReason,
  refuse,
} from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { checkObject } from '../check-arguments.ts';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { WireOrder } from '../wire/orders.ts';
import { isFinalOrder } from '../ws/account-state.ts';
import { readQuantity, readTickPrice, tradable } from './check-request.ts';
import { orderTypeOf } from './codes.ts';
import { checkRef } from './order-cancels.ts';
import type { OrderLookup } from './order-lookup.ts';
import { rejectedBy } from './refusals.ts';

const CHANGE = 'order/change_limit_order';
const PARTLY_FILLED = 2052;
const IS_FINAL: ReadonlySet<number> = new Set([2040, 2041, 2054]);

/**
 * MEXC replaces a limit order by another one with a new id. By its table of codes it does so in hedge mode only (2053), and
 * only before the first fill (2052): otherwise the amend is rejected, and the order stands.
 */
export class OrderEdits {
  readonly #rest: MexcRest;
  readonly #lookup: OrderLookup;
  readonly #contracts: InstrumentTable;

  constructor(rest: MexcRest, lookup: OrderLookup, contracts: InstrumentTable) {
    this.#rest = rest;
    this.#lookup = lookup;
    this.#contracts = contracts;
  }

  /** @throws InvalidInputError when nothing is to be changed; where it was certainly not sent, or a read before it failed */
  async amend(ref: OrderRef, changes: AmendRequest, options?: CallOptions): Promise<AmendOutcome> {
    checkRef(ref);
    checkObject('changes', changes, '{ price, quantity }');
    if (changes.price === undefined && changes.quantity === undefined) {
      throw new InvalidInputError('an amend needs a new price or a new quantity');
    }
    const wire = await this.#lookup.find(ref, options);
    if (wire === null) return { kind: 'notFound' };
    if (isFinalOrder(wire)) return { kind: 'alreadyFinal', order: await this.#lookup.decode(wire, options) };
    try {
      return await this.#change(wire, changes, options);
    } catch (error) {
      if (error instanceof Refusal) return error.rejected;
      throw error;
    }
  }

  async #change(wire: WireOrder, changes: AmendRequest, options?: CallOptions): Promise<AmendOutcome> {
    const { symbol, orderId } = wire;
    const type = orderTypeOf(wire.orderType);
    if (type !== OrderType.LIMIT && type !== OrderType.POST_ONLY) {
      refuse(RejectReason.NOT_SUPPORTED, `MEXC edits limit orders, not ${type} orders`);
    }
    const contract = tradable(symbol, await this.#contracts.find(symbol, options));
    const price =
      changes.price === undefined ? new Decimal(wire.price) : readTickPrice('price', changes.price, contract);
    const quantity =
      changes.quantity === undefined
        ? toBaseQuantity(contract, wire.vol)
        : readQuantity(changes.quantity, contract, OrderType.LIMIT);
    const filled = toBaseQuantity(contract, wire.dealVol);
    if (quantity.lte(filled)) {
      refuse(RejectReason.INVALID_QUANTITY, `quantity ${quantity} is not above the ${filled} that are filled`);
    }
    const vol = toContracts(contract, quantity).toString();
    const result = await this.#rest.orders.changeLimit({ orderId, price: price.toString(), vol }, options);
    if (result.kind === 'unknown') return result;
    if (result.kind === 'refused') {
      const { code } = result;
      const now =
        IS_FINAL.has(code) || code === PARTLY_FILLED ? await this.#lookup.find({ symbol, orderId }, options) : wire;
      if (now !== null && isFinalOrder(now))
        return { kind: 'alreadyFinal', order: await this.#lookup.decode(now, options) };
      return rejectedBy(CHANGE, result);
    }
    // its own word for it, as long as MEXC's queries do not show it
    const asSent = { ...wire, orderId: result.data, price: price.toString(), vol };
    const changed = await this.#lookup
      .settled({ symbol, orderId: result.data }, (order) => order !== null, options)
      .catch(() => null);
    return { kind: 'amended', order: await this.#lookup.decode(changed ?? asSent) };
  }
}
