import { Decimal, PositionMode, PrateError, ZERO } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import type { Clock, Logger } from '@prate/runtime';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import { isLinear, type MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { WireAsset, WirePosition } from '../wire/account.ts';
import type { WireFill, WireOrder } from '../wire/orders.ts';
import type { AccountItem } from '../ws/account-feed.ts';
import { type AccountState, isClosedPosition, isFinalOrder } from '../ws/account-state.ts';
import type { AccountTerms } from './account-terms.ts';
import type { ClientOrderIds } from './client-order-ids.ts';
import { heldSideOf, marginModeOf, positionModeOf } from './codes.ts';
import { decodeBalance, decodePosition } from './decode-account.ts';
import { decodeOrder, decodeTrade } from './decode-order.ts';
import type { KnownOrderIds } from './known-order-ids.ts';

export interface AccountEventsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly contracts: InstrumentTable;
  readonly terms: AccountTerms;
  readonly ids: KnownOrderIds;
  readonly clientIds: ClientOrderIds;
  readonly state: () => AccountState;
  readonly tell: (event: ExecutionEvent) => void;
}

/** An order's news waits so long for the fills that led to it. The audit of the feed finds those that never come. */
const HOLD_MS = 1_000;
/** Of so many orders it is known how much of them was told. */
const REMEMBERED = 20_000;

interface HeldOrders {
  /** In the order in which they were told. */
  readonly orders: WireOrder[];
  readonly over: AbortController;
}

/**
 * The account's items as events of the port. MEXC pushes an order before the fill that changed it, and promises no order
 * between them; the port tells the fill first, so an order that has traded more than was told waits for its fills.
 */
export class AccountEvents {
  readonly #parts: AccountEventsParts;
  /** Contracts of each order that were told as fills. */
  readonly #told = new Map<string, Decimal>();
  readonly #held = new Map<string, HeldOrders>();
  /** Until the account as it was found has been taken in, nothing of it is news. */
  #isNews: boolean = false;
  #unfollow: () => void = () => {};

  constructor(parts: AccountEventsParts) {
    this.#parts = parts;
  }

