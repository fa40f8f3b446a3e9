import { Fields } from '../../src/wire/fields.ts';
import { readContract, type WireContract } from '../../src/wire/market.ts';

/** BTC_USDT after the field table of `contract/detail`, with the fields that a test wants otherwise. */
export const contract = (more: Partial<Record<string, unknown>> = {}): WireContract =>
  readContract(new Fields({ ...BTC_USDT, ...more } as never, 'detail'));

const BTC_USDT = {
  id: 10,
  symbol: 'BTC_USDT',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  futureType: 1,
  contractSize: 0.0001,
  minLeverage: 1,
  maxLeverage: 500,
  countryConfigContractMaxLeverage: 0,
  priceUnit: 0.1,
  volUnit: 1,
  minVol: 1,
  maxVol: 400000,
  limitMaxVol: 2500000,
  takerFeeRate: 0.0004,
  makerFeeRate: 0.0001,
  maintenanceMarginRate: 0.001,
  initialMarginRate: 0.002,
  state: 0,
  apiAllowed: true,
  isHidden: false,
};
