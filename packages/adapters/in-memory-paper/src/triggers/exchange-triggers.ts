import { Side } from '@prate/domain';
import type { TriggerPriceSource } from '@prate/execution-port';
import type { AccountObserver, EngineAccount } from '../engine/account.ts';
import { fillOrder } from '../engine/filling.ts';
import type { SymbolMarket } from '../engine/market.ts';
import type { CandleStep } from '../engine/matching.ts';
import type { EngineOrder } from '../engine/order.ts';
import type { Seat } from '../engine/seat.ts';
import type { Triggers } from '../engine/triggers.ts';
import type { DeskRules } from './account-host.ts';
import { AccountHost } from './account-host.ts';
import { AccountTriggers, type SavedTriggers } from './account-triggers.ts';
import type { PriceWatch, Way } from './price-watch.ts';
import type { Opened } from './trigger-host.ts';

/** What has happened to an account, and what it leads to when the engine has done everything else. */
type Notice =
  | { readonly kind: 'opened'; readonly opened: Opened; readonly timeMs: number }
  | { readonly kind: 'ended'; readonly positionId: number; readonly timeMs: number };

interface Member {
  readonly account: EngineAccount;
  readonly triggers: AccountTriggers;
  readonly notices: Notice[];
}

interface Told {
  readonly market: SymbolMarket;
  readonly source: TriggerPriceSource;
  readonly ticks: number;
  readonly timeMs: number;
}

/** The trigger orders of all accounts of an exchange. */
export class ExchangeTriggers implements Triggers {
  readonly #rules: DeskRules;
  readonly #members = new Map<EngineAccount, Member>();
  #told: Told[] = [];

  constructor(rules: DeskRules) {
    this.#rules = rules;
  }

