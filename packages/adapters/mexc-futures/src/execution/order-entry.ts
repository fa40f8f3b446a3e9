import {
  type ClientOrderId,
  Decimal,
  InvalidInputError,
  makeOrder,
  type Order,
  PositionMode,
  PrateError,
  shown,
  ZERO,
} from '@prate/domain';
import { type CreateOutcome, type OrderRequest, Refusal, type Rejected, RejectReason } from '@prate/execution-port';
import type { CallOptions, Clock } from '@prate/runtime';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import { RateLimitedError } from '../limits/rate-limiter.ts';
import type { NewOrder } from '../rest/bodies.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import { MAX_BATCH } from '../rest/order-rest.ts';
import type { RestCallOptions } from '../rest/outcome.ts';
import type { WirePosition } from '../wire/account.ts';
import { provesNothing } from '../wire/error-codes.ts';
import { BadReplyError } from '../wire/errors.ts';
import type { WireBatchItem } from '../wire/orders.ts';
import type { AccountTerms } from './account-terms.ts';
import {
  type CheckedOrder,
  checkClientOrderId,
  checkRequest,
  checkShape,
  type SizedOrder,
  sizeByBook,
  tradable,
} from './check-request.ts';
import type { ClientOrderIds } from './client-order-ids.ts';
import { heldSideOf, marginModeOf, positionSideOf } from './codes.ts';
import { encodeOrder, type OrderTerms } from './encode-order.ts';
import { CONTRACT_DIFFERS, type RefusedWrite, refusedError, rejectedBy, SETTINGS_DIFFER } from './refusals.ts';

const CREATE = 'order/create';
const BATCH = 'order/submit_batch';
/** A market order does not wait longer for a reference price that MEXC most likely ignores. */
const PATIENCE_MS = 2_000;
/** How much of the book an order in quote looks at. */
const LEVELS = 1_000;

export interface OrderEntryParts {
  readonly rest: MexcRest;
  readonly contracts: InstrumentTable;
  readonly terms: AccountTerms;
  readonly ids: ClientOrderIds;
  readonly clock: Clock;
  /** Positions that are known to be open. */
  readonly positions: () => readonly WirePosition[];
  /** By the batch endpoint, or one by one. */
  readonly batches: boolean;
}

/** An order that may be sent. */
interface Ready {
  readonly order: SizedOrder;
  readonly terms: OrderTerms;
  readonly body: NewOrder;
}

/** Orders on their way to MEXC: checked, completed, sent once, and what became of them. */
export class OrderEntry {
  readonly #parts: OrderEntryParts;

  constructor(parts: OrderEntryParts) {
    this.#parts = parts;
  }

  /** @param held the position that it closes, where it was just read */
  async create(request: OrderRequest, options?: CallOptions, held?: WirePosition): Promise<CreateOutcome> {
    const clientOrderId = this.#idOf(request);
    const ready = await this.#prepare(request, clientOrderId, options, held);
    if ('kind' in ready) return { ...ready, clientOrderId };
    return await this.#send(ready, options);
  }

