import type { TriggerPriceSource } from '@prate/execution-port';
import type { Engine } from '../engine/engine.ts';
import { fillOrder } from '../engine/filling.ts';
import type { SymbolMarket } from '../engine/market.ts';
import type { CandleStep } from '../engine/matching.ts';
import type { AccountObserver, EngineAccount, EngineOrder, Seat } from '../engine/model.ts';
import type { Triggers } from '../engine/triggers.ts';
import { AccountHost, type TriggerRules } from './account-host.ts';
import { AccountTriggers } from './account-triggers.ts';
import type { PriceWatch, Way } from './price-watch.ts';
import { restored, saved } from './saved-triggers.ts';
import type { Opened } from './trigger-host.ts';

/** Accounts by name; decimals are text. */
export type SavedExchangeTriggers = readonly (readonly [account: string, triggers: unknown])[];

/** What has happened to an account, and what it leads to when the engine has done everything else. */
type Notice =
  | { readonly kind: 'opened'; readonly opened: Opened; readonly timeMs: number }
  | { readonly kind: 'ended'; readonly positionId: number; readonly timeMs: number };

interface Member {
  readonly account: EngineAccount;
  readonly triggers: AccountTriggers;
  readonly notices: Notice[];
}

/** The watch of one account at one symbol. */
interface Watching {
  readonly member: Member;
  readonly watch: PriceWatch;
}

interface Told {
  readonly market: SymbolMarket;
  readonly source: TriggerPriceSource;
  readonly ticks: number;
  readonly timeMs: number;
}

/** The trigger orders of all accounts of an exchange. */
export class ExchangeTriggers implements Triggers {
  readonly #rules: TriggerRules;
  readonly #members = new Map<EngineAccount, Member>();
  /** By symbol, in the order of the accounts. */
  readonly #watches = new Map<string, Watching[]>();
  /** Those with notices. */
  #noticed: Member[] = [];
  #told: Told[] = [];

  constructor(rules: TriggerRules) {
    this.#rules = rules;
  }

