import { EXECUTION_PORT } from '@prate/execution-port';
import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, RANDOM } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { MexcFuturesExecution } from './execution/mexc-futures-execution.ts';
import type { MexcFuturesExecutionOptions } from './execution/options.ts';
import { MexcFuturesMarketData, type MexcMarketDataOptions } from './market/index.ts';

/** Binds EXECUTION_PORT to one MEXC account on the container's clock and random source; unbinding disconnects it. */
export const mexcExecutionModule = (options: Omit<MexcFuturesExecutionOptions, 'clock' | 'random'>): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(
      bind,
      EXECUTION_PORT,
      [CLOCK, RANDOM],
      (clock, random) => new MexcFuturesExecution({ ...options, clock, random }),
    )
      .inSingletonScope()
      .onDeactivation((port) => port.disconnect());
  });

/** Binds MARKET_DATA_PORT to MEXC's public market, on the container's clock and random source; unbinding ends its streams. */
export const mexcMarketDataModule = (options: Omit<MexcMarketDataOptions, 'clock' | 'random'> = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(
      bind,
      MARKET_DATA_PORT,
      [CLOCK, RANDOM],
      (clock, random) => new MexcFuturesMarketData({ ...options, clock, random }),
    )
      .inSingletonScope()
      .onDeactivation((market) => (market as MexcFuturesMarketData).close());
  });