  async createMany(requests: readonly OrderRequest[], options?: CallOptions): Promise<readonly CreateOutcome[]> {
    if (!Array.isArray(requests)) {
      throw new InvalidInputError(`createOrders takes an array of requests, not ${shown(requests)}`);
    }
    const outcomes: (CreateOutcome | undefined)[] = requests.map(() => undefined);
    const ready: { readonly at: number; readonly ready: Ready }[] = [];
    for (const [at, request] of requests.entries()) {
      const clientOrderId = this.#idOf(request);
      try {
        const prepared = await this.#prepare(request, clientOrderId, options);
        if ('kind' in prepared) outcomes[at] = { ...prepared, clientOrderId };
        else ready.push({ at, ready: prepared });
      } catch (error) {
        for (const { ready: unsent } of ready) this.#giveBack(unsent);
        throw error;
      }
    }
    const size = this.#parts.batches ? MAX_BATCH : 1;
    for (let from = 0; from < ready.length; from += size) {
      const chunk = ready.slice(from, from + size);
      const results = await this.#sendChunk(
        chunk.map((one) => one.ready),
        from === 0,
        options,
      ).catch((error: unknown) => {
        for (const { ready: unsent } of ready.slice(from)) this.#giveBack(unsent);
        throw error;
      });
      for (const [i, { at }] of chunk.entries()) outcomes[at] = results[i];
    }
    return outcomes as CreateOutcome[];
  }

  /** @param isFirst whether nothing was sent before it, so that an exception loses no outcome */
  async #sendChunk(
    chunk: readonly Ready[],
    isFirst: boolean,
    options?: CallOptions,
  ): Promise<readonly CreateOutcome[]> {
    try {
      return this.#parts.batches
        ? await this.#sendBatch(chunk, options)
        : [await this.#send(chunk[0] as Ready, options)];
    } catch (error) {
      if (isFirst) throw error;
      return chunk.map((one) => {
        this.#giveBack(one);
        return { ...unsent(error), clientOrderId: one.order.clientOrderId };
      });
    }
  }

  /** What stands between a request and its sending; a Rejected where it may not be sent. */
  async #prepare(
    request: OrderRequest,
    clientOrderId: ClientOrderId,
    options?: CallOptions,
    held?: WirePosition,
  ): Promise<Ready | Rejected> {
    const { contracts, terms, ids } = this.#parts;
    try {
      checkShape(request, 'symbol, side, type, quantity');
      checkClientOrderId(clientOrderId);
      const contract = tradable(request.symbol, await contracts.find(request.symbol, options));
      const mode = await terms.positionMode(options);
      const checked = checkRequest(request, clientOrderId, contract, mode);
      ids.take(clientOrderId);
      try {
        const order = await this.#size(checked, options);
        const orderTerms = await this.#termsOf(order, held ?? this.#heldBy(order), options);
        return { order, terms: orderTerms, body: encodeOrder(order, orderTerms) };
      } catch (error) {
        ids.giveBack(clientOrderId);
        throw error;
      }
    } catch (error) {
      if (error instanceof Refusal) return error.rejected;
      throw error;
    }
  }

  /** Sent once, whatever comes back. */
  async #send(ready: Ready, options?: CallOptions): Promise<CreateOutcome> {
    const { clientOrderId } = ready.order;
    let result: Awaited<ReturnType<MexcRest['orders']['create']>>;
    try {
      result = await this.#parts.rest.orders.create(ready.body, this.#callOptions([ready], options));
    } catch (error) {
      this.#giveBack(ready); // it was certainly not sent
      throw error;
    }
    if (result.kind === 'unknown') return { ...result, clientOrderId };
    if (result.kind === 'refused') return { ...this.#refused(CREATE, result, [ready]), clientOrderId };
    return this.#accepted(ready, result.data.orderId, result.data.ts);
  }

  async #sendBatch(chunk: readonly Ready[], options?: CallOptions): Promise<readonly CreateOutcome[]> {
    // MEXC's page calls self-trade prevention needed here; 0 is none
    const bodies = chunk.map(({ body }) => ({ ...body, stpMode: 0 as const }));
    const result = await this.#parts.rest.orders.createBatch(bodies, this.#callOptions(chunk, options));
    if (result.kind === 'ok') return chunk.map((ready) => this.#itemOutcome(ready, result.data));
    const rejected = result.kind === 'refused' ? this.#refused(BATCH, result, chunk) : null;
    return chunk.map(({ order: { clientOrderId } }) => ({ ...(rejected ?? (result as Unanswered)), clientOrderId }));
  }

  /** By the item that names the order: the place of an item in the reply proves nothing. */
  #itemOutcome(ready: Ready, items: readonly WireBatchItem[]): CreateOutcome {
    const { clientOrderId } = ready.order;
    const [item, second] = items.filter(({ externalOid }) => externalOid === clientOrderId);
    if (item === undefined || second !== undefined) {
      const cause = new BadReplyError(
        `${BATCH}: ${item === undefined ? 'no item' : 'more than one item'} for this order`,
      );
      return { kind: 'unknown', cause, clientOrderId };
    }
    const { orderId, errorCode, errorMsg } = item;
    if (orderId !== null) return this.#accepted(ready, orderId, null);
    const refused: RefusedWrite = { kind: 'refused', code: errorCode, message: errorMsg };
    if (provesNothing(errorCode)) return { kind: 'unknown', cause: refusedError(BATCH, refused), clientOrderId };
    return { ...this.#refused(BATCH, refused, [ready]), clientOrderId };
  }

  #accepted({ order, terms }: Ready, id: string, ts: number | null): CreateOutcome {
    if (!order.closes && terms.leverage !== null) {
      const { leverage, marginMode } = terms;
      this.#parts.terms.note(order.contract.symbol, positionSideOf(order), { leverage, marginMode });
    }
    return { kind: 'accepted', order: newOrder(order, id, ts ?? this.#parts.rest.serverNowMs()) };
  }

  #refused(path: string, refused: RefusedWrite, ready: readonly Ready[]): Rejected {
    for (const one of ready) {
      this.#giveBack(one);
      if (SETTINGS_DIFFER.has(refused.code)) this.#parts.terms.forget(one.order.contract.symbol);
    }
    if (CONTRACT_DIFFERS.has(refused.code)) this.#parts.contracts.expire();
    return rejectedBy(path, refused);
  }

  #giveBack({ order }: Ready): void {
    this.#parts.ids.giveBack(order.clientOrderId);
  }

  #idOf(request: OrderRequest): ClientOrderId {
    return request?.clientOrderId ?? this.#parts.ids.make();
  }

  /** Closes overtake what opens. */
  #callOptions(ready: readonly Ready[], options?: CallOptions): RestCallOptions {
    return { ...options, urgent: ready.every(({ order }) => order.closes) };
  }

  async #size(order: CheckedOrder, options?: CallOptions): Promise<SizedOrder> {
    const { quantity, quote, contract } = order;
    if (quantity !== null) return { ...order, quantity };
    const book = await this.#parts.rest.market.depth(contract.symbol, LEVELS, { ...options, urgent: order.closes });
    return sizeByBook({ ...order, quote: quote ?? ZERO }, book);
  }

  /** That of the request, else the account's. A close takes those of its position, where it is known. */
  async #termsOf(order: SizedOrder, held: WirePosition | undefined, options?: CallOptions): Promise<OrderTerms> {
    const { contract, closes } = order;
    const side = positionSideOf(order);
    const [known, referencePrice] = await Promise.all([
      this.#parts.terms.of(contract.symbol, { ...options }),
      this.#referencePrice(order, options),
    ]);
    const { leverage, marginMode } = known[side];
    return {
      marginMode: order.marginMode ?? (held === undefined ? marginMode : marginModeOf(held.openType)),
      leverage: order.leverage ?? held?.leverage ?? (closes ? null : leverage),
      positionId: held?.positionId ?? null,
      referencePrice,
    };
  }

  /** The position that the order closes, as far as it was told. */
  #heldBy(order: SizedOrder): WirePosition | undefined {
    if (!order.closes) return undefined;
    const side = positionSideOf(order);
    const { symbol } = order.contract;
    return this.#parts.positions().find((one) => one.symbol === symbol && heldSideOf(one.positionType) === side);
  }

  /** The last price, for market orders. Without one the order is sent without: other clients do so. */
  async #referencePrice(order: SizedOrder, options?: CallOptions): Promise<Decimal | null> {
    if (order.price !== null) return null;
    const { rest, clock } = this.#parts;
    const over = new AbortController();
    const signal = options?.signal === undefined ? over.signal : AbortSignal.any([options.signal, over.signal]);
    const late = clock.sleep(PATIENCE_MS, signal).then(() => null);
    late.catch(() => {});
    try {
      const reading = rest.market.ticker(order.contract.symbol, { signal, urgent: order.closes });
      const ticker = await Promise.race([reading, late]);
      const price = ticker === null ? ZERO : new Decimal(ticker.lastPrice);
      return price.gt(0) ? price : null;
    } catch {
      options?.signal?.throwIfAborted();
      return null;
    } finally {
      over.abort();
    }
  }
}

type Unanswered = { readonly kind: 'unknown'; readonly cause: PrateError };

/** It stood behind others that were sent, and did not leave itself. */
function unsent(error: unknown): Rejected {
  const reason = error instanceof RateLimitedError ? RejectReason.RATE_LIMITED : RejectReason.OTHER;
  const message = PrateError.is(error) ? error.message : 'the call was ended before it';
  return { kind: 'rejected', reason, message: `not sent: ${message}` };
}

/** As MEXC has taken it; what became of it since, events and queries tell. */
const newOrder = (order: SizedOrder, id: string, timeMs: number): Order =>
  makeOrder({
    id,
    clientOrderId: order.clientOrderId,
    symbol: order.contract.symbol,
    side: order.side,
    type: order.type,
    price: order.price,
    quantity: order.quantity,
    filledQuantity: ZERO,
    averagePrice: null,
    status: 'NEW',
    reduceOnly: order.closes,
    positionSide: order.positionMode === PositionMode.HEDGE ? order.positionSide : null,
    createdAt: timeMs,
    updatedAt: timeMs,
    fee: null,
  });
