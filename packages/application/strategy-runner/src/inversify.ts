import { EXECUTION_PORT } from '@prate/execution-port';
import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, LOGGER } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import type { StrategyRunnerOptions } from './runner-options.ts';
import { StrategyRunner } from './strategy-runner.ts';
import { CANDLE_FEED, CANDLE_HISTORY, STRATEGY_RUNNER } from './tokens.ts';

/** What is no collaborator. */
export type StrategyRunnerModuleOptions = Pick<
  StrategyRunnerOptions,
  'strategy' | 'symbols' | 'interval' | 'onEnd' | 'maxWaiting' | 'marksAtClose'
>;

/**
 * Binds STRATEGY_RUNNER, one for the container, not started; leaving the container stops it. Needs EXECUTION_PORT,
 * MARKET_DATA_PORT, CLOCK, LOGGER, and this package's CANDLE_FEED and CANDLE_HISTORY.
 */
export const strategyRunnerModule = (options: StrategyRunnerModuleOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(
      bind,
      STRATEGY_RUNNER,
      [EXECUTION_PORT, MARKET_DATA_PORT, CANDLE_FEED, CANDLE_HISTORY, CLOCK, LOGGER],
      (execution, market, candleFeed, candles, clock, log) =>
        new StrategyRunner({ ...options, execution, market, candleFeed, candles, clock, log }),
    )
      .inSingletonScope()
      .onDeactivation((runner) => runner.stop('the application ends'));
  });
