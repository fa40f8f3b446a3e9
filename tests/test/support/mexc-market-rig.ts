import { Side } from '@prate/domain';
import { MexcFuturesMarketData, type MexcMarketDataOptions } from '@prate/mexc-futures';
import { MexcSandbox, type SandboxBackend, ScriptedBackend } from '@prate/mexc-sandbox';
import { ManualClock, seededRandom } from '@prate/runtime';
import { QuietNetwork } from './quiet-network.ts';

/** 2026-01-01T00:00:00Z, a minute, an hour and a settlement of funding. */
export const START_MS = 1_767_225_600_000;
/** Less than the pings are apart: time moves in such steps, so that no connection looks dead. */
const TICK_MS = 4_000;

export interface MarketRig<Backend extends SandboxBackend = ScriptedBackend> {
  readonly clock: ManualClock;
  readonly backend: Backend;
  readonly sandbox: MexcSandbox;
  readonly network: QuietNetwork;
  readonly port: MexcFuturesMarketData;
  /** One trade and one change of the book; a new funding rate with each whole minute. */
  act(): void;
  /** Time passes; something happens every four seconds of it, unless `isQuiet`. */
  advance(durationMs: number, isQuiet?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What a market that moves can be made to do. */
export interface MovedMarket {
  setBook(bids: readonly MovedLevel[], asks: readonly MovedLevel[]): void;
  trade(price: string, contracts: number, side: Side): void;
  /** What the next settlement pays, from now on. */
  setFundingRate(rate: string): void;
}

interface MovedLevel {
  readonly price: string;
  readonly contracts: number;
}

/** A sandbox with a market at 80,000 that moves with the clock, and the adapter over real sockets. */
export async function marketRig(options: MexcMarketDataOptions = {}, seed = 1): Promise<MarketRig> {
  const clock = new ManualClock(START_MS);
  const backend = new ScriptedBackend({ clock, accounts: {} });
  const level = ({ price, contracts }: MovedLevel) => ({ price, volume: contracts });
  const moved: MovedMarket = {
    setBook: (bids, asks) => backend.setBook('BTC_USDT', bids.map(level), asks.map(level)),
    trade: (price, contracts, side) => backend.trade('BTC_USDT', price, contracts, side),
    setFundingRate: (rate) => backend.setFundingRate('BTC_USDT', rate),
  };
  backend.settleFunding('BTC_USDT');
  return marketRigOn(backend, moved, clock, options, seed);
}

/** The same before any backend on this clock. */
export async function marketRigOn<Backend extends SandboxBackend>(
  backend: Backend,
  moved: MovedMarket,
  clock: ManualClock,
  options: MexcMarketDataOptions = {},
  seed = 1,
): Promise<MarketRig<Backend>> {
  const random = seededRandom(seed);
  const sandbox = await MexcSandbox.start({ backend, clock, accounts: [], seed: seed + 1 });
  const network = new QuietNetwork();
  const port = new MexcFuturesMarketData({
    clock,
    random: seededRandom(seed + 2),
    restBaseUrl: sandbox.restUrl,
    wsUrl: sandbox.wsUrl,
    transport: network.http,
    socketTransport: network.sockets,
    ...options,
  });
  let rate = 10;
  const act = (): void => {
    const middle = 80_000 + random.nextInt(-50, 50);
    const levels = (sign: 1 | -1) =>
      Array.from({ length: 5 }, (_, i) => ({
        price: String(middle + sign * (1 + i)),
        contracts: random.nextInt(1, 1_000),
      }));
    moved.setBook(levels(-1), levels(1));
    const side = random.next() < 0.5 ? Side.BUY : Side.SELL;
    moved.trade(`${middle}.${random.nextInt(0, 10)}`, random.nextInt(1, 100), side);
    if (clock.nowMs() % 60_000 < TICK_MS) {
      rate += 1;
      moved.setFundingRate(`0.0000${rate}`);
    }
  };
  const advance = async (durationMs: number, isQuiet = false): Promise<void> => {
    const end = clock.nowMs() + durationMs;
    await network.settle();
    while (clock.nowMs() < end) {
      clock.advance(Math.min(TICK_MS, end - clock.nowMs()));
      if (!isQuiet) act();
      await network.settle();
    }
  };
  const close = async (): Promise<void> => {
    await port.close();
    await sandbox.close();
    await network.close();
  };
  act();
  return { clock, backend, sandbox, network, port, act, advance, close };
}
