import { MARKET_DATA_PORT } from '@prate/market-data-port';
import { CLOCK, ManualClock, RANDOM, seededRandom } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { mexcMarketDataModule } from '../src/inversify.ts';

it('the module binds one market, and unbinding ends its streams', async () => {
  const container = new Container();
  container.bind(CLOCK).toConstantValue(new ManualClock(0));
  container.bind(RANDOM).toConstantValue(seededRandom(1));
  container.load(mexcMarketDataModule({ transport: { send: () => new Promise(() => {}), close: async () => {} } }));
  const market = await resolveAsync(container, MARKET_DATA_PORT);
  expect(market.venue).toBe('mexc');
  expect(await resolveAsync(container, MARKET_DATA_PORT)).toBe(market);
  const stream = market.trades(['BTC_USDT'], () => {});
  await container.unbindAllAsync();
  await stream.done;
});