  /** Those of one account of the exchange. */
  of(account: EngineAccount): AccountTriggers {
    return (this.#members.get(account) as Member).triggers;
  }

  observe(account: EngineAccount): AccountObserver {
    const notices: Notice[] = [];
    const settle = (): void => this.#settle(member);
    const triggers = new AccountTriggers(new AccountHost(account, this.#rules, settle, () => triggers.soonestEnd));
    const member: Member = { account, triggers, notices };
    this.#members.set(account, member);
    const ended = (positionId: number, timeMs: number): void => {
      notices.push({ kind: 'ended', positionId, timeMs });
    };
    return {
      order() {},
      fill({ order, lots, time: timeMs }, { closed, opened }) {
        if (closed !== null && closed.lots === 0) ended(closed.id, timeMs);
        if (opened === null || order.stops === null) return;
        const { grid } = order.seat.market;
        const quantity = grid.quantity(closed === null ? lots : opened.lots);
        const taken: Opened = { orderId: String(order.id), positionId: opened.id, quantity, ...order.stops };
        notices.push({ kind: 'opened', opened: taken, timeMs });
      },
      position({ id, lots, updatedAt }) {
        if (lots === 0) ended(id, updatedAt);
      },
      asset() {},
      positionMode() {},
      trigger() {},
    };
  }

  isEngaged(account: EngineAccount): boolean {
    return this.of(account).isEngaged;
  }

  quiet(market: SymbolMarket): { readonly low: number; readonly high: number } {
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    const sources = sourcesOf(market);
    for (const [, watch] of this.#watching(market)) {
      const quiet = watch.quiet(sources);
      low = Math.max(low, quiet.low);
      high = Math.min(high, quiet.high);
    }
    return { low, high };
  }

  dueAt(): number {
    let dueAt = Number.POSITIVE_INFINITY;
    for (const { triggers } of this.#members.values()) dueAt = Math.min(dueAt, triggers.soonestEnd);
    return dueAt;
  }

  expire(timeMs: number): void {
    for (const { triggers } of this.#members.values()) triggers.expire(timeMs);
  }

  price(market: SymbolMarket, source: TriggerPriceSource, ticks: number, timeMs: number): void {
    for (const _ of this.#watching(market)) {
      this.#told.push({ market, source, ticks, timeMs });
      return;
    }
  }

  settled(): void {
    this.#act(false);
  }

  opened(): void {
    this.#act(true);
  }

  walks(seat: Seat): boolean {
    const { market, account } = seat;
    if (this.of(account).watchAt(market.instrument.symbol)?.isEmpty === false) return true;
    for (const { stops } of seat.open.values()) if (stops !== null) return true;
    return false;
  }

  walk(market: SymbolMarket, candle: CandleStep, timeMs: number): void {
    const { symbol } = market.instrument;
    for (const member of this.#members.values()) {
      const watch = member.triggers.watchAt(symbol);
      const seat = member.account.seats.get(symbol);
      if (seat !== undefined ? !this.walks(seat) : watch === null || watch.isEmpty) continue;
      this.#walk(member, member.account.seat(market), candle, timeMs);
    }
  }

  closed(market: SymbolMarket, { low, high, close }: CandleStep, timeMs: number): void {
    for (const [member, watch] of this.#watching(market)) {
      watch.close(sourcesOf(market), close, { low, high }, timeMs);
      this.#settle(member);
    }
  }

  /** The triggers of each account by its name, where it ever had any. */
  save(): Readonly<Record<string, SavedTriggers>> {
    const saved: Record<string, SavedTriggers> = {};
    for (const { account, triggers } of this.#members.values()) {
      const state = triggers.save();
      if (Object.values(state).some(({ length }) => length > 0)) saved[account.name] = state;
    }
    return saved;
  }

  #act(isOpen: boolean): void {
    for (;;) {
      for (const member of this.#members.values()) this.#settle(member);
      const told = this.#told;
      if (told.length === 0) return;
      this.#told = [];
      for (const { market, source, ticks, timeMs } of told) {
        this.expire(timeMs);
        const moment = { ticks, extreme: ticks, tradesAt: isOpen ? ticks : null, range: null, timeMs };
        for (const [member, watch] of this.#watching(market)) {
          watch.price([source], moment);
          this.#settle(member);
        }
      }
    }
  }

  /** The side against which the position stands is walked first: nobody knows which end came first, so it is the worse. */
  #walk(member: Member, seat: Seat, { openTime, open, low, high }: CandleStep, timeMs: number): void {
    const { market } = seat;
    const watch = member.triggers.watch(market.instrument.symbol);
    const range = { low, high };
    const falling = (): void =>
      watch.walk(sourcesOf(market), {
        direction: 'FALLS_TO',
        from: open,
        to: low,
        range,
        timeMs,
        resting: this.#resting(member, seat.bids.reached(low + 1), openTime, timeMs),
      });
    const rising = (): void =>
      watch.walk(sourcesOf(market), {
        direction: 'RISES_TO',
        from: open,
        to: high,
        range,
        timeMs,
        resting: this.#resting(member, seat.asks.reached(high - 1), openTime, timeMs),
      });
    const ways = seat.short !== null && seat.long === null ? [rising, falling] : [falling, rising];
    for (const walk of ways) walk();
  }

  /** Orders that were there when the candle opened fill whole at their own price. */
  #resting(member: Member, orders: readonly EngineOrder[], openTime: number, timeMs: number): Way['resting'] {
    const there = orders.filter(({ arrivesAt }) => arrivesAt <= openTime);
    let at = 0;
    return {
      next: () => {
        while (there[at]?.isOpen === false) at += 1;
        return there[at]?.ticks ?? 0;
      },
      fillNext: () => {
        const order = there[at] as EngineOrder;
        at += 1;
        fillOrder(order, order.ticks, order.left, false, timeMs);
        this.#settle(member);
      },
    };
  }

  /** What fills and ends of positions lead to for stops. */
  #settle({ triggers, notices }: Member): void {
    for (let notice = notices.shift(); notice !== undefined; notice = notices.shift()) {
      if (notice.kind === 'opened') triggers.stopOrders.takeOver(notice.opened, notice.timeMs);
      else triggers.stopOrders.positionEnded(notice.positionId, notice.timeMs);
    }
  }

  *#watching(market: SymbolMarket): Generator<readonly [Member, PriceWatch]> {
    const { symbol } = market.instrument;
    for (const member of this.#members.values()) {
      const watch = member.triggers.watchAt(symbol);
      if (watch !== null) yield [member, watch];
    }
  }
}

/** Which prices a last price is, where tickers tell no others. */
function sourcesOf({ toldMark, toldIndex }: SymbolMarket): readonly TriggerPriceSource[] {
  if (toldMark === 0) return toldIndex === 0 ? ['LAST', 'MARK', 'INDEX'] : ['LAST', 'MARK'];
  return toldIndex === 0 ? ['LAST', 'INDEX'] : ['LAST'];
}
