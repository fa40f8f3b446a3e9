export * from './candle-aggregator.ts';
export * from './closed-history.ts';
export * from './live-candles.ts';
