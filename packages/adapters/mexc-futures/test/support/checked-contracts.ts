import { type MexcInstrument, toInstrument } from '../../src/instruments/mexc-instrument.ts';
import { Fields } from '../../src/wire/fields.ts';
import { readContract, type WireContract } from '../../src/wire/market.ts';

/** BTC_USDT after the field tables: contracts of 0.0001 BTC, tick 0.1. */
const wireContract = (more: object = {}): WireContract =>
  readContract(
    new Fields(
      {
        symbol: 'BTC_USDT',
        baseCoin: 'BTC',
        quoteCoin: 'USDT',
        settleCoin: 'USDT',
        state: 0,
        apiAllowed: true,
        contractSize: 0.0001,
        volUnit: 1,
        minVol: 2,
        maxVol: 400_000,
        limitMaxVol: 2_500_000,
        priceUnit: 0.1,
        minLeverage: 1,
        maxLeverage: 500,
        takerFeeRate: 0.0004,
        makerFeeRate: 0.0001,
        maintenanceMarginRate: 0.004,
        initialMarginRate: 0.002,
        ...more,
      },
      'test',
    ),
  );

export const contract = (more: object = {}): MexcInstrument => toInstrument(wireContract(more));
