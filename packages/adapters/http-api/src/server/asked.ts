import type { Scope } from '../wire/session.ts';

/** What an operation is asked, checked. */
export interface Asked<Query, Body> {
  readonly query: Query;
  readonly body: Body;
  /** Parts of the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly scope: Scope;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}
