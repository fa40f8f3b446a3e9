import type { PrateError } from '@prate/domain';
import type { Clock, Random } from '@prate/runtime';
import { provesNothing, TIME_OUTSIDE_WINDOW } from '../wire/error-codes.ts';
import type { Endpoint } from './endpoints.ts';
import type { Decode } from './judge-reply.ts';
import { type Answer, isWorthRepeating, type RestCallOptions, refusalError, type WriteResult } from './outcome.ts';
import type { CallInput } from './prepare-request.ts';
import type { Sender } from './sender.ts';

type Failure = Exclude<Answer<never>, { kind: 'data' }>;

/** Pauses before the second, third, … sending, each a quarter more or less. */
const BACK_OFF_MS: readonly number[] = [500, 1_000, 2_000, 4_000];

/** Which requests are sent again, and which are not. */
export class Caller {
  readonly #sender: Sender;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(parts: { readonly sender: Sender; readonly clock: Clock; readonly random: Random }) {
    this.#sender = parts.sender;
    this.#clock = parts.clock;
    this.#random = parts.random;
  }

  /**
   * Sent up to five times, until there is an answer.
   *
   * @throws MexcApiError (`MEXC_API`) for a refusal, otherwise what became of the last sending; `signal.reason`
   */
  async read<T>(endpoint: Endpoint, input: CallInput, decode: Decode<T>, options: RestCallOptions = {}): Promise<T> {
    const again = this.#repetition(options);
    for (;;) {
      const answer = await this.#sender.send(endpoint, input, decode, options);
      if (answer.kind === 'data') return answer.data;
      options.signal?.throwIfAborted();
      const error = errorOf(endpoint, answer);
      options.onFailure?.(error);
      if (!(await again(answer))) throw error;
    }
  }

  /**
   * Sent once.
   *
   * @throws only where it was certainly not sent: TransportError, RateLimitedError, NoCredentialsError, InvalidInputError, `signal.reason`
   */
  async write<T>(
    endpoint: Endpoint,
    input: CallInput,
    decode: Decode<T>,
    options: RestCallOptions = {},
  ): Promise<WriteResult<T>> {
    const answer = await this.#sender.send(endpoint, input, decode, options);
    if (answer.kind === 'data') return { kind: 'ok', data: answer.data };
    if (answer.kind === 'refusal' && answer.code === TIME_OUTSIDE_WINDOW) {
      this.#sender.serverClock.sync().catch(() => {}); // for the next call; this one need not wait
    }
    if (isUnsent(answer)) throw answer.error;
    return resultOf(endpoint, answer);
  }

  /**
   * Sent up to five times, until there is an answer: cancelling twice is cancelling once.
   *
   * @throws as `write`, where none of the sendings left
   */
  async cancel<T>(
    endpoint: Endpoint,
    input: CallInput,
    decode: Decode<T>,
    options: RestCallOptions = {},
  ): Promise<WriteResult<T>> {
    const again = this.#repetition(options);
    let known: WriteResult<never> | undefined;
    try {
      for (;;) {
        const answer = await this.#sender.send(endpoint, input, decode, options);
        if (answer.kind === 'data') return { kind: 'ok', data: answer.data };
        // that the second came too soon says nothing of the first
        const lessThanKnown = known?.kind === 'unknown' && answer.kind === 'refusal' && isWorthRepeating(answer);
        if (!isUnsent(answer) && !lessThanKnown) known = resultOf(endpoint, answer);
        if (!(await again(answer))) throw errorOf(endpoint, answer);
      }
    } catch (error) {
      // neither the last failure nor an abort between two sendings undoes what was sent before
      if (known === undefined) throw error;
      return known;
    }
  }

  /** Waits and says whether to send again. After 513 the clock is read anew, once. */
  #repetition(options: RestCallOptions): (answer: Failure) => Promise<boolean> {
    let pauses = 0;
    let synced = false;
    return async (answer) => {
      if (answer.kind === 'refusal' && answer.code === TIME_OUTSIDE_WINDOW) {
        if (synced) return false;
        synced = true;
        return await this.#sender.serverClock.sync().then(
          () => true,
          () => false,
        );
      }
      if (!isWorthRepeating(answer)) return false;
      const pauseMs = BACK_OFF_MS[pauses];
      if (pauseMs === undefined) return false;
      pauses += 1;
      await this.#clock.sleep(pauseMs * (0.75 + this.#random.next() / 2), options.signal);
      return true;
    };
  }
}

const isUnsent = (answer: Failure): answer is Extract<Failure, { kind: 'nothing' }> =>
  answer.kind === 'nothing' && !answer.maybeSent;

const errorOf = (endpoint: Endpoint, answer: Failure): PrateError =>
  answer.kind === 'nothing' ? answer.error : refusalError(endpoint.path, answer);

const resultOf = (endpoint: Endpoint, answer: Failure): WriteResult<never> => {
  const open = answer.kind === 'nothing' || provesNothing(answer.code);
  if (open) return { kind: 'unknown', cause: errorOf(endpoint, answer) };
  return { kind: 'refused', code: answer.code, message: answer.message };
};
