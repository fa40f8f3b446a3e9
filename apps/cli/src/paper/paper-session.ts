import type { ExecutionPort } from '@prate/execution-port';
import { PaperExchange, type PaperState } from '@prate/in-memory-paper';
import { ManualClock, seededRandom } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { syntheticVenue } from '../sources.ts';

/** Of the made-up market, and of the exchange's own chance. */
const SEED = 1;
const PAPER_SYMBOLS: readonly string[] = ['BTC_USDT', 'ETH_USDT', 'SOL_USDT', 'XRP_USDT', 'DOGE_USDT', 'LTC_USDT'];
const ACCOUNT = 'main';

/** @param clock stands at the moment up to which the market is known */
export const paperMarket = (clock: ManualClock, symbols: readonly string[] = PAPER_SYMBOLS): SyntheticMarket =>
  new SyntheticMarket({ seed: SEED, symbols, clock, venue: syntheticVenue(SEED) });

export interface SessionStart {
  /** Null: a new exchange. */
  readonly exchange: PaperState | null;
  /** Epoch ms; what happened then is past. */
  readonly time: number;
  /** What a new account begins with. */
  readonly balance: string;
  /** Whose market is played. */
  readonly symbols?: readonly string[];
}

/** The paper account in this process, on a market that stands still until it is played. */
export class PaperSession {
  readonly execution: ExecutionPort;
  readonly exchange: PaperExchange;
  readonly #market: SyntheticMarket;
  readonly #clock: ManualClock;

  static async open({ exchange: state, time, balance, symbols }: SessionStart): Promise<PaperSession> {
    const clock = new ManualClock(time);
    const market = paperMarket(clock, symbols);
    // to nobody: what happened at that very moment was told before the account was saved
    await market.play({ until: time });
    const options = { market, clock, random: seededRandom(SEED), balance };
    const session = new PaperSession(new PaperExchange(options, state), market, clock);
    await session.execution.connect();
    return session;
  }

  private constructor(exchange: PaperExchange, market: SyntheticMarket, clock: ManualClock) {
    this.exchange = exchange;
    this.execution = exchange.account(ACCOUNT);
    this.#market = market;
    this.#clock = clock;
  }

  /** Epoch ms: everything up to here has happened. */
  get time(): number {
    return this.#clock.nowMs();
  }

  get desk(): ReturnType<PaperExchange['desk']> {
    return this.exchange.desk(ACCOUNT);
  }

  /** Plays the market up to and including a moment; nothing where that is past. */
  async playTo(timeMs: number, signal?: AbortSignal): Promise<void> {
    await this.#market.play({ until: Math.max(timeMs, this.time), signal });
  }

  /** Where something may happen while nobody looks: positions, open orders, trigger orders. */
  async busySymbols(): Promise<readonly string[]> {
    const { execution } = this;
    const triggers = (await execution.triggers?.list()) ?? [];
    const found = [
      ...(await execution.getPositions()),
      ...(await execution.getOpenOrders()),
      ...triggers.map(({ request }) => request),
    ];
    return [...new Set(found.map(({ symbol }) => symbol))];
  }

  save(): PaperState {
    return this.exchange.save();
  }

  async close(): Promise<void> {
    await this.execution.disconnect();
    this.#market.close();
  }
}
