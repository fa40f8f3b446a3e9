import { PrateError } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import { describe, expect, test } from 'vitest';
import { ReadFailedError, RequestGate, type RequestGateOptions } from '../src/request-gate.ts';

class TroubleError extends PrateError {
  readonly code = 'TROUBLE';
  override readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(retryable = true, retryAfterMs?: number) {
    super('trouble');
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

interface World {
  readonly clock: ManualClock;
  readonly gate: RequestGate;
  /** When requests began, in ms. */
  readonly begun: number[];
  /** Asks; the first `failures.length` tries fail with them. */
  readonly ask: (...failures: readonly Error[]) => Promise<string>;
  /** Lets time pass, step by step. */
  readonly pass: (ms: number) => Promise<void>;
}

function world(options: Partial<RequestGateOptions> = {}): World {
  const clock = new ManualClock(1_700_000_000_000);
  const gate = new RequestGate({ clock, signal: new AbortController().signal, ...options });
  const begun: number[] = [];
  return {
    clock,
    gate,
    begun,
    ask(...failures) {
      const left = [...failures];
      return gate.ask(async () => {
        begun.push(clock.monotonicMs());
        const failure = left.shift();
        if (failure !== undefined) throw failure;
        return 'answer';
      });
    },
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 50) {
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        clock.advance(50);
      }
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  };
}

describe('request gate', () => {
  test('a pace: requests begin no closer together, tries again included', async () => {
    const { ask, begun, pass } = world({ requestsPerSecond: 5, retry: { firstDelayMs: 0 } });
    const all = Promise.all([ask(), ask(new TroubleError()), ask()]);
    await pass(1000);
    expect(await all).toEqual(['answer', 'answer', 'answer']);
    expect(begun).toEqual([0, 200, 400, 600]);
  });

  test('time in which nothing was asked is not saved up', async () => {
    const { ask, begun, pass } = world({ requestsPerSecond: 10 });
    await ask();
    await pass(1000);
    const all = Promise.all([ask(), ask()]);
    await pass(200);
    await all;
    expect(begun).toEqual([0, 1000, 1100]);
  });

  test('back-off: each wait is twice the last, up to the longest', async () => {
    const { ask, begun, pass } = world({ retry: { attempts: 6, firstDelayMs: 100, maxDelayMs: 500 } });
    const trouble = Array.from({ length: 5 }, () => new TroubleError());
    const answer = ask(...trouble);
    await pass(2000);
    expect(await answer).toBe('answer');
    expect(begun).toEqual([0, 100, 300, 700, 1200, 1700]);
  });

  test('told to wait: everybody waits', async () => {
    const { ask, begun, pass } = world({ retry: { firstDelayMs: 100 } });
    const told = ask(new TroubleError(true, 1000));
    await pass(50);
    const other = ask();
    await pass(1000);
    expect(await Promise.all([told, other])).toEqual(['answer', 'answer']);
    expect(begun).toEqual([0, 1000, 1000]);
  });

  test('after the last attempt, or at once where a repeat is no use, the error of the market is told', async () => {
    const { ask, begun } = world({ retry: { attempts: 2, firstDelayMs: 0 } });
    const last = new TroubleError();
    const failure = await ask(new TroubleError(), last).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ReadFailedError);
    expect(failure).toMatchObject({ cause: last });
    const final = new TroubleError(false);
    expect(await ask(final).catch((error: unknown) => error)).toMatchObject({ cause: final });
    expect(begun).toHaveLength(3);
  });

  test('an error that is none of ours is thrown as it is', async () => {
    const mistake = new TypeError('of undefined');
    await expect(world().ask(mistake)).rejects.toBe(mistake);
  });

  test('an abort ends waiting, and no request begins after it', async () => {
    const stop = new AbortController();
    const { ask, begun, pass } = world({ signal: stop.signal, requestsPerSecond: 1 });
    const all = Promise.allSettled([ask(new TroubleError()), ask()]);
    await pass(100);
    stop.abort(new Error('enough'));
    for (const result of await all) expect(result).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    await expect(ask()).rejects.toThrow('enough');
    expect(begun).toEqual([0]);
  });
});
