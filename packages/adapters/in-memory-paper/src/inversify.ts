import { EXECUTION_PORT } from '@prate/execution-port';
import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, RANDOM } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { InMemoryPaperExecution } from './in-memory-paper-execution.ts';
import type { PaperRules } from './options.ts';

/** Binds EXECUTION_PORT to one paper account over the container's market, clock and random source; unbinding disconnects it. */
export const paperModule = (rules: PaperRules): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(
      bind,
      EXECUTION_PORT,
      [MARKET_DATA_PORT, CLOCK, RANDOM],
      (market, clock, random) => new InMemoryPaperExecution({ ...rules, market, clock, random }),
    )
      .inSingletonScope()
      .onDeactivation((port) => port.disconnect());
  });
