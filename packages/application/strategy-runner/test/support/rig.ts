import { ManualClock, silentLogger } from '@prate/runtime';
import type { CandleHistory, Strategy, StrategyRunnerOptions } from '../../src/index.ts';
import { StrategyRunner } from '../../src/index.ts';
import { ScriptedMarket } from './scripted-market.ts';
import { type AtOnceAccount, NextOpenAccount } from './test-accounts.ts';

export const noHistory: CandleHistory = { getAggregatedCandles: () => Promise.resolve([]) };

export interface Rig<Account> {
  readonly clock: ManualClock;
  readonly market: ScriptedMarket;
  readonly account: Account;
  readonly runner: StrategyRunner;
}

/** A runner over a scripted market and a connected account. */
export async function rig<Account extends NextOpenAccount | AtOnceAccount = NextOpenAccount>(
  strategy: Strategy,
  options: Partial<StrategyRunnerOptions> = {},
  makeAccount: (market: ScriptedMarket) => Account = (market) => new NextOpenAccount(market) as Account,
): Promise<Rig<Account>> {
  const clock = new ManualClock(0);
  const symbols = options.symbols ?? ['BTC_USDT'];
  const market = new ScriptedMarket(clock, ['BTC_USDT', 'ETH_USDT']);
  const account = makeAccount(market);
  await account.connect();
  const runner = new StrategyRunner({
    strategy,
    execution: account,
    market,
    candleFeed: market,
    candles: noHistory,
    clock,
    log: silentLogger,
    interval: '1m',
    ...options,
    symbols,
  });
  return { clock, market, account, runner };
}

/** A promise and its two ends, to hold a strategy up without waiting for time. */
export function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
