import { describe, expect, it } from 'vitest';
import { assetsOf, instrumentFromDecimals } from '../../src/instruments.ts';

describe('instruments from data', () => {
  it.each([
    ['BTC_USDT', 'BTC', 'USDT'],
    ['BTC-USD', 'BTC', 'USD'],
    ['ETH/BTC', 'ETH', 'BTC'],
    ['1000PEPEUSDT', '1000PEPE', 'USDT'],
    ['XRPETH', 'XRP', 'ETH'],
    ['USDT', 'USDT', 'USDT'],
    ['GOLD', 'GOLD', 'USDT'],
  ])('%s is %s in %s', (symbol, baseAsset, quoteAsset) => {
    expect(assetsOf(symbol)).toEqual({ baseAsset, quoteAsset });
  });

  it('whole numbers step by 1; data on no grid steps finer than any venue', () => {
    const { tickSize, lotSize } = instrumentFromDecimals('A_B', 0, null);
    expect([String(tickSize), String(lotSize)]).toEqual(['1', '0.000000000001']);
  });
});
