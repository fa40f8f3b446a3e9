import type { Instrument } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import type { ExitCode } from './exit-codes.ts';

/** An account at a venue, for one command. */
export interface OpenVenue {
  readonly execution: ExecutionPort;
  /** Ends every call of the command. */
  readonly signal: AbortSignal;
  /** A copy of the account as it will be after so much time, if nobody does anything more; null where nobody can know. */
  readonly ahead: ((durationMs: number) => Promise<ExecutionPort>) | null;
  /** What may be traded there; null in a dry run, whose account is made up. */
  readonly getInstruments: (() => Promise<readonly Instrument[]>) | null;
}

/** What a command came to: its exit code, and the same thing as a document and as text. */
export interface Result {
  readonly code: ExitCode;
  readonly document: object;
  readonly text: string;
}
