import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import {
  canTransition,
  Decimal,
  type FillFields,
  IllegalTransitionError,
  InvalidInputError,
  isFinal,
  makeOrder,
  type Order,
  type OrderFields,
  OrderStatus,
  OrderType,
  Side,
  withFill,
  withStatus,
} from '../src/index.ts';

const order = (fields: Partial<OrderFields> = {}): Order =>
  makeOrder({
    id: '1',
    clientOrderId: 'a',
    symbol: 'BTC_USDT',
    side: Side.BUY,
    type: OrderType.LIMIT,
    price: new Decimal(100),
    quantity: new Decimal(10),
    filledQuantity: new Decimal(0),
    averagePrice: null,
    status: OrderStatus.NEW,
    reduceOnly: false,
    positionSide: null,
    createdAt: 1,
    updatedAt: 1,
    fee: null,
    ...fields,
  });

/** An order of that status with as much filled as fits it. */
const orderWith = (status: OrderStatus): Order =>
  order({ status, filledQuantity: new Decimal({ PARTIALLY_FILLED: 4, FILLED: 10 }[status as string] ?? 0) });

const fill = (quantity: string, fields: Partial<FillFields> = {}): FillFields => ({
  price: new Decimal(100),
  quantity: new Decimal(quantity),
  fee: { asset: 'USDT', amount: new Decimal('0.1') },
  time: 2,
  ...fields,
});

const all = Object.values(OrderStatus);

/** Row: from; the statuses that may follow. */
const legal: Readonly<Record<OrderStatus, string>> = {
  NEW: 'PARTIALLY_FILLED FILLED CANCELLED REJECTED EXPIRED UNKNOWN',
  PARTIALLY_FILLED: 'PARTIALLY_FILLED FILLED CANCELLED EXPIRED UNKNOWN',
  FILLED: '',
  CANCELLED: '',
  REJECTED: '',
  EXPIRED: '',
  UNKNOWN: 'NEW PARTIALLY_FILLED FILLED CANCELLED REJECTED EXPIRED',
};

describe('order status', () => {
  it.each(all.flatMap((from) => all.map((to) => [from, to] as const)))('%s → %s follows the table', (from, to) => {
    const may = legal[from].split(' ').includes(to);
    expect(canTransition(from, to)).toBe(may);
    const before = orderWith(from);
    // what is filled changes by fills alone
    const fits =
      to === 'FILLED'
        ? from === 'FILLED'
        : to === 'PARTIALLY_FILLED'
          ? from === to
          : to !== 'NEW' || from !== 'PARTIALLY_FILLED';
    if (may && !fits) expect(() => withStatus(before, to, 7)).toThrow(InvalidInputError);
    else if (may) expect(withStatus(before, to, 7)).toMatchObject({ status: to, updatedAt: 7, isActive: !isFinal(to) });
    else expect(() => withStatus(before, to, 7)).toThrow(IllegalTransitionError);
  });

  it.each(all)('%s: active until it is final', (status) => {
    expect(isFinal(status)).toBe(legal[status] === '');
    expect(orderWith(status).isActive).toBe(['NEW', 'PARTIALLY_FILLED', 'UNKNOWN'].includes(status));
  });

  it('the error names the order and both statuses', () => {
    expect(() => withStatus(orderWith('FILLED'), 'NEW', 2)).toThrow('order 1 cannot go from FILLED to NEW');
  });
});

describe('makeOrder', () => {
  it('remaining follows from the rest, and the order is never changed in place', () => {
    const made = order({ status: 'CANCELLED', filledQuantity: new Decimal('2.5') });
    expect(made.remaining.toString()).toBe('7.5');
    expect(Object.isFrozen(made)).toBe(true);
  });

  it('more filled than ordered is refused', () => {
    expect(() => order({ filledQuantity: new Decimal(11) })).toThrow(InvalidInputError);
    expect(() => order({ filledQuantity: new Decimal(11) })).toThrow('order 1: filled 11 of 10, more than was ordered');
    expect(orderWith('FILLED').remaining.toString()).toBe('0');
  });

  it.each([
    ['NEW', '1', '1 are filled'],
    ['REJECTED', '1', '1 are filled'],
    ['PARTIALLY_FILLED', '0', 'nothing is filled'],
    ['PARTIALLY_FILLED', '10', 'all of it is filled'],
    ['FILLED', '9', '1 are not filled'],
  ] as const)('%s with %s of 10 filled cannot be', (status, filled, problem) => {
    expect(() => order({ status, filledQuantity: new Decimal(filled) })).toThrow(
      `order 1 cannot be ${status}: ${problem}`,
    );
  });
});

