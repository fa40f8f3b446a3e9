import { Decimal, OrderType, PositionSide, Side } from '@prate/domain';
import type { OrderRequest } from '@prate/execution-port';
import { Refusal } from '@prate/execution-port';
import { describe, expect, it } from 'vitest';
import { checkClientOrderId, checkRequest, sizeByBook, tradable } from '../../src/execution/check-request.ts';
import type { WireBook } from '../../src/wire/market.ts';
import { contract } from '../support/checked-contracts.ts';

const btc = contract();
const limit = { symbol: 'BTC_USDT', side: Side.BUY, type: OrderType.LIMIT, price: '80000', quantity: '0.001' };
const market = { ...limit, type: OrderType.MARKET, price: undefined };

/** What a call is refused with, Decimals as text. */
function refusal(call: () => unknown): Record<string, unknown> {
  try {
    call();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { reason, message, below, above } = error.rejected;
    return { reason, message, below: below?.toString(), above: above?.toString() };
  }
  throw new Error('it was not refused');
}

const check = (request: object, mode: 'ONE_WAY' | 'HEDGE' = 'ONE_WAY', of = btc) =>
  checkRequest(request as OrderRequest, 'id', of, mode);

describe('refused before anything is sent, with what would be right', () => {
  it.each([
    ['between two contracts', { ...limit, quantity: '0.00105' }, { below: '0.001', above: '0.0011' }],
    ['far below one contract', { ...limit, quantity: '0.00000001' }, { above: '0.0002' }],
    ['below the minimum of 2 contracts', { ...limit, quantity: '0.0001' }, { above: '0.0002' }],
    ['0', { ...limit, quantity: 0 }, { above: '0.0002' }],
    ['below 0', { ...limit, quantity: '-0.001' }, { above: '0.0002' }],
    ['above the maximum of limit orders', { ...limit, quantity: '250.0001' }, { below: '250' }],
    ['above the maximum of market orders', { ...market, quantity: '40.0001' }, { below: '40' }],
    ['no number', { ...limit, quantity: 'ten' }, {}],
    [
      'a quote that is worth less than the minimum',
      { ...limit, quantity: undefined, quoteQuantity: 15 },
      { above: '0.0002' },
    ],
    ['a quote of 0', { ...limit, quantity: undefined, quoteQuantity: 0 }, {}],
  ])('quantity: %s', (_, request, neighbours) => {
    expect(refusal(() => check(request))).toMatchObject({ reason: 'INVALID_QUANTITY', ...neighbours });
  });

  it('the maximum of market orders is that of limit orders where MEXC names no other', () => {
    expect(contract({ limitMaxVol: null }).maxLimitQuantity.toString()).toBe('40');
    expect(check({ ...limit, quantity: 250 }).quantity?.toString()).toBe('250');
  });

  it.each([
    ['off the tick', { ...limit, price: '80000.05' }, { below: '80000', above: '80000.1' }],
    ['0', { ...limit, price: 0 }, { above: '0.1' }],
    ['absent', { ...limit, price: undefined }, {}],
    ['of a market order', { ...market, price: 80000 }, {}],
    [
      'of a stop, off the tick',
      { ...limit, stopLoss: { triggerPrice: '70000.01' } },
      { below: '70000', above: '70000.1' },
    ],
    ['of a take-profit at 0', { ...limit, takeProfit: { triggerPrice: 0 } }, {}],
  ])('price: %s', (_, request, neighbours) => {
    expect(refusal(() => check(request))).toMatchObject({ reason: 'INVALID_PRICE', ...neighbours });
  });

  it.each([0, 0.5, 501, -1, Number.NaN])('leverage %s', (leverage) => {
    expect(refusal(() => check({ ...limit, leverage }))).toMatchObject({
      reason: 'INVALID_LEVERAGE',
      message: `leverage must be a whole number from 1 to 500, not ${leverage}`,
    });
  });

  it('leverage: where the region allows less, that counts', () => {
    const regional = contract({ countryConfigContractMaxLeverage: 100 });
    expect(refusal(() => check({ ...limit, leverage: 101 }, 'ONE_WAY', regional))).toMatchObject({
      message: expect.stringContaining('from 1 to 100'),
    });
  });

  it.each([
    ['a side that is none', { ...limit, side: 'LONG' }, 'INVALID_REQUEST', 'ONE_WAY'],
    ['a type that is none', { ...limit, type: 'STOP' }, 'NOT_SUPPORTED', 'ONE_WAY'],
    ['a margin mode that is none', { ...limit, marginMode: 'BOTH' }, 'INVALID_REQUEST', 'ONE_WAY'],
    [
      'a price source that is none',
      { ...limit, stopLoss: { triggerPrice: 1, priceSource: 'FAIR' } },
      'INVALID_REQUEST',
      'ONE_WAY',
    ],
    ['a position side in ONE_WAY mode', { ...limit, positionSide: 'LONG' }, 'INVALID_REQUEST', 'ONE_WAY'],
    ['no position side in HEDGE mode', limit, 'INVALID_REQUEST', 'HEDGE'],
    ['a position side that is none', { ...limit, positionSide: 'BOTH' }, 'INVALID_REQUEST', 'HEDGE'],
    [
      'a buy of a long that shall only reduce',
      { ...limit, positionSide: PositionSide.LONG, reduceOnly: true },
      'REDUCE_ONLY',
      'HEDGE',
    ],
    ['neither quantity', { ...limit, quantity: undefined }, 'INVALID_REQUEST', 'ONE_WAY'],
    ['both quantities', { ...limit, quoteQuantity: 100 }, 'INVALID_REQUEST', 'ONE_WAY'],
  ] as const)('%s', (_, request, reason, mode) => {
    expect(refusal(() => check(request, mode))).toMatchObject({ reason });
  });

  it.each([
    ['that MEXC does not list', null, 'UNKNOWN_SYMBOL', /lists no contract/],
    ['that the API may not trade', contract({ apiAllowed: false }), 'CONTRACT_UNAVAILABLE', /only on the web/],
    ['that is paused', contract({ state: 4 }), 'CONTRACT_UNAVAILABLE', /is paused/],
    ['in a state nobody has seen', contract({ state: 9 }), 'CONTRACT_UNAVAILABLE', /in state 9/],
    ['that is hidden', contract({ isHidden: true }), 'CONTRACT_UNAVAILABLE', /hidden/],
    ['that is inverse', contract({ quoteCoin: 'USD', settleCoin: 'BTC' }), 'NOT_SUPPORTED', /inverse/],
  ] as const)('a contract %s', (_, of, reason, message) => {
    expect(refusal(() => tradable('BTC_USDT', of))).toMatchObject({ reason, message: expect.stringMatching(message) });
  });

  it.each(['', 'a b', 'ä', 'x'.repeat(33), 7])('the client order id %j', (id) => {
    expect(refusal(() => checkClientOrderId(id))).toMatchObject({ reason: 'INVALID_REQUEST' });
  });
});

