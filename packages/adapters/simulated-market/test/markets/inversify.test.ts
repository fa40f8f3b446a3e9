import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, ManualClock } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { Container } from 'inversify';
import { describe, expect, it } from 'vitest';
import { FileMarket } from '../../src/index.ts';
import { SIMULATED_MARKET, simulatedMarketModule } from '../../src/inversify.ts';
import { csv } from '../files/file-text.ts';

describe('simulated market module', () => {
  it('binds one market on the clock that everything else gets, and ends its streams when it is unbound', async () => {
    const clock = new ManualClock();
    const files = [{ symbol: 'A_USDT', source: csv('time_ms,price,quantity,side\n1,2,3,buy\n') }];
    const container = new Container({ defaultScope: 'Singleton' });
    container.load(simulatedMarketModule(clock, (marketClock) => FileMarket.open({ files, clock: marketClock })));
    const market = await resolveAsync(container, MARKET_DATA_PORT);
    expect(await resolveAsync(container, SIMULATED_MARKET)).toBe(market);
    expect(await resolveAsync(container, CLOCK)).toBe(clock);
    const subscription = market.trades(['A_USDT'], () => {});
    await container.unbindAllAsync();
    await subscription.done;
  });
});
