import {
  type Balance,
  InvalidInputError,
  MarginMode,
  NotConnectedError,
  type Order,
  OrderType,
  type Position,
  PositionMode,
  type PositionSide,
  Side,
  shown,
  toBaseQuantity,
  type VenueId,
} from '@prate/domain';
import type {
  AmendOutcome,
  AmendRequest,
  CancelOutcome,
  CancelResult,
  CloseOutcome,
  ClosePositionRequest,
  CreateOutcome,
  ExecutionCapabilities,
  ExecutionEvent,
  ExecutionPort,
  OrderRef,
  OrderRequest,
} from '@prate/execution-port';
import { Refusal } from '@prate/execution-port';
import { AsyncQueue, type CallOptions, seededRandom, silentLogger, systemClock } from '@prate/runtime';
import { Credentials } from '../auth/auth.ts';
import { checkOptions, checkPositionSide, checkSymbol, checkSymbolOrAll, isName } from '../check-arguments.ts';
import { InstrumentTable } from '../instruments/instrument-table.ts';
import { MexcRest } from '../rest/mexc-rest.ts';
import { SharedWork } from '../shared-work.ts';
import { AccountState } from '../ws/account-state.ts';
import { MEXC_SOCKET_URL } from '../ws/socket-manager.ts';
import { AccountEvents } from './account-events.ts';
import { AccountLink, type AccountLinkParts } from './account-link.ts';
import { AccountPositions } from './account-positions.ts';
import { MexcAccountSettings } from './account-settings.ts';
import { AccountTerms } from './account-terms.ts';
import { checkClientOrderId, checkClose, directionIn } from './check-request.ts';
import { ClientOrderIds } from './client-order-ids.ts';
import { heldSideOf } from './codes.ts';
import { KnownOrderIds } from './known-order-ids.ts';
import type { MexcFuturesExecutionOptions } from './options.ts';
import { checkRef, OrderCancels } from './order-cancels.ts';
import { OrderEdits } from './order-edits.ts';
import { OrderEntry } from './order-entry.ts';
import { OrderHistory } from './order-history.ts';
import { OrderLookup, oldestFirst } from './order-lookup.ts';
import { ReopeningTransport } from './reopening-transport.ts';
import { MexcTriggers } from './triggers.ts';

/** An `events()` loop that falls further behind ends with a QueueFullError. */
const EVENT_CAPACITY = 16_384;
/** MEXC's USDT-margined contracts are nearly all there is. */
const SETTLEMENT_ASSET = 'USDT';

/**
 * One account at MEXC Futures. REST asks and orders; the private socket tells what happened, is mended from REST after a
 * loss, and compared with it once a minute.
 */
export class MexcFuturesExecution implements ExecutionPort {
  readonly venue: VenueId = 'mexc';
  readonly capabilities: ExecutionCapabilities = {
    orderTypes: Object.values(OrderType),
    positionModes: Object.values(PositionMode),
    marginModes: Object.values(MarginMode),
    // in hedge mode, before the first fill; otherwise MEXC refuses, and so does the port
    amend: true,
    quoteQuantity: true,
    attachedStops: true,
  };
  readonly settings: MexcAccountSettings;
  readonly triggers: MexcTriggers;
  readonly history: OrderHistory;
  readonly #contracts: InstrumentTable;
  readonly #terms: AccountTerms;
  readonly #lookup: OrderLookup;
  readonly #entry: OrderEntry;
  readonly #cancels: OrderCancels;
  readonly #edits: OrderEdits;
  readonly #positions: AccountPositions;
  readonly #clientIds: ClientOrderIds;
  readonly #ids: KnownOrderIds;
  readonly #linkParts: Omit<AccountLinkParts, 'take' | 'failed'>;
  readonly #ownTransport: ReopeningTransport | null;
  /** Aborted when the connection ends. */
  #open: AbortController = new AbortController();
  readonly #queues = new Set<AsyncQueue<ExecutionEvent>>();
  readonly #connecting: SharedWork<void> = new SharedWork((signal) => this.#connect(signal));
  #link: { readonly link: AccountLink; readonly events: AccountEvents } | null = null;

