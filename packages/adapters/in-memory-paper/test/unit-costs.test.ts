import { Decimal } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { Grid } from '../src/engine/grid.ts';
import { initialMargin, UnitCosts } from '../src/engine/unit-costs.ts';
import { ceilDiv, rateOf, shareOf } from '../src/engine/units.ts';

const STEPS = ['0.1', '0.0001', '1', '0.5', '0.03', '1e-9', '1e-12', '7e-11'];
const SHARES = ['0', '0.0002', '0.0006', '0.00013', '1e-9', '3e-16', '1e-18', '0.000000000000000007'];
const step = fc.constantFrom(...STEPS).map((text) => new Decimal(text));
const share = fc.constantFrom(...SHARES).map((text) => rateOf(new Decimal(text)));
const leverage = fc.constantFrom(1, 2, 3, 7, 10, 20, 64, 125, 300);

describe('margins, holds and fees of a value', () => {
  it('are the cut shares of it, whether those of one tick × lot are whole or not', () => {
    let products = 0;
    fc.assert(
      fc.property(
        fc.record({ tickSize: step, lotSize: step, leverage, maker: share, taker: share, isRebate: fc.boolean() }),
        fc.record({ feeReserve: share, liquidationFee: share, ticks: fc.nat(2 ** 31 - 1), lots: fc.nat(10_000) }),
        (market, { ticks, lots, ...rules }) => {
          const grid = new Grid(market);
          const maker = { num: market.isRebate ? -market.maker.num : market.maker.num, den: market.maker.den };
          const { taker } = market;
          const costs = new UnitCosts(market.leverage, { maker, taker }, rules, grid);
          const product = BigInt(ticks) * BigInt(lots);
          const value = grid.valueOf(product);
          const by = BigInt(market.leverage);
          const { feeReserve: reserve, liquidationFee } = rules;
          const held = [ceilDiv(value, by)];
          for (const { num, den } of [taker, reserve]) held.push(ceilDiv(value * num, den));
          expect(grid.product(ticks, lots)).toBe(product);
          expect(costs.margin(product)).toBe(initialMargin(value, market.leverage, reserve));
          expect(costs.held(product)).toBe(held.reduce((sum, part) => sum + part, 0n));
          expect(costs.heldFor(value)).toBe(costs.held(product));
          expect(costs.fee(product, true)).toBe(shareOf(value, taker));
          expect(costs.fee(product, false)).toBe(shareOf(value, maker));
          const { num, den } = liquidationFee;
          expect(costs.liquidationFee(value, true)).toBe((value * (by - 1n) * num) / (by * den));
          expect(costs.liquidationFee(value, false)).toBe((value * (by + 1n) * num) / (by * den));
          if (grid.wholeShare({ num: 1n, den: by }) !== null) products += 1;
        },
      ),
      cases(500),
    );
    expect(products).toBeGreaterThan(50);
  });
});
