import type { Order } from '@prate/domain';
import type { OrderRef } from '@prate/execution-port';
import type { Clock } from '@prate/runtime';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import { MAX_BATCH, type OrderRest } from '../rest/order-rest.ts';
import type { RestCallOptions } from '../rest/outcome.ts';
import { MexcApiError } from '../wire/errors.ts';
import type { WireOrder } from '../wire/orders.ts';
import type { AccountTerms } from './account-terms.ts';
import { decodeOrder } from './decode-order.ts';

const PAGE = 100;
/** More pages of open orders than MEXC lets an account have. */
const MOST_PAGES = 100;
/** No such contract, no such order. */
const NOT_THERE: ReadonlySet<number> = new Set([1001, 2040]);
/** An order's state trails what happened by up to seconds; before each look but the first, so long. */
const LOOKS_AFTER_MS: readonly number[] = [0, 250, 500, 1_000, 2_000];

/** Reads of orders, as the wire has them and in the words of the port. */
export class OrderLookup {
  readonly #orders: OrderRest;
  readonly #contracts: InstrumentTable;
  readonly #terms: AccountTerms;
  readonly #clock: Clock;

  constructor(parts: {
    readonly orders: OrderRest;
    readonly contracts: InstrumentTable;
    readonly terms: AccountTerms;
    readonly clock: Clock;
  }) {
    this.#orders = parts.orders;
    this.#contracts = parts.contracts;
    this.#terms = parts.terms;
    this.#clock = parts.clock;
  }

  /** Null where MEXC has no such order: a success without one, or a refusal that says so. */
  async find(ref: OrderRef, options?: RestCallOptions): Promise<WireOrder | null> {
    try {
      const found =
        'orderId' in ref
          ? await this.#orders.get(ref.orderId, options)
          : await this.#orders.getByExternal({ symbol: ref.symbol, externalOid: ref.clientOrderId }, options);
      return found?.symbol === ref.symbol ? found : null;
    } catch (error) {
      if (error instanceof MexcApiError && NOT_THERE.has(error.mexcCode)) return null;
      throw error;
    }
  }

  /**
   * Looks several times over some seconds until `isSettled`, because MEXC's queries trail what happened.
   *
   * @returns what the last look saw
   */
  async settled(
    ref: OrderRef,
    isSettled: (order: WireOrder | null) => boolean,
    options?: RestCallOptions,
  ): Promise<WireOrder | null> {
    let seen: WireOrder | null = null;
    await this.until(async () => {
      seen = await this.find(ref, options);
      return isSettled(seen);
    }, options);
    return seen;
  }

  /** Calls `look` until it says that it has seen enough, or for some seconds. */
  async until(look: () => Promise<boolean>, options?: RestCallOptions): Promise<void> {
    for (const pauseMs of LOOKS_AFTER_MS) {
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, options?.signal);
      if (await look()) return;
    }
  }

  /** Of all symbols or of one; every page. */
  async open(symbol?: string, options?: RestCallOptions): Promise<readonly WireOrder[]> {
    const byId = new Map<string, WireOrder>();
    for (let pageNum = 1; pageNum <= MOST_PAGES; pageNum += 1) {
      const rows = await this.#orders.open({ pageNum, pageSize: PAGE }, options);
      // an order that ends between two pages moves the others up
      for (const row of rows) byId.set(row.orderId, row);
      if (rows.length < PAGE) break;
    }
    return [...byId.values()].filter((order) => symbol === undefined || order.symbol === symbol);
  }

  /** These orders as they are now, in as few calls as the ids allow; what MEXC does not find is not there. */
  async again(orders: readonly WireOrder[], options?: RestCallOptions): Promise<ReadonlyMap<string, WireOrder>> {
    const found = new Map<string, WireOrder>();
    const named = orders.filter(({ externalOid }) => externalOid !== '');
    for (let from = 0; from < named.length; from += MAX_BATCH) {
      const refs = named.slice(from, from + MAX_BATCH).map(({ symbol, externalOid }) => ({ symbol, externalOid }));
      for (const order of await this.#orders.getManyByExternal(refs, options)) found.set(order.orderId, order);
    }
    for (const { orderId, symbol } of orders) {
      if (found.has(orderId)) continue;
      const order = await this.find({ symbol, orderId }, options);
      if (order !== null) found.set(orderId, order);
    }
    return found;
  }

  /**
   * In the words of the port.
   *
   * @throws NotSupportedError for an order of an inverse contract
   */
  async decode(wire: WireOrder, options?: RestCallOptions): Promise<Order> {
    const contract = await this.#contracts.need(wire.symbol, options);
    return decodeOrder(wire, { contract, positionMode: await this.#terms.positionMode(options) });
  }

  /** Without those of inverse contracts. */
  async decodeAll(wires: readonly WireOrder[], options?: RestCallOptions): Promise<Order[]> {
    const positionMode = await this.#terms.positionMode(options);
    return await this.#contracts.withContracts(
      wires,
      (wire, contract) => decodeOrder(wire, { contract, positionMode }),
      options,
    );
  }
}

export const oldestFirst = (orders: readonly Order[]): Order[] =>
  [...orders].sort((a, b) => a.createdAt - b.createdAt || compareIds(a.id, b.id));

/** Ids are numbers of many digits: the longer is the later, of one length the greater. */
export const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