describe('quantity in quote', () => {
  const book: WireBook = {
    asks: [
      { price: '80000', vol: '10' },
      { price: '80010', vol: '5' },
    ],
    bids: [{ price: '79990', vol: '10' }],
    version: 1,
    timestamp: null,
  };
  const quoted = (quoteQuantity: number | string, side: Side = Side.BUY) => {
    const checked = check({ ...market, side, quantity: undefined, quoteQuantity });
    return { ...checked, quote: checked.quote ?? new Decimal(0) };
  };

  it('of a limit order: the most whole contracts that cost no more at its price', () => {
    const buy = (quoteQuantity: number) => check({ ...limit, quantity: undefined, quoteQuantity }).quantity?.toString();
    expect([buy(80), buy(87.99), buy(88)]).toEqual(['0.001', '0.001', '0.0011']);
  });

  it.each([
    ['within the first level', 40, '0.0005'],
    ['the first level to its end', 80, '0.001'],
    ['into the second', 96.002, '0.0012'],
    ['a contract less where a cent lacks', 96.001, '0.0011'],
    ['what the book lacks, at its last level', 200.0, '0.0024'],
  ])('of a market order, along the book: %s', (_, quote, quantity) => {
    expect(sizeByBook(quoted(quote), book).quantity.toString()).toBe(quantity);
  });

  it('of a market sell, by the bids', () => {
    expect(sizeByBook(quoted('79.99', Side.SELL), book).quantity.toString()).toBe('0.001');
  });

  it('refused where the book is empty, or gives less than the minimum', () => {
    expect(refusal(() => sizeByBook(quoted(100), { ...book, asks: [] }))).toMatchObject({ reason: 'NO_LIQUIDITY' });
    expect(refusal(() => sizeByBook(quoted(9), book))).toMatchObject({ reason: 'INVALID_QUANTITY', above: '0.0002' });
  });
});
