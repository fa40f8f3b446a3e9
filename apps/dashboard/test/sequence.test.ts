import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { stepOf, type TopicMessage } from '../src/state/sequence.ts';

const cursor = { epoch: 'e', seq: 5 };
const snapshot = (epoch: string, seq: number): TopicMessage => ({
  type: 'snapshot',
  id: 'a',
  epoch,
  seq,
  data: { orders: [] },
});
const change = (seq: number): TopicMessage => ({ type: 'change', id: 'a', seq, data: { order: {} as never } });
const resumed = (epoch: string, seq: number): TopicMessage => ({ type: 'resumed', id: 'a', epoch, seq });

it('a snapshot: always replaces everything', () => {
  expect(stepOf(null, snapshot('f', 9))).toEqual({ verdict: 'apply', cursor: { epoch: 'f', seq: 9 } });
  expect(stepOf(cursor, snapshot('f', 0))).toEqual({ verdict: 'apply', cursor: { epoch: 'f', seq: 0 } });
});

it('a change: the next is applied, an old one ignored, one too far needs the whole again', () => {
  expect(stepOf(cursor, change(6))).toEqual({ verdict: 'apply', cursor: { epoch: 'e', seq: 6 } });
  expect(stepOf(cursor, change(5))).toEqual({ verdict: 'ignore', cursor });
  expect(stepOf(cursor, change(7))).toEqual({ verdict: 'resync', cursor: null });
  expect(stepOf(null, change(1))).toEqual({ verdict: 'resync', cursor: null });
});

it('resumed: goes on only at the very place', () => {
  expect(stepOf(cursor, resumed('e', 5))).toEqual({ verdict: 'ignore', cursor });
  expect(stepOf(cursor, resumed('e', 4)).verdict).toBe('resync');
  expect(stepOf(cursor, resumed('f', 5)).verdict).toBe('resync');
  expect(stepOf(null, resumed('e', 5)).verdict).toBe('resync');
});

it('law: whatever is lost or told twice, what was applied since the last snapshot has no hole', () => {
  const message = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), (told) => {
      let at: ReturnType<typeof stepOf>['cursor'] = null;
      let applied: number[] = [];
      for (const [seq, kind] of told) {
        const next = kind === 0 ? snapshot('e', seq) : change(seq);
        const step = stepOf(at, next);
        at = step.cursor;
        if (step.verdict === 'apply') applied = kind === 0 ? [seq] : [...applied, seq];
        if (step.verdict === 'resync') applied = [];
        expect(applied).toEqual(applied.map((_, i) => (applied[0] as number) + i));
        expect(at?.seq).toBe(applied.at(-1));
      }
    }),
    cases(300),
  );
});
