import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import type { WireOrder } from '../../src/wire/orders.ts';
import { AccountState } from '../../src/ws/account-state.ts';
import { assetOf, fillOf, orderOf, positionOf } from '../support/wire-objects.ts';

const order = (fields: object): WireOrder => orderOf({ orderId: '739113577038255616', ...fields });
const position = (fields: object) => positionOf({ positionId: 7, ...fields });
const asset = (availableBalance: number) => assetOf({ availableBalance });

/** The history of one order as MEXC would version it. */
const histories = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), fc.constantFrom(2, 3, 4))
  .map(([deals, end]) => {
    let dealVol = 0;
    const states = deals.map((deal, i) => {
      dealVol = Math.min(10, dealVol + deal);
      return order({ version: i + 1, dealVol, state: dealVol === 10 ? 3 : 2, updateTime: 1_000 + i });
    });
    const open = states.filter(({ state }) => state === 2);
    const all =
      open.length === states.length && end === 4
        ? [...states, order({ version: 90, dealVol, state: 4, updateTime: 9_000 })]
        : states;
    return all.slice(0, all.findIndex(({ state }) => state >= 3) + 1 || all.length);
  })
  .filter((states) => states.length > 0);

describe('orders', () => {
  it('in any order, with any repetitions, they end as the last version and never go back on the way', () => {
    fc.assert(
      fc.property(
        histories.chain((states) =>
          fc.tuple(fc.constant(states), fc.shuffledSubarray([...states, ...states], { minLength: states.length * 2 })),
        ),
        ([states, pushes]) => {
          const state = new AccountState();
          let last: WireOrder | undefined;
          for (const push of pushes) {
            if (!state.order(push, 0)) continue;
            if (last !== undefined) {
              expect(Number(push.dealVol)).toBeGreaterThanOrEqual(Number(last.dealVol));
              expect(push.version).toBeGreaterThan(last.version ?? 0);
              expect(last.state).toBe(2);
            }
            last = push;
          }
          expect(state.orders).toEqual([states.at(-1)]);
        },
      ),
      cases(300),
    );
  });

  it.each([
    ['a fill goes forward without a version', {}, { dealVol: 3 }, true],
    ['less filled is older, whatever the version says', { dealVol: 3, version: 1 }, { dealVol: 2, version: 2 }, false],
    ['a final state stays', { state: 4, version: 1 }, { state: 2, version: 2 }, false],
    [
      'a fill after the cancel counts',
      { state: 4, dealVol: 1, version: 2 },
      { state: 4, dealVol: 2, version: 3 },
      true,
    ],
    ['of one version the later time is news', { version: 2, updateTime: 5 }, { version: 2, updateTime: 6 }, true],
    [
      'of one version and time nothing is',
      { version: 2, updateTime: 5 },
      { version: 2, updateTime: 5, price: 3 },
      false,
    ],
    [
      'one end is told once, also where a list has cut its time to seconds',
      { state: 4, version: 2, updateTime: 5_000 },
      { state: 4, version: 2, updateTime: 5_123 },
      false,
    ],
    [
      'a time rounded to seconds is not later',
      { version: 2, updateTime: 5_123 },
      { version: 2, updateTime: 5_000 },
      false,
    ],
  ])('%s', (_, first, second, isNews) => {
    const state = new AccountState();
    state.order(order(first), 0);
    expect(state.order(order(second), 1)).toBe(isNews);
  });

  it('only open ones that were known before the list was asked for are missing from it', () => {
    const state = new AccountState();
    state.order(order({ orderId: 'a' }), 10);
    state.order(order({ orderId: 'b' }), 10);
    state.order(order({ orderId: 'c' }), 30);
    state.order(order({ orderId: 'd', state: 3 }), 10);
    const missing = state.openOrdersMissingFrom([order({ orderId: 'b' })], 20);
    expect(missing.map(({ orderId }) => orderId)).toEqual(['a']);
  });
});

it('a fill is told once', () => {
  const fill = fillOf({ id: 5, orderId: 6 });
  const state = new AccountState();
  expect([state.fill(fill), state.fill(fill)]).toEqual([true, false]);
});

describe('positions', () => {
  it('go by version, then by time, then by when they were told', () => {
    const state = new AccountState();
    expect(state.position(position({ version: 2 }), 10)).toBe(true);
    expect(state.position(position({ version: 1, holdVol: 9 }), 20)).toBe(false);
    expect(state.position(position({ version: 2, pnl: 1 }), 9)).toBe(false);
    expect(state.position(position({ version: 2, pnl: 1 }), 11)).toBe(true);
    expect(state.position(position({ version: 3, holdVol: 4 }), 5)).toBe(true);
  });

  it('a closed one stays closed', () => {
    const state = new AccountState();
    state.position(position({ state: 3, holdVol: 0 }), 10);
    expect(state.position(position({ holdVol: 5 }), 11)).toBe(false);
    expect(state.openPositions).toEqual([]);
  });

  it('a list of REST is news only where the position itself changed', () => {
    const state = new AccountState();
    state.position(position({ version: 2, pnl: 1, holdAvgPrice: 2 }), 10);
    expect(state.listedPosition(position({ version: 2, holdVol: '5.0', holdAvgPrice: '2.00' }), 11)).toBe(false);
    expect(state.listedPosition(position({ version: 3, holdVol: 6, holdAvgPrice: 2 }), 11)).toBe(true);
  });
});

it('balances go by the time of the push', () => {
  const state = new AccountState();
  expect(state.asset(asset(1), 10)).toBe(true);
  expect(state.asset(asset(2), 9)).toBe(false);
  expect(state.asset(asset(1), 11)).toBe(false);
  expect(state.asset(asset(3), 11)).toBe(true);
  expect(state.listedAsset({ ...asset(3), cashBalance: '3' }, 12)).toBe(false);
});
