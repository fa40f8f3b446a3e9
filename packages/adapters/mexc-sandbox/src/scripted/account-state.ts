import { Decimal, MarginMode, PositionMode, PositionSide } from '@prate/domain';
import type { Clock } from '@prate/runtime';
import type { AccountAsset, FeeRates, Fill, FundingPayment, LeverageSetting } from '../backend/account-values.ts';
import type { AccountEvent } from '../backend/backend-event.ts';
import type { Holding } from './holding.ts';
import type { LiveOrder } from './live-order.ts';
import type { ScriptedMarket } from './scripted-market.ts';
import { cutMoney, worthOf } from './worth.ts';

const ZERO = new Decimal(0);
const DEFAULT_LEVERAGE = 20;

/** Without the account, which the state knows. */
type OwnEvent = AccountEvent extends infer E ? (E extends AccountEvent ? Omit<E, 'account'> : never) : never;

export interface Ids {
  /** Orders, plans, fills: 18 digits. */
  next(): string;
  /** Positions, stops, payments. */
  nextSmall(): number;
}

export interface AccountParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly market: (symbol: string) => ScriptedMarket;
  readonly fees: FeeRates;
  readonly funds: ReadonlyMap<string, Decimal>;
  readonly emit: (event: OwnEvent) => void;
}

/** What one account has: money, orders, positions, settings; and the sums over them. */
export class AccountState {
  readonly parts: AccountParts;
  readonly cash: Map<string, Decimal>;
  /** Of every order there ever was, oldest first. */
  readonly orders: Map<string, LiveOrder> = new Map();
  /** Those that have not ended, so that a long history costs nothing; oldest first. */
  readonly #open = new Set<LiveOrder>();
  readonly byClientId: Map<string, LiveOrder> = new Map();
  /** Open and closed, oldest first. */
  readonly holdings: Holding[] = [];
  readonly fills: Fill[] = [];
  readonly payments: FundingPayment[] = [];
  readonly #leverage = new Map<string, LeverageSetting>();
  positionMode: PositionMode = PositionMode.ONE_WAY;

  constructor(parts: AccountParts) {
    this.parts = parts;
    this.cash = new Map(parts.funds);
  }

  get now(): number {
    return this.parts.clock.nowMs();
  }

  addOrder(order: LiveOrder): void {
    this.orders.set(order.id, order);
    this.#open.add(order);
  }

  openOrders(symbol: string | null = null): readonly LiveOrder[] {
    return [...this.#open].filter(
      (order) => order.status === 'OPEN' && (symbol === null || order.ticket.symbol === symbol),
    );
  }

  openHoldings(): readonly Holding[] {
    return this.holdings.filter(({ volume }) => !volume.isZero());
  }

  holding(symbol: string, side: PositionSide): Holding | undefined {
    return this.openHoldings().find((holding) => holding.contract.symbol === symbol && holding.side === side);
  }

  leverage(symbol: string, side: PositionSide): LeverageSetting {
    const known = this.#leverage.get(`${symbol} ${side}`);
    const { maxLeverage } = this.parts.market(symbol).contract;
    return known ?? { side, marginMode: MarginMode.ISOLATED, leverage: Math.min(DEFAULT_LEVERAGE, maxLeverage) };
  }

  setLeverage(symbol: string, setting: LeverageSetting): void {
    this.#leverage.set(`${symbol} ${setting.side}`, setting);
  }

  /** Kept for resting orders that close it. */
  frozenVolume(holding: Holding): Decimal {
    return this.openOrders(holding.contract.symbol)
      .filter((order) => order.closes && order.positionSide === holding.side)
      .reduce((sum, order) => sum.plus(order.left), ZERO);
  }

  /** How much of an order would open a position, not end one. */
  openingVolume(order: LiveOrder, volume: Decimal): Decimal {
    if (order.closes) return ZERO;
    if (order.positionMode === PositionMode.HEDGE) return volume;
    const other = this.holding(order.ticket.symbol, opposite(order.positionSide));
    return Decimal.max(volume.minus(other?.volume ?? ZERO), 0);
  }

  /** Margin and taker fee of what would open. */
  marginFor(order: LiveOrder, price: Decimal, volume: Decimal): Decimal {
    const value = worthOf(order.contract, price, this.openingVolume(order, volume));
    return cutMoney(value.div(order.leverage)).plus(cutMoney(value.mul(this.parts.fees.taker)));
  }

  asset(currency: string): AccountAsset {
    const cash = this.cash.get(currency) ?? ZERO;
    const holdings = this.openHoldings().filter(({ contract }) => contract.settleCoin === currency);
    const frozen = this.openOrders()
      .filter(({ contract }) => contract.settleCoin === currency)
      .reduce((sum, order) => sum.plus(order.frozenMargin), ZERO);
    const positionMargin = holdings.reduce((sum, { margin }) => sum.plus(margin), ZERO);
    const unrealizedPnl = holdings.reduce((sum, holding) => sum.plus(holding.unrealizedPnl(this.#fair(holding))), ZERO);
    return {
      currency,
      cash,
      available: cash.minus(frozen).minus(positionMargin),
      frozen,
      positionMargin,
      unrealizedPnl,
    };
  }

  pay(currency: string, amount: Decimal): void {
    this.cash.set(currency, (this.cash.get(currency) ?? ZERO).plus(amount));
  }

  /** What an order holds follows what is left of it. */
  refreeze(order: LiveOrder): void {
    const { price } = order.ticket;
    const holds = order.status === 'OPEN' && price !== null;
    order.frozenMargin = holds ? this.marginFor(order, price, order.left) : ZERO;
  }

  tellOrder(order: LiveOrder): void {
    if (order.status !== 'OPEN') this.#open.delete(order);
    order.touch(this.now);
    this.parts.emit({ kind: 'order', order: order.snapshot() });
  }

  tellPosition(holding: Holding): void {
    holding.touch(this.now);
    this.parts.emit({ kind: 'position', position: this.positionOf(holding) });
  }

  tellAsset(currency: string): void {
    this.parts.emit({ kind: 'asset', asset: this.asset(currency) });
  }

  positionOf(holding: Holding): ReturnType<Holding['snapshot']> {
    return holding.snapshot(this.#fair(holding), this.frozenVolume(holding));
  }

  #fair({ contract }: Holding): Decimal {
    return this.parts.market(contract.symbol).price('FAIR');
  }
}

export const opposite = (side: PositionSide): PositionSide =>
  side === PositionSide.LONG ? PositionSide.SHORT : PositionSide.LONG;
