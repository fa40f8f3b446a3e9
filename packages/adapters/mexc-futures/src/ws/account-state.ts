import { decimal } from '@prate/domain';
import type { WireAsset, WirePosition } from '../wire/account.ts';
import type { WireFill, WireOrder } from '../wire/orders.ts';
import { RecentBag } from './recent.ts';

/** Orders and positions that are over are remembered for so many others, so that a late push cannot bring them back. */
const REMEMBERED = 10_000;

interface Known<T> {
  readonly value: T;
  /** The server's time at which it was told. */
  readonly timeMs: number;
}

/** 3 filled, 4 cancelled, 5 invalid. */
export const isFinalOrder = (order: WireOrder): boolean => order.state >= 3;
export const isClosedPosition = (position: WirePosition): boolean => position.state === 3;

/**
 * An account as MEXC last told it, whatever the order in which it told (sections 15 and 17 of the reference). An order never
 * goes back: not in what is filled, not out of a final state, not to an earlier version or time. Each method says whether
 * what it was given is news.
 */
export class AccountState {
  readonly #orders = new Map<string, Known<WireOrder>>();
  readonly #positions = new Map<string, Known<WirePosition>>();
  readonly #assets = new Map<string, Known<WireAsset>>();
  readonly #fills = new RecentBag(2 * REMEMBERED);

  get orders(): readonly WireOrder[] {
    return valuesOf(this.#orders);
  }

  get openOrders(): readonly WireOrder[] {
    return this.orders.filter((order) => !isFinalOrder(order));
  }

  get openPositions(): readonly WirePosition[] {
    return valuesOf(this.#positions).filter((position) => !isClosedPosition(position));
  }

  get assets(): readonly WireAsset[] {
    return valuesOf(this.#assets);
  }

  order(next: WireOrder, timeMs: number): boolean {
    const known = this.#orders.get(next.orderId);
    if (known !== undefined && !supersedes(next, known.value)) return false;
    remember(this.#orders, next.orderId, { value: next, timeMs }, isFinalOrder);
    return true;
  }

  fill(next: WireFill): boolean {
    if (this.#fills.count(next.id) > 0) return false;
    this.#fills.add(next.id);
    return true;
  }

  position(next: WirePosition, timeMs: number): boolean {
    const known = this.#positions.get(next.positionId);
    if (known !== undefined) {
      if (isClosedPosition(known.value) || !isLater(next, timeMs, known)) return false;
    }
    remember(this.#positions, next.positionId, { value: next, timeMs }, isClosedPosition);
    return true;
  }

  /** A position from a list of REST, which lacks what moves with the price: it is news only where the position itself changed. */
  listedPosition(next: WirePosition, timeMs: number): boolean {
    const known = this.#positions.get(next.positionId);
    return known !== undefined && isSamePosition(next, known.value) ? false : this.position(next, timeMs);
  }

  /** A position that is over, though no push said so. */
  closePosition(closed: WirePosition, timeMs: number): boolean {
    const known = this.#positions.get(closed.positionId);
    if (known === undefined || isClosedPosition(known.value)) return false;
    remember(this.#positions, closed.positionId, { value: closed, timeMs }, isClosedPosition);
    return true;
  }

  /** Assets carry no version: the time of the push decides. */
  asset(next: WireAsset, timeMs: number): boolean {
    const known = this.#assets.get(next.currency);
    if (known !== undefined && (timeMs < known.timeMs || isEqual(next, known.value))) return false;
    this.#assets.set(next.currency, { value: next, timeMs });
    return true;
  }

  /** The same from a list of REST, which has fields that pushes lack. */
  listedAsset(next: WireAsset, timeMs: number): boolean {
    const known = this.#assets.get(next.currency);
    return known !== undefined && isSameAsset(next, known.value) ? false : this.asset(next, timeMs);
  }

  /** Open orders that a list of all open ones, asked for at a time, should have held and did not. */
  openOrdersMissingFrom(list: readonly WireOrder[], askedAtMs: number): readonly WireOrder[] {
    const ids = new Set(list.map(({ orderId }) => orderId));
    return missing(this.#orders, ids, askedAtMs).filter((order) => !isFinalOrder(order));
  }

  /** The same for positions. */
  openPositionsMissingFrom(list: readonly WirePosition[], askedAtMs: number): readonly WirePosition[] {
    const ids = new Set(list.map(({ positionId }) => positionId));
    return missing(this.#positions, ids, askedAtMs).filter((position) => !isClosedPosition(position));
  }
}

function supersedes(next: WireOrder, known: WireOrder): boolean {
  const filled = decimal(next.dealVol).comparedTo(known.dealVol);
  if (filled < 0) return false;
  if (isFinalOrder(known) && !isFinalOrder(next)) return false;
  if (next.version !== null && known.version !== null && next.version !== known.version) {
    return next.version > known.version;
  }
  if (filled > 0 || (isFinalOrder(next) && !isFinalOrder(known))) return true;
  // lists of the past cut its time to seconds: the same end with a later time is no other end
  if (isFinalOrder(known)) return false;
  return next.updateTime !== null && known.updateTime !== null && next.updateTime > known.updateTime;
}

function isLater(next: WirePosition, timeMs: number, known: Known<WirePosition>): boolean {
  const { value } = known;
  if (next.version !== null && value.version !== null && next.version !== value.version) {
    return next.version > value.version;
  }
  if (next.updateTime !== null && value.updateTime !== null && next.updateTime !== value.updateTime) {
    return next.updateTime > value.updateTime;
  }
  return (timeMs >= known.timeMs || isClosedPosition(next)) && !isEqual(next, value);
}

/** Puts it last; the oldest that are over give way. */
function remember<T>(map: Map<string, Known<T>>, key: string, known: Known<T>, isOver: (value: T) => boolean): void {
  map.delete(key);
  map.set(key, known);
  if (map.size <= 2 * REMEMBERED) return;
  for (const [id, { value }] of map) {
    if (map.size <= REMEMBERED) return;
    if (isOver(value)) map.delete(id);
  }
}

const valuesOf = <T>(map: ReadonlyMap<string, Known<T>>): readonly T[] => [...map.values()].map(({ value }) => value);

const missing = <T>(map: ReadonlyMap<string, Known<T>>, ids: ReadonlySet<string>, beforeMs: number): readonly T[] =>
  [...map].filter(([id, { timeMs }]) => timeMs < beforeMs && !ids.has(id)).map(([, { value }]) => value);

const isSamePosition = (a: WirePosition, b: WirePosition): boolean =>
  a.state === b.state &&
  isSameNumber(a.holdVol, b.holdVol) &&
  isSameNumber(a.holdAvgPrice, b.holdAvgPrice) &&
  isSameNumber(a.im, b.im) &&
  a.leverage === b.leverage;

const isSameAsset = (a: WireAsset, b: WireAsset): boolean =>
  isSameNumber(a.availableBalance, b.availableBalance) &&
  isSameNumber(a.frozenBalance, b.frozenBalance) &&
  isSameNumber(a.positionMargin, b.positionMargin);

const isSameNumber = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && decimal(a).eq(b));

const isEqual = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
