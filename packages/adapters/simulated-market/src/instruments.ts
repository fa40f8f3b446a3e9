import { Decimal, type Instrument } from '@prate/domain';

/** Steps finer than any venue's, for data that fits no decimal grid. */
const MOST_DECIMALS = 12;
const QUOTES = ['USDT', 'USDC', 'BUSD', 'FDUSD', 'USD', 'EUR', 'BTC', 'ETH', 'BNB'];

const step = (decimals: number | null): Decimal => new Decimal(10).pow(-(decimals ?? MOST_DECIMALS));

/** `BTC_USDT`, `BTC-USDT`, `BTC/USDT` and `BTCUSDT` are BTC and USDT; anything else is quoted in USDT. */
export function assetsOf(symbol: string): { readonly baseAsset: string; readonly quoteAsset: string } {
  const [base, quote] = symbol.split(/[_\-/]/);
  if (base && quote) return { baseAsset: base, quoteAsset: quote };
  const suffix = QUOTES.find((asset) => symbol.endsWith(asset) && symbol.length > asset.length);
  if (suffix === undefined) return { baseAsset: symbol, quoteAsset: 'USDT' };
  return { baseAsset: symbol.slice(0, -suffix.length), quoteAsset: suffix };
}

/** An instrument of which only the steps are known; margin and fees are those of a usual perpetual. */
export function makeInstrument(symbol: string, tickSize: Decimal, lotSize: Decimal, contractSize: Decimal): Instrument {
  return {
    symbol,
    ...assetsOf(symbol),
    tickSize,
    lotSize,
    contractSize,
    minQuantity: lotSize,
    maxQuantity: null,
    minNotional: null,
    maxLeverage: 100,
    riskTiers: [{ maxNotional: null, maxLeverage: 100, maintenanceMarginRate: new Decimal('0.004') }],
    makerFee: new Decimal('0.0002'),
    takerFee: new Decimal('0.0006'),
  };
}

/** Tick and lot are the last decimal place that the data uses; null decimals mean data on no grid. */
export const instrumentFromDecimals = (
  symbol: string,
  priceDecimals: number | null,
  quantityDecimals: number | null,
): Instrument => makeInstrument(symbol, step(priceDecimals), step(quantityDecimals), new Decimal(1));
