export { MexcFuturesExecution } from './mexc-futures-execution.ts';
export type { MexcFuturesExecutionOptions } from './options.ts';
export { UnsettledOrderError } from './order-cancels.ts';
