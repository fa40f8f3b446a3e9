import { Decimal, type DecimalInput, type Instrument, type Side } from '@prate/domain';
import { PaperExchange } from '@prate/in-memory-paper';
import type { SandboxAccount, SandboxBackend, SandboxMarket } from '@prate/mexc-sandbox';
import { type ManualClock, seededRandom } from '@prate/runtime';
import { DeskAccounts } from '../../../apps/sandbox/src/accounts/desk-accounts.ts';
import { LiveMarket } from '../../../apps/sandbox/src/market/live-market.ts';
import { instrumentOf, ScriptedMarket } from '../../../packages/adapters/in-memory-paper/test/scripted-market.ts';

/** What is traded. Its lot is above its smallest decimal step, and its minimum above its lot. */
export const INSTRUMENT: Instrument = instrumentOf({
  tickSize: new Decimal('0.1'),
  lotSize: new Decimal('0.0002'),
  contractSize: new Decimal('0.0001'),
  minQuantity: new Decimal('0.0004'),
  maxQuantity: new Decimal(250),
  maxLeverage: 500,
});

const HOUR_MS = 3_600_000;
const FUNDING_HOURS = 8;

interface Level {
  readonly price: DecimalInput;
  /** Base asset. */
  readonly quantity: DecimalInput;
}

/** What stands behind the wire in the sandbox, wired as in apps/sandbox, on a market that the test tells. */
export class PaperWire implements SandboxBackend {
  readonly market: SandboxMarket;
  readonly #told: ScriptedMarket;
  readonly #clock: ManualClock;
  readonly #accounts: DeskAccounts;
  readonly #live: LiveMarket;

  private constructor(told: ScriptedMarket, clock: ManualClock, live: LiveMarket, accounts: DeskAccounts) {
    this.#told = told;
    this.#clock = clock;
    this.market = live;
    this.#live = live;
    this.#accounts = accounts;
  }

  /** @param accounts their API keys, and what they begin with */
  static async open(clock: ManualClock, accounts: Readonly<Record<string, DecimalInput>>): Promise<PaperWire> {
    const streams = ['tradeStream', 'orderBookStream', 'tickerStream', 'fundingStream'] as const;
    const market = new ScriptedMarket(clock, streams, [INSTRUMENT]);
    const nextMs = (Math.floor(clock.nowMs() / (FUNDING_HOURS * HOUR_MS)) + 1) * FUNDING_HOURS * HOUR_MS;
    for (let i = -3; i < 3; i += 1) {
      const settleTime = nextMs + i * FUNDING_HOURS * HOUR_MS;
      market.settlements.push({ symbol: INSTRUMENT.symbol, rate: new Decimal('0.0001'), settleTime });
    }
    const exchange = new PaperExchange({ market, clock, random: seededRandom(1), balance: 1 });
    const live = await LiveMarket.open({
      market,
      clock,
      candles: null,
      insurance: (coin) => exchange.insuranceFund(coin),
      openInterest: (symbol) => exchange.openInterest(symbol),
    });
    live.followBooks();
    await exchange.connect();
    const desks = new DeskAccounts(exchange, (symbol) => live.contract(symbol), new Decimal(1));
    for (const [apiKey, balance] of Object.entries(accounts)) {
      desks.open({ apiKey, name: apiKey, balance: new Decimal(balance) });
    }
    return new PaperWire(market, clock, live, desks);
  }

  setBook(bids: readonly Level[], asks: readonly Level[]): void {
    const level = ({ price, quantity }: Level) => [price, quantity] as const;
    this.#told.setBook(bids.map(level), asks.map(level));
  }

  /** One print; the venue's mark and index price follow it. */
  trade(price: DecimalInput, quantity: DecimalInput, side: Side): void {
    this.#told.print({ price, quantity, side });
    this.#told.ticker(price, price);
  }

  /** Mark and index price without a print. */
  setPrices(mark: DecimalInput, index: DecimalInput): void {
    this.#told.ticker(mark, index);
  }

  setFundingRate(rate: DecimalInput): void {
    const next = this.#told.settlements.find(({ settleTime }) => settleTime > this.#clock.nowMs());
    if (next !== undefined) this.#told.fund(rate, next.settleTime);
  }

  account(apiKey: string): SandboxAccount | null {
    return this.#accounts.account(apiKey);
  }

  subscribe(listener: Parameters<SandboxBackend['subscribe']>[0]): () => void {
    const leave = [this.#live.subscribe(listener), this.#accounts.subscribe(listener)];
    return () => {
      for (const each of leave) each();
    };
  }
}
