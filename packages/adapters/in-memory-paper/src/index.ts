export type { Posting } from './engine/ledger.ts';
export { InMemoryPaperExecution, type PaperSeat } from './in-memory-paper-execution.ts';
export { DEFAULT_LEVERAGE, EVENT_CAPACITY, type PaperFeed, type PaperOptions, type PaperRules } from './options.ts';
export { PaperExchange } from './paper-exchange.ts';
