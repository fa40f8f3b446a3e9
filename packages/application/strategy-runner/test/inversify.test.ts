import { EXECUTION_PORT } from '@prate/execution-port';
import { MARKET_DATA_PORT, type MarketDataPort } from '@prate/market-data-port';
import { CLOCK, LOGGER, ManualClock, silentLogger } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { Container } from 'inversify';
import { expect, test } from 'vitest';
import { CANDLE_FEED, CANDLE_HISTORY, STRATEGY_RUNNER } from '../src/index.ts';
import { strategyRunnerModule } from '../src/inversify.ts';
import { noHistory } from './support/rig.ts';
import { ScriptedMarket } from './support/scripted-market.ts';
import { NextOpenAccount } from './support/test-accounts.ts';

test('the module binds one runner, and leaving the container stops it', async () => {
  const clock = new ManualClock(0);
  const market = new ScriptedMarket(clock);
  const account = new NextOpenAccount(market);
  await account.connect();
  const stops: string[] = [];
  const container = new Container();
  container.bind(EXECUTION_PORT).toConstantValue(account);
  container.bind(MARKET_DATA_PORT).toConstantValue(market as unknown as MarketDataPort);
  container.bind(CANDLE_FEED).toConstantValue(market);
  container.bind(CANDLE_HISTORY).toConstantValue(noHistory);
  container.bind(CLOCK).toConstantValue(clock);
  container.bind(LOGGER).toConstantValue(silentLogger);
  const strategy = { name: 'a', onStop: (reason: string) => void stops.push(reason) };
  container.load(strategyRunnerModule({ strategy, symbols: ['BTC_USDT'], interval: '1m' }));

  const runner = await resolveAsync(container, STRATEGY_RUNNER);
  expect(await resolveAsync(container, STRATEGY_RUNNER)).toBe(runner);
  await runner.start();
  await container.unbindAllAsync();
  expect(stops).toEqual(['the application ends']);
  await expect(runner.done).resolves.toMatchObject({ reason: 'the application ends' });
});