  /** Those of one account of the exchange. */
  of(account: EngineAccount): AccountTriggers {
    return (this.#members.get(account) as Member).triggers;
  }

  observe(account: EngineAccount): AccountObserver {
    const host = new AccountHost(account, this.#rules, () => this.#settle());
    const triggers = new AccountTriggers(host, (symbol, watch) => this.#join(symbol, { member, watch }));
    const member: Member = { account, triggers, notices: [] };
    this.#members.set(account, member);
    const note = (notice: Notice): void => {
      if (member.notices.push(notice) === 1) this.#noticed.push(member);
    };
    return {
      order() {},
      fill({ order, lots, time: timeMs }, { closed, opened }) {
        if (closed !== null && closed.lots === 0) note({ kind: 'ended', positionId: closed.id, timeMs });
        if (opened === null || order.stops === null) return;
        const quantity = order.seat.market.grid.quantity(closed === null ? lots : opened.lots);
        const taken: Opened = { orderId: String(order.id), positionId: opened.id, quantity, ...order.stops };
        note({ kind: 'opened', opened: taken, timeMs });
      },
      position() {},
      asset() {},
      positionMode() {},
      trigger() {},
      attached() {},
    };
  }

  isEngaged(account: EngineAccount): boolean {
    return this.of(account).isEngaged;
  }

  quiet(market: SymbolMarket): { readonly low: number; readonly high: number } {
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    const sources = sourcesOf(market);
    for (const { watch } of this.#watching(market)) {
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
    // a fill that comes with this price may bring a stop that it has reached
    if (this.#watching(market).length > 0 || this.#noticed.length > 0)
      this.#told.push({ market, source, ticks, timeMs });
  }

  settled(): void {
    this.#act(false);
  }

  opened(): void {
    this.#act(true);
  }

  walks({ market, account, open }: Seat): boolean {
    const own = this.#watching(market).find(({ member }) => member.account === account);
    if (own?.watch.isEmpty === false) return true;
    return open.list().some(({ stops }) => stops !== null);
  }

  walk(market: SymbolMarket, candle: CandleStep, closeTime: number): void {
    this.expire(closeTime - 1);
    for (const member of this.#members.values()) {
      const seat = member.account.seats.get(market.instrument.symbol);
      if (seat !== undefined && this.walks(seat)) this.#walk(member, seat, candle, closeTime);
    }
  }

  closed(market: SymbolMarket, { low, high, close }: CandleStep, closeTime: number): void {
    for (const { watch } of this.#watching(market)) {
      watch.close(sourcesOf(market), close, { low, high }, closeTime);
      this.#settle();
    }
  }

  save(): SavedExchangeTriggers {
    return [...this.#members.values()].map(({ account, triggers }) => [account.name, saved(triggers.save())] as const);
  }

  /** Into an engine whose accounts and markets are there, and have no triggers yet. */
  restore(state: SavedExchangeTriggers, engine: Engine): void {
    for (const [name, triggers] of state) {
      this.of(engine.accounts.get(name) as EngineAccount).restore(restored(triggers));
    }
  }

  #act(isOpen: boolean): void {
    for (;;) {
      this.#settle();
      const told = this.#told;
      if (told.length === 0) return;
      this.#told = [];
      for (const { market, source, ticks, timeMs } of told) {
        this.expire(timeMs);
        const moment = { ticks, extreme: ticks, tradesAt: isOpen ? ticks : null, range: null, timeMs };
        for (const { watch } of this.#watching(market)) {
          watch.price([source], moment);
          this.#settle();
        }
      }
    }
  }

  /** The side against which the position stands is walked first: nobody knows which end came first, so it is the worse. */
  #walk({ triggers }: Member, seat: Seat, { openTime, open, low, high }: CandleStep, timeMs: number): void {
    const { market } = seat;
    const watch = triggers.watch(market.instrument.symbol);
    const range = { low, high };
    const falling = (): void =>
      watch.walk(sourcesOf(market), {
        direction: 'FALLS_TO',
        from: open,
        to: low,
        range,
        timeMs,
        resting: this.#resting(seat.bids.reached(low + 1), openTime, timeMs),
      });
    const rising = (): void =>
      watch.walk(sourcesOf(market), {
        direction: 'RISES_TO',
        from: open,
        to: high,
        range,
        timeMs,
        resting: this.#resting(seat.asks.reached(high - 1), openTime, timeMs),
      });
    const ways = seat.short !== null && seat.long === null ? [rising, falling] : [falling, rising];
    for (const walk of ways) walk();
  }

  /** Orders that were there when the candle opened fill whole at their own price. */
  #resting(orders: readonly EngineOrder[], openTime: number, timeMs: number): Way['resting'] {
    const there = orders.filter(({ live }) => live.arrivesAt <= openTime);
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
        this.#settle();
      },
    };
  }

  /** What fills and ends of positions lead to for stops. */
  #settle(): void {
    const members = this.#noticed;
    if (members.length === 0) return;
    this.#noticed = [];
    for (const { triggers, notices } of members) {
      for (const notice of notices.splice(0)) {
        if (notice.kind === 'opened') triggers.stopOrders.takeOver(notice.opened, notice.timeMs);
        else triggers.stopOrders.positionEnded(notice.positionId, notice.timeMs);
      }
    }
  }

  #join(symbol: string, watching: Watching): void {
    const known = this.#watches.get(symbol) ?? [];
    const at = known.findIndex(({ member }) => member.account.index > watching.member.account.index);
    known.splice(at === -1 ? known.length : at, 0, watching);
    this.#watches.set(symbol, known);
  }

  #watching({ instrument }: SymbolMarket): readonly Watching[] {
    return this.#watches.get(instrument.symbol) ?? [];
  }
}

/** Which prices a last price is, where tickers tell no others. */
function sourcesOf({ toldMark, toldIndex }: SymbolMarket): readonly TriggerPriceSource[] {
  if (toldMark === 0) return toldIndex === 0 ? ['LAST', 'MARK', 'INDEX'] : ['LAST', 'MARK'];
  return toldIndex === 0 ? ['LAST', 'INDEX'] : ['LAST'];
}
