import { PrateError } from '@prate/domain';
import type { CancelResult, ExecutionPort } from '@prate/execution-port';
import { describe, expect, it } from 'vitest';
import { cancelEverything } from '../../src/session/kill.ts';

class Trouble extends PrateError {
  readonly code = 'TROUBLE';
}

type Answer<T> = T | Error;

interface Script {
  /** What each call of `cancelAllOrders` comes to, the last one for all that follow. */
  readonly cancels?: readonly Answer<readonly CancelResult[]>[];
  /** The ids that are open at each question, the last ones for all that follow. */
  readonly open?: readonly Answer<readonly string[]>[];
  readonly triggers?: { readonly outcomes: readonly unknown[]; readonly left: Answer<readonly string[]> } | null;
}

const given = <T>(answer: Answer<T> | undefined, absent: T): T => {
  if (answer instanceof Error) throw answer;
  return answer ?? absent;
};

/** An account that answers as it is told to. */
function scripted({ cancels = [], open = [], triggers = null }: Script): {
  readonly execution: ExecutionPort;
  readonly calls: string[];
} {
  const calls: string[] = [];
  const next = <T>(name: string, answers: readonly Answer<T>[]): Answer<T> | undefined => {
    const before = calls.filter((call) => call === name).length;
    calls.push(name);
    return answers[Math.min(before, answers.length - 1)];
  };
  const execution = {
    cancelAllOrders: async () => given(next('cancel', cancels), []),
    getOpenOrders: async () => given(next('open', open), []).map((id) => ({ id })),
    triggers: triggers && {
      cancelAll: async () => triggers.outcomes,
      list: async () => given(triggers.left, []),
    },
  } as unknown as ExecutionPort;
  return { execution, calls };
}

const cancelled = (orderId: string): CancelResult =>
  ({ ref: { symbol: 'S', orderId }, outcome: { kind: 'cancelled', order: {} } }) as CancelResult;
const unknown = (orderId: string): CancelResult => ({
  ref: { symbol: 'S', orderId },
  outcome: { kind: 'unknown', cause: new Trouble('the reply was lost') },
});

describe('cancelling everything', () => {
  it('asks the venue afterwards, and counts what was cancelled', async () => {
    const { execution, calls } = scripted({ cancels: [[cancelled('1'), cancelled('2')]] });
    expect(await cancelEverything(execution)).toEqual({ cancelled: 2, verified: true, remaining: [], problems: [] });
    expect(calls).toEqual(['cancel', 'open']);
  });

  it('an order that comes up meanwhile is cancelled in the next round', async () => {
    const { execution, calls } = scripted({
      cancels: [[cancelled('1')], [cancelled('late')], []],
      open: [['late'], []],
    });
    expect(await cancelEverything(execution)).toMatchObject({ cancelled: 2, verified: true, remaining: [] });
    expect(calls).toEqual(['cancel', 'open', 'cancel', 'open']);
  });

  it('an order that stays is told: it is not verified, after three rounds', async () => {
    const { execution, calls } = scripted({ open: [['7']] });
    const result = await cancelEverything(execution);
    expect(result).toMatchObject({ cancelled: 0, verified: false, remaining: [{ id: '7' }] });
    expect(calls.filter((call) => call === 'cancel')).toHaveLength(3);
  });

  it('an outcome that is not known is told; what the venue says afterwards counts', async () => {
    const gone = scripted({ cancels: [[unknown('5')]], open: [[]] });
    expect(await cancelEverything(gone.execution)).toEqual({
      ...{ cancelled: 0, verified: true, remaining: [] },
      problems: ['order 5 may still be open (the reply was lost)'],
    });
    const there = scripted({ cancels: [[unknown('5')]], open: [['5']] });
    expect(await cancelEverything(there.execution)).toMatchObject({ verified: false, problems: [expect.any(String)] });
  });

  it('cancelling that fails once is tried again', async () => {
    const { execution } = scripted({ cancels: [new Error('no network'), [cancelled('1')]], open: [['1'], []] });
    expect(await cancelEverything(execution)).toMatchObject({
      ...{ cancelled: 1, verified: true },
      problems: ['cancelling orders: no network'],
    });
  });

  it('a venue that cannot be asked: never verified, though everything seems cancelled', async () => {
    const { execution } = scripted({ cancels: [[cancelled('1')], []], open: [new Error('no network')] });
    expect(await cancelEverything(execution)).toEqual({
      ...{ cancelled: 1, verified: false, remaining: [] },
      problems: ['asking for open orders: no network'],
    });
  });

  it('trigger orders are cancelled too; one that remains, or cannot be asked for, is not verified', async () => {
    const outcomes = [{ symbol: 'S', id: 't1', outcome: { kind: 'cancelled', trigger: {} } }];
    const fine = scripted({ triggers: { outcomes, left: [] } });
    expect(await cancelEverything(fine.execution)).toMatchObject({ cancelled: 1, verified: true, problems: [] });
    const left = scripted({ triggers: { outcomes: [], left: ['t1'] } });
    expect(await cancelEverything(left.execution)).toMatchObject({
      ...{ verified: false, problems: ['1 trigger order remains'] },
    });
    const silent = scripted({ triggers: { outcomes, left: new Error('no network') } });
    expect(await cancelEverything(silent.execution)).toMatchObject({
      ...{ verified: false, problems: ['asking for trigger orders: no network'] },
    });
  });

  it('a trigger order may have become an order while the orders were cancelled: orders are asked for last', async () => {
    let fired = false;
    const execution = {
      cancelAllOrders: async () => {
        if (!fired) return [];
        fired = false;
        return [cancelled('from a trigger')];
      },
      getOpenOrders: async () => (fired ? [{ id: 'from a trigger' }] : []),
      triggers: {
        cancelAll: async () => {
          fired = ++cancels === 1;
          return [];
        },
        list: async () => [],
      },
    } as unknown as ExecutionPort;
    let cancels = 0;
    expect(await cancelEverything(execution)).toMatchObject({ cancelled: 1, verified: true, remaining: [] });
  });
});
