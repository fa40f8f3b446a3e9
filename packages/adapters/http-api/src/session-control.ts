import type { Order } from '@prate/domain';
import type { RunReport } from '@prate/strategy-runner';
import type { SessionJson, StrategyJson } from './wire/session.ts';

/** What the kill switch did; as KillJson, with orders as the port gives them. */
export interface KillResult {
  readonly strategyStopped: boolean;
  readonly cancelled: number;
  readonly verified: boolean;
  readonly remaining: readonly Order[];
  readonly problems: readonly string[];
}

/**
 * The running session, as far as it is watched and stopped from outside: the app implements it. What it says goes to whoever
 * has a token, so no secret belongs in it: not in a description, not in a problem, not in an error's message.
 */
export interface SessionControl {
  /** As of now, from memory: it is asked once a second while somebody watches. */
  status(): SessionJson;
  /**
   * Ends the strategy; orders and positions stay. Resolves when it has ended, soon: a callback that does not come back is cut
   * off, and the strategy has failed. Again, it changes nothing.
   */
  stopStrategy(): Promise<StrategyJson>;
  /**
   * Stops the strategy, cancels every open order, and asks the venue whether one remains. It goes on after a failure and
   * says what went wrong; it does not reject. Again, it does the same again.
   */
  kill(): Promise<KillResult>;
  /** The run so far; null before the account was first read. */
  report(): RunReport | null;
}
