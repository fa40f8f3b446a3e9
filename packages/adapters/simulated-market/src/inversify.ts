import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, type ManualClock, type Token, token } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import type { PlayedMarket } from './played-market.ts';

/** The market behind MARKET_DATA_PORT, for whoever plays it. */
export const SIMULATED_MARKET: Token<PlayedMarket> = token('simulated-market');

/**
 * Binds a market, as MARKET_DATA_PORT and as SIMULATED_MARKET, and CLOCK to the clock that it moves, so that everything in
 * the container lives in the market's time. `open` makes the market on that clock, e.g.
 * `(clock) => FileMarket.open({ files, clock })`. Unbinding ends the market's subscriptions.
 */
export const simulatedMarketModule = (
  clock: ManualClock,
  open: (clock: ManualClock) => PlayedMarket | Promise<PlayedMarket>,
): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(CLOCK).toConstantValue(clock);
    provide(bind, SIMULATED_MARKET, [], () => open(clock))
      .inSingletonScope()
      .onDeactivation((market) => market.close());
    provide(bind, MARKET_DATA_PORT, [SIMULATED_MARKET], (market) => market).inSingletonScope();
  });
