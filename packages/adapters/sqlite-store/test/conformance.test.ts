import { type CandleStoreContext, candleStoreCases } from '@prate/candle-store-port/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { SqliteCandleStore } from '../src/index.ts';

describeConformance<CandleStoreContext, string>('sqlite-store', candleStoreCases, {
  capabilities: [],
  setup: async () => ({ store: SqliteCandleStore.open(':memory:') }),
  teardown: ({ store }) => store.close(),
});
