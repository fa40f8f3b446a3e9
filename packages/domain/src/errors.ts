const MARK = Symbol.for('@prate/error');

/**
 * The root of every error that Prate throws on purpose. `code` is stable within a major version, the message is not.
 * A mistake of the programmer (a missing argument, say) is a plain `TypeError` instead.
 */
export abstract class PrateError extends Error {
  abstract readonly code: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }

  static {
    Object.defineProperty(PrateError.prototype, MARK, { value: true });
  }

  /** Recognises a PrateError by a mark, so that two installed copies of this package still agree. */
  static is(error: unknown): error is PrateError {
    return typeof error === 'object' && error !== null && MARK in error;
  }
}

/** Input from outside (a file, a flag, an argument) that Prate cannot use. The message says what would be right. */
export class InvalidInputError extends PrateError {
  readonly code: string = 'INVALID_INPUT';
}

/** A candle or a trade that breaks a rule; `index` is its place in what was given, from 0. */
export class InvalidRowError extends InvalidInputError {
  override readonly code = 'INVALID_ROW';
  readonly index: number;
  readonly problem: string;

  constructor(index: number, problem: string, options?: ErrorOptions) {
    super(`row ${index}: ${problem}`, options);
    this.index = index;
    this.problem = problem;
  }
}

/** The venue, file or adapter at hand cannot do this at all; its `capabilities` say so beforehand. */
export class NotSupportedError extends PrateError {
  readonly code = 'NOT_SUPPORTED';
}

/** A call that needs a connection came before `connect()` or after `disconnect()`. */
export class NotConnectedError extends PrateError {
  readonly code = 'NOT_CONNECTED';
}

/** An order cannot go from the one status to the other: either the venue or the caller's record is wrong. */
export class IllegalTransitionError extends PrateError {
  readonly code = 'ILLEGAL_TRANSITION';
}
