import { InvalidInputError } from '@prate/domain';
import { checkOrderId } from '../check-arguments.ts';
import { BadReplyError } from '../wire/errors.ts';
import { Fields, idText, readList } from '../wire/fields.ts';
import type { Json } from '../wire/json-text.ts';
import {
  readBatchItem,
  readCancelItem,
  readFill,
  readOrder,
  type WireBatchItem,
  type WireCancelItem,
  type WireCreated,
  type WireFill,
  type WireOrder,
} from '../wire/orders.ts';
import { readRows } from '../wire/pages.ts';
import { type HistoryPage, historyQuery } from './account-rest.ts';
import type { NewOrder, OrderChange } from './bodies.ts';
import type { Caller } from './caller.ts';
import type { Endpoints } from './endpoints.ts';
import { type Decode, decodeData, decodeNothing } from './judge-reply.ts';
import type { RestCallOptions, WriteResult } from './outcome.ts';

/** An order by the id that its sender gave it. */
export interface ExternalRef {
  readonly symbol: string;
  readonly externalOid: string;
}

export interface OrderHistoryPage extends HistoryPage {
  /** One WireOrderState; several would need a comma, whose signature is in doubt. */
  readonly state?: number | undefined;
}

/** How many orders MEXC takes in one batch, cancel or query. */
export const MAX_BATCH: number = 50;

/**
 * Orders and fills. A create, batch or change is sent once, whatever comes back; cancels may be repeated. A cancel that is
 * `ok` was accepted for the items that say so: the end is told by the order itself, since a fill can still win.
 */
export class OrderRest {
  readonly #caller: Caller;
  readonly #endpoints: Endpoints;

  constructor(caller: Caller, endpoints: Endpoints) {
    this.#caller = caller;
    this.#endpoints = endpoints;
  }

  /** `ok` only with an order id. */
  create(order: NewOrder, options?: RestCallOptions): Promise<WriteResult<WireCreated>> {
    return this.#caller.write(this.#endpoints.createOrder, { body: order }, decodeCreated, options);
  }

  /** For market makers. One item an order; `externalOid` says of which. */
  async createBatch(
    orders: readonly NewOrder[],
    options?: RestCallOptions,
  ): Promise<WriteResult<readonly WireBatchItem[]>> {
    const input = { bodies: atMost(orders) };
    const decode = decodeData((data, place) => sameLength(readList(data, place, readBatchItem), orders, place));
    return await this.#caller.write(this.#endpoints.submitBatch, input, decode, options);
  }

  /** Moves a limit order to the best price. */
  async chase(orderId: string, options?: RestCallOptions): Promise<WriteResult<void>> {
    return await this.#caller.write(this.#endpoints.chaseLimitOrder, { body: { orderId } }, decodeNothing, options);
  }

  /** The id of the order that takes its place. */
  async changeLimit(change: OrderChange, options?: RestCallOptions): Promise<WriteResult<string>> {
    return await this.#caller.write(this.#endpoints.changeLimitOrder, { body: change }, decodeId, options);
  }

  /** At most 50; one item an id, in their order. */
  async cancel(
    orderIds: readonly string[],
    options?: RestCallOptions,
  ): Promise<WriteResult<readonly WireCancelItem[]>> {
    for (const orderId of orderIds) checkOrderId(orderId);
    const input = { bodies: atMost(orderIds) };
    const decode = decodeData((data, place) => sameLength(readList(data, place, readCancelItem), orderIds, place));
    return await this.#caller.cancel(this.#endpoints.cancelOrders, input, decode, options);
  }

  /** At most 50. An older form answers without items: then null. */
  async cancelByExternal(
    refs: readonly ExternalRef[],
    options?: RestCallOptions,
  ): Promise<WriteResult<readonly WireCancelItem[] | null>> {
    const input = { bodies: atMost(refs) };
    const decode = decodeData((data, place) =>
      data === undefined ? null : sameLength(readList(data, place, readCancelItem), refs, place),
    );
    return await this.#caller.cancel(this.#endpoints.cancelWithExternal, input, decode, options);
  }

  /** Of one contract, or of all. */
  async cancelAll(symbol?: string, options?: RestCallOptions): Promise<WriteResult<void>> {
    return await this.#caller.cancel(this.#endpoints.cancelAll, { body: { symbol } }, decodeNothing, options);
  }

