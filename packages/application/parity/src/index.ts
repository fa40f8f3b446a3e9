export { type Action, actionsOf } from './actions.ts';
export {
  type Difference,
  type NotCompared,
  NotComparedReason,
  type OrderComparison,
  type OrderSide,
  type PriceDifference,
  type TapeScale,
} from './compare.ts';
export type { CurvePoint } from './curve.ts';
export { type FoundFees, type FoundRate, feesPaid } from './fee-rates.ts';
export { type RecordedEvent, type Recording, recordingOfHistory, type SessionFill } from './recording.ts';
export { type PaperSession, replayActions, type Tape } from './replay.ts';
export { compareSessions, type ParityReport, type SymbolParity, type SymbolPicture } from './report.ts';
export { type LiveSession, liveSession } from './session.ts';
export { type SessionStart, startOf } from './start.ts';
export type { Both, PriceSummary, Summary } from './summary.ts';
export { TapeWatch } from './tape.ts';
