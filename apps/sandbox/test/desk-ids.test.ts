import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { orderIds } from '../src/accounts/desk-ids.ts';

describe('ids on the wire', () => {
  it('count on from the first, also beyond a billion, and lead back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 1, max: 2_000_000_000 }), fc.integer({ min: 1, max: 1000 })), (id) => {
        const wireId = orderIds.toWire(String(id));
        expect(BigInt(wireId)).toBe(739_113_577_000_000_000n + BigInt(id));
        expect(orderIds.toDesk(wireId)).toBe(String(id));
      }),
      cases(100),
    );
  });
});
