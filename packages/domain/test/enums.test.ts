import { describe, expect, it } from 'vitest';
import { CandleSource, MarginMode, OrderStatus, OrderType, PositionMode, PositionSide, Side } from '../src/index.ts';

describe('enums', () => {
  it.each([
    [Side, 'BUY SELL'],
    [OrderType, 'LIMIT MARKET IOC FOK POST_ONLY'],
    [OrderStatus, 'NEW PARTIALLY_FILLED FILLED CANCELLED REJECTED EXPIRED UNKNOWN'],
    [MarginMode, 'ISOLATED CROSS'],
    [PositionSide, 'LONG SHORT'],
    [PositionMode, 'ONE_WAY HEDGE'],
    [CandleSource, 'INTERPOLATED EXCHANGE TRADES'],
  ])('a member is its own name: %o', (members, names) => {
    expect(members).toEqual(Object.fromEntries(names.split(' ').map((name) => [name, name])));
  });
});
