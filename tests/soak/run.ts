import type { Minute } from './minutes.ts';
import type { Ended } from './processes.ts';
import type { Truth } from './truth.ts';

/** What a run came to. */
export interface Run {
  readonly minutes: readonly Minute[];
  readonly drops: number;
  readonly truth: Truth;
  readonly ended: Ended & { readonly tookMs: number };
  /** The document that the session printed. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly pageProblems: readonly string[];
}