  /** From here on, what comes is told. */
  begin(): void {
    this.#isNews = true;
    // what was told since the last look at the contracts had quantities of the old size
    this.#unfollow = this.#parts.contracts.onResized(({ fromMs, toMs }) =>
      this.#parts.tell({ kind: 'gap', fromMs, toMs }),
    );
  }

  close(): void {
    this.#unfollow();
    for (const { over } of this.#held.values()) over.abort();
    this.#held.clear();
  }

  take(item: AccountItem): void {
    switch (item.kind) {
      case 'order':
        this.#order(item.order);
        return;
      case 'fill':
        this.#fill(item.fill);
        return;
      case 'position':
        this.#position(item.position);
        return;
      case 'asset':
        this.#asset(item.asset);
        return;
      case 'gap':
      case 'repaired':
        // what was fetched follows; what was only on its way in between is lost all the same
        if (this.#isNews) this.#parts.tell({ kind: 'gap', fromMs: item.fromMs, toMs: item.toMs });
        this.#parts.terms.forgetAll();
        return;
      case 'other':
        if (item.push.channel === 'position.mode') {
          const mode = positionModeOf(item.push.value.positionMode);
          if (mode !== null) this.#parts.terms.setPositionMode(mode);
        }
        return;
      default: // heartbeats and interruptions: the port tells the gap when its end is known
    }
  }

  #order(wire: WireOrder): void {
    this.#parts.ids.saw(wire);
    this.#parts.clientIds.saw(wire.externalOid);
    if (!this.#isNews) {
      if (!isFinalOrder(wire)) this.#told.set(wire.orderId, new Decimal(wire.dealVol));
      return;
    }
    const held = this.#held.get(wire.orderId);
    if (held !== undefined) held.orders.push(wire);
    else if (this.#toldOf(wire.orderId).gte(wire.dealVol)) this.#tellOrder(wire);
    else this.#hold(wire);
  }

  #hold(wire: WireOrder): void {
    const held: HeldOrders = { orders: [wire], over: new AbortController() };
    this.#held.set(wire.orderId, held);
    this.#parts.clock.sleep(HOLD_MS, held.over.signal).then(
      () => this.#release(wire.orderId, true),
      () => {},
    );
  }

  #fill(wire: WireFill): void {
    if (!this.#isNews) return; // the order as it was found counts it
    this.#told.set(wire.orderId, this.#toldOf(wire.orderId).plus(wire.vol));
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= REMEMBERED) break;
      this.#told.delete(oldest);
    }
    const clientOrderId = this.#parts.ids.known(wire) ?? '';
    this.#decode(wire, wire.timestamp, (contract, positionMode) => ({
      kind: 'fill',
      trade: decodeTrade(wire, clientOrderId, { contract, positionMode }),
    }));
    this.#release(wire.orderId, false);
  }

  #release(orderId: string, isLate: boolean): void {
    const held = this.#held.get(orderId);
    if (held === undefined) return;
    const told = this.#toldOf(orderId);
    for (let next = held.orders[0]; next !== undefined; next = held.orders[0]) {
      if (!isLate && told.lt(next.dealVol)) return;
      held.orders.shift();
      this.#tellOrder(next);
    }
    held.over.abort();
    this.#held.delete(orderId);
  }

  #tellOrder(wire: WireOrder): void {
    if (isFinalOrder(wire)) this.#told.delete(wire.orderId);
    else if (this.#toldOf(wire.orderId).lt(wire.dealVol)) this.#told.set(wire.orderId, new Decimal(wire.dealVol));
    const timeMs = wire.updateTime ?? this.#parts.clock.nowMs();
    this.#decode(wire, timeMs, (contract, positionMode) => ({
      kind: 'order',
      order: decodeOrder(wire, { contract, positionMode }),
    }));
  }

  #position(wire: WirePosition): void {
    const side = heldSideOf(wire.positionType);
    this.#parts.terms.note(wire.symbol, side, { leverage: wire.leverage, marginMode: marginModeOf(wire.openType) });
    if (!this.#isNews) return;
    const timeMs = wire.updateTime ?? this.#parts.clock.nowMs();
    this.#decode(wire, timeMs, (contract, positionMode) => ({
      kind: 'position',
      symbol: wire.symbol,
      positionSide: positionMode === PositionMode.HEDGE ? side : null,
      position: isClosedPosition(wire) ? null : decodePosition(wire, contract, null),
    }));
  }

  #asset(wire: WireAsset): void {
    if (!this.#isNews) return;
    const held = this.#parts.state().openPositions.reduce((sum, { symbol, pnl }) => {
      const settles = this.#parts.contracts.known(symbol)?.contract.settleCoin === wire.currency;
      return settles && pnl !== null ? sum.plus(pnl) : sum;
    }, ZERO);
    this.#parts.tell({ kind: 'balance', balance: decodeBalance(wire, held) });
  }

  /** Tells what `read` makes of it; where it cannot be read, that this moment was missed. */
  #decode(
    { symbol }: { readonly symbol: string },
    timeMs: number,
    read: (contract: MexcInstrument, positionMode: PositionMode) => ExecutionEvent,
  ): void {
    const { contracts, terms, logger, tell } = this.#parts;
    const contract = contracts.known(symbol);
    if (contract !== undefined && !isLinear(contract.contract)) return;
    try {
      if (contract !== undefined) {
        tell(read(contract, terms.knownMode ?? PositionMode.ONE_WAY));
        return;
      }
      contracts.expire();
      logger.warn({ symbol }, 'a push of a contract that is not known yet');
    } catch (error) {
      if (!PrateError.is(error)) throw error;
      logger.warn({ symbol, error: error.message }, 'a push of the account makes no sense');
    }
    tell({ kind: 'gap', fromMs: timeMs, toMs: timeMs });
  }

  #toldOf(orderId: string): Decimal {
    return this.#told.get(orderId) ?? ZERO;
  }
}