  /** Null where the answer is a success without an order; an unknown id may also be refused with 2040. */
  async get(orderId: string, options?: RestCallOptions): Promise<WireOrder | null> {
    checkOrderId(orderId);
    return await this.#caller.read(this.#endpoints.getOrder, { path: { orderId } }, decodeOrderOrNone, options);
  }

  /** Null where MEXC knows no such order, or does not yet: a new one may take seconds to show. */
  async getByExternal(ref: ExternalRef, options?: RestCallOptions): Promise<WireOrder | null> {
    const { symbol, externalOid } = ref;
    const input = { path: { symbol, externalOid } };
    return await this.#caller.read(this.#endpoints.getOrderByExternal, input, decodeOrderOrNone, options);
  }

  /** At most 50. The ids are joined by commas, whose signature is in doubt: `getManyByExternal` has none. */
  async getMany(orderIds: readonly string[], options?: RestCallOptions): Promise<readonly WireOrder[]> {
    const input = { query: { order_ids: atMost(orderIds).join(',') } };
    return await this.#caller.read(this.#endpoints.batchQuery, input, decodeOrders, options);
  }

  /** At most 50. */
  async getManyByExternal(refs: readonly ExternalRef[], options?: RestCallOptions): Promise<readonly WireOrder[]> {
    const input = { bodies: atMost(refs) };
    return await this.#caller.read(this.#endpoints.batchQueryWithExternal, input, decodeOrders, options);
  }

  /** Of the whole account, page by page (from 1, at most 100 each). */
  async open(
    page: { readonly pageNum: number; readonly pageSize: number },
    options?: RestCallOptions,
  ): Promise<readonly WireOrder[]> {
    const input = { query: { page_num: page.pageNum, page_size: page.pageSize } };
    return await this.#caller.read(this.#endpoints.openOrders, input, decodeOrders, options);
  }

  /** Of the last 7 days where no times are given. Check the times of the rows: two spellings of the parameters are documented. */
  async history(page: OrderHistoryPage, options?: RestCallOptions): Promise<readonly WireOrder[]> {
    const input = { query: { ...historyQuery(page), states: page.state } };
    return await this.#caller.read(this.#endpoints.historyOrders, input, decodeOrders, options);
  }

  /** Fills of one contract. */
  async fills(
    page: HistoryPage & { readonly symbol: string },
    options?: RestCallOptions,
  ): Promise<readonly WireFill[]> {
    return await this.#caller.read(this.#endpoints.orderDeals, { query: historyQuery(page) }, decodeFills, options);
  }

  async fillsOf(orderId: string, options?: RestCallOptions): Promise<readonly WireFill[]> {
    checkOrderId(orderId);
    return await this.#caller.read(this.#endpoints.dealDetails, { path: { orderId } }, decodeFills, options);
  }
}

/** @throws InvalidInputError for none or more than 50 */
export function atMost<T>(items: readonly T[], limit: number = MAX_BATCH): readonly T[] {
  if (items.length >= 1 && items.length <= limit) return items;
  throw new InvalidInputError(`MEXC takes 1 to ${limit} at a time, not ${items.length}`);
}

/** One item too few leaves something out that was asked for. */
function sameLength<T>(items: T[], asked: readonly unknown[], place: string): T[] {
  if (items.length === asked.length) return items;
  throw new BadReplyError(`${place} has ${items.length} items for ${asked.length} that were asked for`);
}

/** The newer path answers an object, the older one a bare id. */
const readCreated = (data: Json | undefined, place: string): WireCreated => {
  const bare = idText(data);
  if (bare !== undefined) return { orderId: bare, ts: null };
  const created = new Fields(data, place);
  return { orderId: created.id('orderId'), ts: created.integerOr('ts', null) };
};

const readId = (data: Json | undefined, place: string): string => {
  const id = idText(data);
  if (id === undefined) throw new BadReplyError(`${place} should be an id`);
  return id;
};

export const decodeId: Decode<string> = decodeData(readId);
const decodeCreated = decodeData(readCreated);
const decodeOrders = decodeData(readRows(readOrder));
const decodeOrderOrNone = decodeData((data, place) => (data === undefined ? null : readOrder(new Fields(data, place))));
const decodeFills = decodeData(readRows(readFill));
