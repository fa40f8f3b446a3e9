export * from './backfill.ts';
export { BadAnswerError, type MissingRows } from './backfill-answers.ts';
export type { BackfilledSeries, BackfillMarket } from './backfill-job.ts';
export * from './candle-aggregator.ts';
export * from './closed-history.ts';
export * from './live-candles.ts';
export type { PartialItem } from './live-subscription.ts';
export type { RetryPolicy } from './request-gate.ts';
