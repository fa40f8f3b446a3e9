import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import {
  checkPrice,
  checkQuantity,
  Decimal,
  type Instrument,
  InvalidInputError,
  toBaseQuantity,
  toContracts,
} from '../src/index.ts';

const instrument = (fields: Partial<Instrument> = {}): Instrument => ({
  symbol: 'BTC_USDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: new Decimal('0.1'),
  lotSize: new Decimal('0.0001'),
  contractSize: new Decimal('0.0001'),
  minQuantity: new Decimal('0.0002'),
  maxQuantity: new Decimal(100),
  minNotional: null,
  maxLeverage: 125,
  riskTiers: [],
  makerFee: new Decimal(0),
  takerFee: new Decimal('0.0002'),
  ...fields,
});

/** Positive decimals such as 0.0001, 3, 0.75. */
const step: fc.Arbitrary<Decimal> = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, decimals]) => new Decimal(digits).div(new Decimal(10).pow(decimals)));

describe('contracts and base quantity', () => {
  it('convert exactly both ways', () => {
    fc.assert(
      fc.property(step, fc.bigInt(0n, 10n ** 18n), (contractSize, count) => {
        const traded = instrument({ contractSize });
        const base = toBaseQuantity(traded, count.toString());
        expect(base.eq(contractSize.mul(count.toString()))).toBe(true);
        expect(toContracts(traded, base).toString()).toBe(count.toString());
        expect(toContracts(traded, base.toString()).toString()).toBe(count.toString());
      }),
      cases(500),
    );
  });

  it('a part of a contract is refused with both neighbours', () => {
    fc.assert(
      fc.property(
        step,
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 99 }),
        (contractSize, count, percent) => {
          const traded = instrument({ contractSize });
          const base = contractSize.mul(count).plus(contractSize.mul(percent).div(100));
          const below = contractSize.mul(count);
          const neighbours = `: ${below} and ${below.plus(contractSize)} are`;
          expect(() => toContracts(traded, base)).toThrow(InvalidInputError);
          expect(() => toContracts(traded, base)).toThrow(neighbours);
        },
      ),
      cases(300),
    );
  });

  it('a size that divides into no decimal is still exact', () => {
    const thirds = instrument({ contractSize: new Decimal(3) });
    expect(toContracts(thirds, '9').toString()).toBe('3');
    expect(() => toContracts(thirds, 10)).toThrow(
      'quantity 10 is not a whole number of contracts of 3 BTC: 9 and 12 are',
    );
  });

  it('what is no number is refused by name', () => {
    expect(() => toContracts(instrument(), 'x')).toThrow(/^quantity must be/);
    expect(() => toBaseQuantity(instrument(), 'x')).toThrow(/^contracts must be/);
  });
});

describe('checkQuantity', () => {
  const check = (quantity: string, fields: Partial<Instrument> = {}): unknown => {
    const problem = checkQuantity(instrument(fields), new Decimal(quantity));
    return problem && [problem.message, problem.below?.toString() ?? null, problem.above?.toString() ?? null];
  };

  it('a legal quantity has no problem, the limits included', () => {
    expect([check('0.0002'), check('0.0003'), check('100'), check('1000', { maxQuantity: null })]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('names the legal quantities on either side', () => {
    expect(check('0.00025')).toEqual([
      'quantity 0.00025 is not a multiple of 0.0001: 0.0002 and 0.0003 are',
      '0.0002',
      '0.0003',
    ]);
    expect(check('0.0001')).toEqual(['quantity 0.0001 is below the minimum 0.0002', null, '0.0002']);
    expect(check('100.0001')).toEqual(['quantity 100.0001 is above the maximum 100', '100', null]);
  });

  it('nothing, and less, is refused even where the venue names no minimum', () => {
    const noMinimum = { minQuantity: new Decimal(0) };
    expect(check('0', noMinimum)).toEqual(['quantity 0 is below the minimum 0.0001', null, '0.0001']);
    expect(check('-1', noMinimum)).toEqual(['quantity -1 is below the minimum 0.0001', null, '0.0001']);
  });

  it('the neighbours may be ordered, also where the limits are off the lot, and none lies between', () => {
    const amount = fc.integer({ min: 0, max: 400 }).map((n) => new Decimal(n).div(100));
    fc.assert(
      fc.property(step, amount, fc.option(amount), amount, (size, minQuantity, span, quantity) => {
        const lotSize = size.mod(2).plus('0.01').toDecimalPlaces(2);
        const maxQuantity = span && minQuantity.plus(span).plus(lotSize.mul(2));
        const traded = instrument({ lotSize, minQuantity, maxQuantity });
        const legal = (value: Decimal): boolean =>
          value.gt(0) &&
          value.gte(minQuantity) &&
          (maxQuantity === null || value.lte(maxQuantity)) &&
          value.mod(lotSize).isZero();
        const problem = checkQuantity(traded, quantity);
        expect(problem === null).toBe(legal(quantity));
        if (problem === null) return;
        const all = Array.from({ length: 1500 }, (_, i) => lotSize.mul(i)).filter(legal);
        const text = (value: Decimal | null | undefined): string | null => value?.toString() ?? null;
        expect([text(problem.below), text(problem.above)]).toEqual([
          text(all.findLast((value) => value.lt(quantity))),
          text(all.find((value) => value.gt(quantity))),
        ]);
      }),
      cases(100),
    );
  });
});

describe('checkPrice', () => {
  const check = (price: string): unknown => {
    const problem = checkPrice(instrument(), new Decimal(price));
    return problem && [problem.message, problem.below?.toString() ?? null, problem.above?.toString() ?? null];
  };

  it('a price on the tick has no problem', () => {
    expect([check('0.1'), check('60000.3')]).toEqual([null, null]);
  });

  it('names the ticks on either side', () => {
    expect(check('60000.25')).toEqual([
      'price 60000.25 is not a multiple of 0.1: 60000.2 and 60000.3 are',
      '60000.2',
      '60000.3',
    ]);
    expect(check('0.05')).toEqual(['price 0.05 is not a multiple of 0.1: 0.1 is', null, '0.1']);
    expect(check('0')).toEqual(['price 0 is not above 0', null, '0.1']);
    expect(check('-5')).toEqual(['price -5 is not above 0', null, '0.1']);
  });
});

describe('what may be ordered', () => {
  it('is what lies between the limits and on the step, as Decimals say it', () => {
    const amount = fc
      .tuple(fc.integer({ min: -50, max: 3000 }), fc.constantFrom(0, 1, 2, 4))
      .map(([digits, decimals]) => new Decimal(digits).div(10 ** decimals));
    const step = fc.constantFrom('1', '0.1', '0.25', '0.001', '5').map((text) => new Decimal(text));
    fc.assert(
      fc.property(amount, amount, fc.option(amount), step, (quantity, minQuantity, maxQuantity, lotSize) => {
        const may =
          quantity.gt(0) &&
          quantity.gte(minQuantity) &&
          (maxQuantity === null || quantity.lte(maxQuantity)) &&
          quantity.mod(lotSize).isZero();
        expect(checkQuantity({ minQuantity, maxQuantity, lotSize }, quantity) === null).toBe(may);
        expect(checkPrice({ tickSize: lotSize }, quantity) === null).toBe(
          quantity.gt(0) && quantity.mod(lotSize).isZero(),
        );
      }),
      cases(500),
    );
  });
});
