import type { Instrument } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import type { ExitCode } from './exit-codes.ts';

/** An account at a venue, for one command. */
export interface OpenVenue {
  readonly execution: ExecutionPort;
  /** Ends every call of the command. */
  readonly signal: AbortSignal;
  /** Lets so much market time pass; null where it passes by itself. */
  readonly pass: ((durationMs: number) => Promise<void>) | null;
  /** What may be traded there; null in a dry run, whose account is made up. */
  readonly getInstruments: (() => Promise<readonly Instrument[]>) | null;
}

/** What a command came to: its exit code, and the same thing as a document and as text. */
export interface Result {
  readonly code: ExitCode;
  readonly document: object;
  readonly text: string;
}
