import { Decimal, toBaseQuantity, toContracts } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { isLinearPerpetual, toInstrument, withTiersAt } from '../../src/instruments/mexc-instrument.ts';
import { maintenanceRate } from '../../src/instruments/risk-tiers.ts';
import { contract } from '../support/contracts.ts';

const text = (value: Decimal | null): string | null => value?.toString() ?? null;

describe('a contract as an instrument', () => {
  it('steps and limits are in the base asset', () => {
    const instrument = toInstrument(contract({ volUnit: 10, minVol: 5 }));
    expect(instrument).toMatchObject({ symbol: 'BTC_USDT', baseAsset: 'BTC', quoteAsset: 'USDT', maxLeverage: 500 });
    expect(text(instrument.tickSize)).toBe('0.1');
    expect(text(instrument.lotSize)).toBe('0.001');
    expect(text(instrument.contractSize)).toBe('0.0001');
    expect(text(instrument.minQuantity)).toBe('0.001'); // the least on the step
  });

  it('limit and market orders have a most of their own, and maxQuantity holds for both', () => {
    const instrument = toInstrument(contract());
    expect(text(instrument.maxLimitQuantity)).toBe('250');
    expect(text(instrument.maxMarketQuantity)).toBe('40');
    expect(text(instrument.maxQuantity)).toBe('40');
    expect(text(toInstrument(contract({ limitMaxVol: null })).maxLimitQuantity)).toBe('40');
  });

  it.each([
    [{}, 'TRADING'],
    [{ apiAllowed: null }, 'TRADING'],
    [{ apiAllowed: false }, 'API_CLOSED'],
    [{ isHidden: true }, 'HIDDEN'],
    [{ state: 1 }, 'DELIVERING'],
    [{ state: 2 }, 'DELIVERED'],
    [{ state: 3 }, 'OFFLINE'],
    [{ state: 4, apiAllowed: false }, 'PAUSED'],
    [{ state: 9 }, 'UNKNOWN'],
  ] as const)('%j is %s', (fields, status) => {
    expect(toInstrument(contract(fields)).status).toBe(status);
  });

  it('fees are those of the API, not those of the web in the contract', () => {
    const { makerFee, takerFee } = toInstrument(contract());
    expect([text(makerFee), text(takerFee)]).toEqual(['0.0006', '0.0008']);
  });

  it('a leverage limit of the region counts, and 0 is none', () => {
    expect(toInstrument(contract({ countryConfigContractMaxLeverage: 100 })).maxLeverage).toBe(100);
    expect(toInstrument(contract({ countryConfigContractMaxLeverage: 0 })).maxLeverage).toBe(500);
  });

  it('inverse and delivery contracts are no linear perpetuals', () => {
    expect(isLinearPerpetual(contract())).toBe(true);
    expect(isLinearPerpetual(contract({ quoteCoin: 'USD', settleCoin: 'BTC' }))).toBe(false);
    expect(isLinearPerpetual(contract({ futureType: 2 }))).toBe(false);
  });

  it('any number of contracts comes back from the base asset as it was', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 31 - 1),
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 0, max: 18 }),
        (vol, size, d) => {
          const contractSize = new Decimal(size).div(new Decimal(10).pow(d)).toString();
          const instrument = toInstrument(contract({ contractSize }));
          expect(toContracts(instrument, toBaseQuantity(instrument, vol)).toString()).toBe(String(vol));
        },
      ),
      cases(1_000),
    );
  });
});

describe('risk tiers', () => {
  const tiersOf = (fields: Record<string, unknown>, price = 80_000) =>
    withTiersAt(toInstrument(contract(fields)), new Decimal(price)).riskTiers.map((tier) => [
      text(tier.maxNotional),
      text(tier.maintenanceMarginRate),
      tier.maxLeverage,
    ]);
  const custom = [
    { level: 2, maxVol: 60_000, mmr: 0.004, imr: 0.005, maxLeverage: 200 },
    { level: 1, maxVol: 50_000, mmr: 0.001, imr: 0.002, maxLeverage: 500 },
    { level: 3, maxVol: 250_000, mmr: 0.005, imr: 0.01 },
  ];

  it('rows of riskLimitCustom by their value at a price, the last without a limit', () => {
    expect(tiersOf({ riskLimitMode: 'CUSTOM', riskLimitType: 'BY_VOLUME', riskLimitCustom: custom })).toEqual([
      ['400000', '0.001', 500],
      ['480000', '0.004', 200],
      [null, '0.005', 100],
    ]);
  });

  it('BY_VALUE limits are values already', () => {
    expect(tiersOf({ riskLimitType: 'BY_VALUE', riskLimitCustom: custom })[0]).toEqual(['50000', '0.001', 500]);
  });

  it('without rows they grow step by step from the first', () => {
    const grown = { riskBaseVol: 9_000, riskIncrVol: 1_000, riskIncrMmr: 0.005, riskIncrImr: 0.008, riskLevelLimit: 3 };
    expect(tiersOf({ riskLimitMode: 'INCREASE', ...grown })).toEqual([
      ['72000', '0.001', 500],
      ['80000', '0.006', 100],
      [null, '0.011', 55],
    ]);
  });

  it('a step of 0 is one tier', () => {
    expect(tiersOf({ riskBaseVol: 9_000, riskIncrVol: 0, riskLevelLimit: 6 })).toEqual([[null, '0.001', 500]]);
  });

  it('without a price there is the strictest tier alone', () => {
    expect(toInstrument(contract({ riskLimitCustom: custom })).riskTiers).toMatchObject([
      { maxNotional: null, maxLeverage: 100 },
    ]);
    expect(tiersOf({ riskLimitCustom: custom }, 0)).toEqual([[null, '0.005', 100]]);
  });

  it.each([
    [1, '0.004'],
    [100, '0.004'],
    [101, '0.005'],
    [200, '0.005'],
    [300, '0.006'],
    [9_999, '0.006'],
  ])('tiers that grow by steps: %s contracts keep %s', (contracts, rate) => {
    const steps = { riskBaseVol: 100, riskIncrVol: 100, riskIncrMmr: 0.001, riskLevelLimit: 3 };
    const wire = contract({ maintenanceMarginRate: 0.004, ...steps });
    expect(text(maintenanceRate(wire, new Decimal(contracts), new Decimal(0)))).toBe(rate);
  });

  it('custom tiers win, and may count the value', () => {
    const wire = contract({ riskLimitCustom: custom, riskBaseVol: 1, riskLimitType: 'BY_VALUE' });
    expect(text(maintenanceRate(wire, new Decimal(999_999), new Decimal(50_000)))).toBe('0.001');
    expect(text(maintenanceRate(wire, new Decimal(1), new Decimal(50_001)))).toBe('0.004');
  });
});