describe('withFill', () => {
  const part = fc.record({
    units: fc.integer({ min: 1, max: 1_000_000 }),
    ticks: fc.integer({ min: 1, max: 10_000_000 }),
    fee: fc.integer({ min: -1000, max: 100_000 }),
  });

  it('any fills: filled and remaining add up, average price and fee are those of all fills', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), fc.nat(5), (parts, left) => {
        const unit = new Decimal('0.0001');
        const quantity = unit.mul(parts.reduce((sum, { units }) => sum + units, left));
        let current = order({ quantity });
        let [units, value, fee] = [0n, 0n, 0n];
        for (const [i, next] of parts.entries()) {
          const before = current;
          current = withFill(current, {
            price: new Decimal(next.ticks).div(100),
            quantity: unit.mul(next.units),
            fee: { asset: 'USDT', amount: new Decimal(next.fee).div(1000) },
            time: 10 + i,
          });
          units += BigInt(next.units);
          value += BigInt(next.units) * BigInt(next.ticks);
          fee += BigInt(next.fee);
          expect(before.filledQuantity.lt(current.filledQuantity)).toBe(true);
          expect(current.filledQuantity.plus(current.remaining).eq(quantity)).toBe(true);
          expect(current.filledQuantity.eq(unit.mul(units.toString()))).toBe(true);
          const average = new Decimal(value.toString()).div(units.toString()).div(100);
          expect(current.averagePrice?.toPrecision(50)).toBe(average.toPrecision(50));
          expect(current.fee?.amount.toString()).toBe(new Decimal(fee.toString()).div(1000).toString());
          expect(current.status).toBe(current.remaining.isZero() ? 'FILLED' : 'PARTIALLY_FILLED');
          expect([current.updatedAt, current.isActive]).toEqual([10 + i, !current.remaining.isZero()]);
        }
      }),
      cases(300),
    );
  });

  it.each(['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'] as const)('a %s order cannot fill', (status) => {
    expect(() => withFill(orderWith(status), fill('1'))).toThrow(IllegalTransitionError);
    expect(() => withFill(orderWith(status), fill('1'))).toThrow(`order 1 is ${status} and cannot fill`);
  });

  it('an UNKNOWN order can fill: it was on the book after all', () => {
    expect(withFill(order({ status: 'UNKNOWN' }), fill('1')).status).toBe('PARTIALLY_FILLED');
  });

  it('more than what remains is refused', () => {
    expect(() =>
      withFill(
        order({ status: 'PARTIALLY_FILLED', filledQuantity: new Decimal(8), averagePrice: new Decimal(1) }),
        fill('3'),
      ),
    ).toThrow(InvalidInputError);
  });

  it.each(['0', '-1'])('a fill of %s is refused', (quantity) => {
    expect(() => withFill(order(), fill(quantity))).toThrow(InvalidInputError);
    expect(() => withFill(order(), fill(quantity))).toThrow(`order 1: a fill must be above 0, not ${quantity}`);
  });

  it('a fee of which a part is not known, or is in another asset, is not known', () => {
    const unknown = order({
      status: 'PARTIALLY_FILLED',
      filledQuantity: new Decimal(1),
      averagePrice: new Decimal(100),
    });
    expect(withFill(unknown, fill('1')).fee).toBeNull();
    const other = withFill(withFill(order(), fill('1')), fill('1', { fee: { asset: 'MX', amount: new Decimal(1) } }));
    expect(other.fee).toBeNull();
    expect(withFill(other, fill('1')).fee).toBeNull();
  });
});
