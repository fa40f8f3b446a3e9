export { DeskRefusal, DeskRefusalReason } from './desk/desk-refusal.ts';
export type * from './desk/desk-types.ts';
export type * from './desk/paper-desk.ts';
export type * from './desk/trigger-types.ts';
export type { Posting } from './engine/ledger.ts';
export type { MissedMarket } from './engine/missed.ts';
export type { PaperState } from './exchange-core.ts';
export { InMemoryPaperExecution, type PaperSeat } from './in-memory-paper-execution.ts';
export { LogHash } from './log-hash.ts';
export {
  DEFAULT_LEVERAGE,
  type Drawn,
  EVENT_CAPACITY,
  type PaperFeed,
  type PaperFees,
  type PaperOptions,
  type PaperRules,
} from './options.ts';
export { type AccountOpening, PaperExchange } from './paper-exchange.ts';
