import { EXECUTION_PORT } from '@prate/execution-port';
import { CLOCK, RANDOM } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { MexcFuturesExecution } from './execution/mexc-futures-execution.ts';
import type { MexcFuturesExecutionOptions } from './execution/options.ts';

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
