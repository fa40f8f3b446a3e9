import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { Decimal, makeBalance } from '../src/index.ts';

describe('makeBalance', () => {
  it('total and equity are exact sums of the parts', () => {
    const cents = fc.bigInt(-(10n ** 20n), 10n ** 20n);
    const money = (units: bigint): Decimal => new Decimal(units.toString()).div('1e8');
    fc.assert(
      fc.property(cents, cents, cents, cents, (available, frozen, positionMargin, unrealizedPnl) => {
        const balance = makeBalance({
          asset: 'USDT',
          available: money(available),
          frozen: money(frozen),
          positionMargin: money(positionMargin),
          unrealizedPnl: money(unrealizedPnl),
        });
        const total = available + frozen + positionMargin;
        expect(balance.total.toString()).toBe(money(total).toString());
        expect(balance.equity.toString()).toBe(money(total + unrealizedPnl).toString());
        expect(Object.isFrozen(balance)).toBe(true);
      }),
      cases(200),
    );
  });
});