  /** @throws HostNotAllowedError for hosts that are neither MEXC's nor loopback; TypeError for keys that are none */
  constructor(options: MexcFuturesExecutionOptions) {
    const {
      apiKey,
      secretKey,
      wsUrl = MEXC_SOCKET_URL,
      batches,
      instruments,
      transport,
      socketTransport,
      ...restSettings
    } = options;
    const { clock = systemClock, logger = silentLogger } = options;
    const random = options.random ?? seededRandom(clock.nowMs() + 104_729 * process.pid);
    const credentials = new Credentials(apiKey, secretKey);
    const signer = credentials.signerFor(wsUrl);
    this.#ownTransport = transport === undefined ? new ReopeningTransport() : null;
    const rest = new MexcRest({
      ...restSettings,
      credentials,
      clock,
      random,
      logger,
      transport: transport ?? (this.#ownTransport as ReopeningTransport),
    });
    const enter = (call: CallOptions | undefined): CallOptions => this.#enter(call);
    this.#contracts = instruments ?? new InstrumentTable({ market: rest.market, clock, logger });
    this.#terms = new AccountTerms(rest.account);
    this.#clientIds = new ClientOrderIds(clock, random);
    const common = { rest, contracts: this.#contracts, terms: this.#terms, clock, enter };
    this.#lookup = new OrderLookup({ ...common, orders: rest.orders });
    this.#ids = new KnownOrderIds(this.#lookup);
    this.#positions = new AccountPositions(rest, this.#contracts);
    this.#cancels = new OrderCancels(rest, this.#lookup);
    this.#edits = new OrderEdits(rest, this.#lookup, this.#contracts);
    this.#entry = new OrderEntry({
      ...common,
      ids: this.#clientIds,
      positions: () => this.#link?.link.positions ?? [],
      batches: batches ?? true,
    });
    this.settings = new MexcAccountSettings({ ...common, positions: this.#positions });
    this.triggers = new MexcTriggers({ ...common, positions: this.#positions, ids: this.#clientIds });
    this.history = new OrderHistory({ ...common, lookup: this.#lookup, ids: this.#ids });
    this.#linkParts = {
      rest,
      lookup: this.#lookup,
      history: this.history,
      clock,
      random,
      logger,
      wsUrl,
      socketTransport,
      login: (timeMs) => signer.login(timeMs),
    };
  }

  /**
   * Reads the contracts and the position mode, logs in, and takes in the account as it is. Callers at one time share one
   * connecting, which goes on while any of them waits.
   *
   * @throws LoginRefusedError (`LOGIN_REFUSED`), MexcApiError (`MEXC_API`) for keys that MEXC refuses; what a read throws
   */
  async connect(options?: CallOptions): Promise<void> {
    checkOptions(options);
    options?.signal?.throwIfAborted();
    if (this.#link !== null) return;
    await this.#connecting.join(options?.signal);
  }

  async #connect(signal: AbortSignal): Promise<void> {
    this.#ownTransport?.open();
    this.#terms.forgetAll();
    await Promise.all([this.#contracts.refresh({ signal }), this.#terms.positionMode({ signal })]);
    const { clock, logger } = this.#linkParts;
    const events: AccountEvents = new AccountEvents({
      clock,
      logger,
      contracts: this.#contracts,
      terms: this.#terms,
      ids: this.#ids,
      clientIds: this.#clientIds,
      state: () => this.#link?.link.state ?? NO_STATE,
      tell: (event) => {
        for (const queue of this.#queues) queue.push(event);
      },
    });
    const link = new AccountLink({
      ...this.#linkParts,
      take: (item) => events.take(item),
      failed: (error) => this.#ended(link, error),
    });
    await link.open(signal);
    if (signal.aborted) {
      link.close();
      throw signal.reason;
    }
    events.begin();
    this.#link = { link, events };
  }

  /** Orders and positions stay as they are. */
  async disconnect(): Promise<void> {
    await this.#connecting.end(new NotConnectedError('disconnect() came before connect() was done'));
    this.#close();
    for (const queue of [...this.#queues]) queue.end();
    await this.#ownTransport?.close();
  }

  isConnected(): boolean {
    return this.#link !== null;
  }

  async createOrder(request: OrderRequest, options?: CallOptions): Promise<CreateOutcome> {
    const call = this.#enter(options);
    return await this.#entry.create(request, call);
  }

  async createOrders(requests: readonly OrderRequest[], options?: CallOptions): Promise<readonly CreateOutcome[]> {
    const call = this.#enter(options);
    return await this.#entry.createMany(requests, call);
  }

  /** A limit order becomes another one with a new id, and the same client order id as far as is known. */
  async amendOrder(order: OrderRef, changes: AmendRequest, options?: CallOptions): Promise<AmendOutcome> {
    const call = this.#enter(options);
    return await this.#edits.amend(order, changes, call);
  }

  async cancelOrder(order: OrderRef, options?: CallOptions): Promise<CancelOutcome> {
    const call = this.#enter(options);
    return await this.#cancels.cancel(order, call);
  }

  /** Triggers have a `cancelAll` of their own. */
  async cancelAllOrders(symbol?: string, options?: CallOptions): Promise<readonly CancelResult[]> {
    const call = this.#enter(options);
    return await this.#cancels.cancelAll(symbol, call);
  }

  async getOrder(order: OrderRef, options?: CallOptions): Promise<Order | null> {
    const call = this.#enter(options);
    checkRef(order);
    const wire = await this.#lookup.find(order, call);
    return wire === null ? null : await this.#lookup.decode(wire, call);
  }

  async getOpenOrders(symbol?: string, options?: CallOptions): Promise<readonly Order[]> {
    const call = this.#enter(options);
    checkSymbolOrAll(symbol);
    return oldestFirst(await this.#lookup.decodeAll(await this.#lookup.open(symbol, call), call));
  }

  async getPositions(options?: CallOptions): Promise<readonly Position[]> {
    const call = this.#enter(options);
    return await this.#positions.all(undefined, call);
  }

  async getPosition(symbol: string, positionSide?: PositionSide, options?: CallOptions): Promise<Position | null> {
    const call = this.#enter(options);
    checkSymbol(symbol);
    checkPositionSide(positionSide);
    return await this.#positions.one(symbol, positionSide, call);
  }

  async closePosition(request: ClosePositionRequest, options?: CallOptions): Promise<CloseOutcome> {
    const call = this.#enter(options);
    const clientOrderId = request?.clientOrderId ?? this.#clientIds.make();
    try {
      checkClose(request);
      checkClientOrderId(clientOrderId);
      // a side too many or too few is refused before anything is asked
      directionIn({ side: Side.SELL, positionSide: request.positionSide }, await this.#terms.positionMode(call));
    } catch (error) {
      if (error instanceof Refusal) return { ...error.rejected, clientOrderId };
      throw error;
    }
    const { symbol, positionSide } = request;
    const held = await this.#positions.wires(symbol, { ...call, urgent: true });
    const position = held.find(
      ({ positionType }) => positionSide === undefined || heldSideOf(positionType) === positionSide,
    );
    if (position === undefined) return { kind: 'noPosition' };
    const contract = await this.#contracts.need(symbol, call);
    return await this.#entry.create(
      {
        symbol,
        side: heldSideOf(position.positionType) === 'LONG' ? Side.SELL : Side.BUY,
        type: OrderType.MARKET,
        quantity: toBaseQuantity(contract, position.holdVol),
        positionSide,
        reduceOnly: true,
        clientOrderId,
      },
      call,
      position,
    );
  }

  async getBalance(asset: string = SETTLEMENT_ASSET, options?: CallOptions): Promise<Balance> {
    const call = this.#enter(options);
    if (!isName(asset)) throw new InvalidInputError(`an asset is a text such as USDT, not ${shown(asset)}`);
    return await this.#positions.balance(asset, call);
  }

  async getBalances(options?: CallOptions): Promise<readonly Balance[]> {
    const call = this.#enter(options);
    return await this.#positions.balances(call);
  }

  events(options?: CallOptions): AsyncIterableIterator<ExecutionEvent> {
    this.#enter(options);
    const signal = options?.signal;
    const abort = (): void => queue.fail(signal?.reason);
    const queue = new AsyncQueue<ExecutionEvent>({
      capacity: EVENT_CAPACITY,
      whenFull: 'fail',
      onEnd: () => {
        this.#queues.delete(queue);
        signal?.removeEventListener('abort', abort);
      },
    });
    this.#queues.add(queue);
    signal?.addEventListener('abort', abort, { once: true });
    return queue;
  }

  /**
   * The call's options, ended by `disconnect()` too: what waits then is never sent, and of a write that was sent and not
   * answered yet nothing is known.
   */
  #enter(options: CallOptions | undefined): CallOptions {
    checkOptions(options);
    options?.signal?.throwIfAborted();
    if (this.#link === null) throw new NotConnectedError('connect() first: this account is not connected');
    const { signal } = this.#open;
    return { signal: options?.signal === undefined ? signal : AbortSignal.any([options.signal, signal]) };
  }

  #close(): void {
    this.#open.abort(new NotConnectedError('the connection ended before this call was done'));
    this.#open = new AbortController();
    this.#link?.link.close();
    this.#link?.events.close();
    this.#link = null;
  }

  /** The private stream has ended for good: without it, nothing of the account is told. */
  #ended(link: AccountLink, error: unknown): void {
    if (this.#link?.link !== link) return;
    this.#close();
    for (const queue of [...this.#queues]) queue.fail(error);
  }
}

const NO_STATE = new AccountState();
