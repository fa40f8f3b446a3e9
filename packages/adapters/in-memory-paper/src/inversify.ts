import { EXECUTION_PORT } from '@prate/execution-port';
import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, RANDOM, type Token, token } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import type { PaperState } from './exchange-core.ts';
import type { PaperRules } from './options.ts';
import { PaperExchange } from './paper-exchange.ts';

/** The exchange behind the account, which can be saved. */
export const PAPER_EXCHANGE: Token<PaperExchange> = token('paper-exchange');

export interface PaperModuleOptions extends PaperRules {
  /** A saved exchange that goes on; null or absent: a new one. */
  readonly state?: PaperState | null | undefined;
}

/** The account that EXECUTION_PORT is. */
const ACCOUNT = 'main';

/**
 * Binds EXECUTION_PORT to one paper account over the container's market, clock and random source, and PAPER_EXCHANGE to the
 * exchange that it is at; unbinding disconnects it.
 */
export const paperModule = ({ state = null, ...rules }: PaperModuleOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(bind, PAPER_EXCHANGE, [MARKET_DATA_PORT, CLOCK, RANDOM], (market, clock, random) => {
      const options = { ...rules, market, clock, random };
      return state === null ? new PaperExchange(options) : PaperExchange.restore(state, options);
    }).inSingletonScope();
    provide(bind, EXECUTION_PORT, [PAPER_EXCHANGE], (exchange) => exchange.account(ACCOUNT))
      .inSingletonScope()
      .onDeactivation((port) => port.disconnect());
  });
