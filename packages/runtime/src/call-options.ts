/** What every call that may wait accepts. */
export interface CallOptions {
  /** Ends the call with `signal.reason`, as `AbortSignal.throwIfAborted` does. */
  readonly signal?: AbortSignal | undefined;
}
