import { CANDLE_STORE_PORT, type CandleStorePort } from '@prate/candle-store-port';
import { resolveAsync } from '@prate/runtime/inversify';
import { Container } from 'inversify';
import { expect, test } from 'vitest';
import { CandleAggregator } from '../src/index.ts';
import { CANDLE_AGGREGATOR, candleAggregatorModule } from '../src/inversify.ts';
import { FakeStore } from './support/fake-store.ts';
import { T0 } from './support/values.ts';

test('candleAggregatorModule: one aggregator over the store that is bound, with the options given', async () => {
  const store = new FakeStore();
  const container = new Container();
  container.bind<CandleStorePort>(CANDLE_STORE_PORT).toConstantValue(store);
  container.load(candleAggregatorModule({ cachedCandles: 0 }));
  const candles = await resolveAsync(container, CANDLE_AGGREGATOR);
  expect(candles).toBeInstanceOf(CandleAggregator);
  expect(await resolveAsync(container, CANDLE_AGGREGATOR)).toBe(candles);
  await candles.getColumns('A', T0, T0 + 1000, '1s');
  await candles.getColumns('A', T0, T0 + 1000, '1s');
  expect(store.queries).toHaveLength(2);
});
