export type { Posting } from './engine/ledger.ts';
export { InMemoryPaperExecution, type PaperSeat } from './in-memory-paper-execution.ts';
export { DEFAULT_LEVERAGE, EVENT_CAPACITY, type PaperFeed, type PaperOptions, type PaperRules } from './options.ts';
export { PaperExchange } from './paper-exchange.ts';
export { DeskRefusal, DeskRefusalReason } from './desk/desk-refusal.ts';
export type * from './desk/desk-types.ts';
