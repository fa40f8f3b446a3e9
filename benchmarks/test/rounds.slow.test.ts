import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureWork, type WorkOutcome } from '../src/harness/rounds.ts';
import type { Work } from '../src/harness/work.ts';
import { works } from './toy-works.ts';

describe('measureWork: contenders in processes of their own', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'prate-bench-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function measure(name: string, rounds = 1): Promise<{ outcome: WorkOutcome; order: readonly string[] }> {
    const work = works.find((each) => each.name === name) as Work;
    const order: string[] = [];
    const outcome = await measureWork(work, {
      module: new URL('toy-works.ts', import.meta.url).href,
      place: { folder, days: 1 },
      rounds,
      budgetMs: 0.001,
      progress: (text) => order.push(text),
    });
    return { outcome, order };
  }

  it('equal results: one median per contender and round', async () => {
    const { outcome } = await measure('equal', 2);
    expect(outcome).toEqual({ kind: 'measured', rounds: { first: [2, 2], second: [6, 6], third: [1, 1] } });
  });

  it('all are checked before any is timed, and each round begins with another one', async () => {
    const { order } = await measure('equal', 2);
    expect(order).toEqual([
      'equal: first, checked',
      'equal: second, checked',
      'equal: third, checked',
      'equal: first, round 1 of 2',
      'equal: second, round 1 of 2',
      'equal: third, round 1 of 2',
      'equal: second, round 2 of 2',
      'equal: third, round 2 of 2',
      'equal: first, round 2 of 2',
    ]);
  });

  it('bytes are the same in every round: those of the check count', async () => {
    const { outcome, order } = await measure('weighed', 3);
    expect(outcome).toEqual({ kind: 'measured', rounds: { first: [2], second: [6] } });
    expect(order).toEqual(['weighed: first, checked', 'weighed: second, checked']);
  });

  it('a wrong cell: the work fails, naming contender, row and column, and nothing is timed', async () => {
    const { outcome, order } = await measure('planted');
    expect(outcome).toEqual({
      kind: 'failed',
      problem: 'liar is not equal to first: row 1, column high: 5.5 instead of 5',
    });
    expect(order).toEqual(['planted: first, checked', 'planted: liar, checked']);
  });

  it('a column that is excepted may differ', async () => {
    expect((await measure('excepted')).outcome.kind).toBe('measured');
  });

  it('a result that changes when it is timed: the work fails', async () => {
    const { outcome } = await measure('later');
    expect(outcome).toEqual({ kind: 'failed', problem: 'turncoat came to another result than before' });
  });

  it('a contender that throws or dies: the work fails, and says how', async () => {
    const { outcome: thrown } = await measure('broken');
    expect(thrown).toEqual({ kind: 'failed', problem: 'first failed: this one cannot start' });
    const { outcome: died } = await measure('dying');
    expect(died).toEqual({ kind: 'failed', problem: 'first died (exit code 7)' });
  });
});
