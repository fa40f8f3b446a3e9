export * from './candle-aggregator.ts';
export * from './live-candles.ts';
