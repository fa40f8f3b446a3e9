import { CANDLE_STORE_PORT } from '@prate/candle-store-port';
import { type Token, token } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { CandleAggregator, type CandleAggregatorOptions } from './candle-aggregator.ts';

export const CANDLE_AGGREGATOR: Token<CandleAggregator> = token('candle-aggregator');

/** Binds CANDLE_AGGREGATOR over whatever store is bound to CANDLE_STORE_PORT. */
export const candleAggregatorModule = (options: Omit<CandleAggregatorOptions, 'store'> = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(
      bind,
      CANDLE_AGGREGATOR,
      [CANDLE_STORE_PORT],
      (store) => new CandleAggregator({ ...options, store }),
    ).inSingletonScope();
  });
