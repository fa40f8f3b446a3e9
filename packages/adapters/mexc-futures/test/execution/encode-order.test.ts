import { Decimal, MarginMode, OrderType, type PositionMode, PositionSide, Side } from '@prate/domain';
import type { OrderRequest } from '@prate/execution-port';
import { describe, expect, it } from 'vitest';
import { checkRequest, type SizedOrder } from '../../src/execution/check-request.ts';
import { encodeOrder, type OrderTerms } from '../../src/execution/encode-order.ts';
import { bodyOf } from '../../src/rest/bodies.ts';
import { contract } from '../support/checked-contracts.ts';

const btc = contract();
const terms: OrderTerms = {
  marginMode: MarginMode.ISOLATED,
  leverage: 20,
  positionId: null,
  referencePrice: new Decimal('80000.5'),
};

const sized = (request: Partial<OrderRequest>, mode: PositionMode): SizedOrder => {
  const type = request.type ?? OrderType.LIMIT;
  const price = type === OrderType.MARKET ? undefined : '79999.9';
  const whole = { symbol: 'BTC_USDT', side: Side.BUY, type, price, quantity: '0.001', ...request } as OrderRequest;
  return checkRequest(whole, 'mine-1', btc, mode) as SizedOrder;
};

const bodyFor = (request: Partial<OrderRequest>, mode: PositionMode, more: Partial<OrderTerms> = {}): object =>
  JSON.parse(bodyOf(encodeOrder(sized(request, mode), { ...terms, ...more }))) as object;

/** Section 8.3 of the reference: every position mode, side, and what says whether the order closes. */
const directions: readonly (readonly [
  what: string,
  mode: PositionMode,
  request: Partial<OrderRequest>,
  wire: object,
])[] = [
  ['ONE_WAY BUY', 'ONE_WAY', { side: Side.BUY }, { side: 1, positionMode: 2 }],
  [
    'ONE_WAY BUY that is not reduce-only',
    'ONE_WAY',
    { side: Side.BUY, reduceOnly: false },
    { side: 1, positionMode: 2 },
  ],
  [
    'ONE_WAY BUY reduce-only',
    'ONE_WAY',
    { side: Side.BUY, reduceOnly: true },
    { side: 2, positionMode: 2, reduceOnly: true },
  ],
  ['ONE_WAY SELL', 'ONE_WAY', { side: Side.SELL }, { side: 3, positionMode: 2 }],
  [
    'ONE_WAY SELL that is not reduce-only',
    'ONE_WAY',
    { side: Side.SELL, reduceOnly: false },
    { side: 3, positionMode: 2 },
  ],
  [
    'ONE_WAY SELL reduce-only',
    'ONE_WAY',
    { side: Side.SELL, reduceOnly: true },
    { side: 4, positionMode: 2, reduceOnly: true },
  ],
  ['HEDGE BUY LONG', 'HEDGE', { side: Side.BUY, positionSide: PositionSide.LONG }, { side: 1, positionMode: 1 }],
  ['HEDGE BUY SHORT', 'HEDGE', { side: Side.BUY, positionSide: PositionSide.SHORT }, { side: 2, positionMode: 1 }],
  [
    'HEDGE BUY SHORT reduce-only',
    'HEDGE',
    { side: Side.BUY, positionSide: PositionSide.SHORT, reduceOnly: true },
    { side: 2, positionMode: 1 },
  ],
  ['HEDGE SELL SHORT', 'HEDGE', { side: Side.SELL, positionSide: PositionSide.SHORT }, { side: 3, positionMode: 1 }],
  ['HEDGE SELL LONG', 'HEDGE', { side: Side.SELL, positionSide: PositionSide.LONG }, { side: 4, positionMode: 1 }],
  [
    'HEDGE SELL LONG reduce-only',
    'HEDGE',
    { side: Side.SELL, positionSide: PositionSide.LONG, reduceOnly: true },
    { side: 4, positionMode: 1 },
  ],
];

const types: readonly (readonly [type: OrderType, wire: object])[] = [
  [OrderType.LIMIT, { type: 1, price: 79999.9 }],
  [OrderType.POST_ONLY, { type: 2, price: 79999.9 }],
  [OrderType.IOC, { type: 3, price: 79999.9 }],
  [OrderType.FOK, { type: 4, price: 79999.9 }],
  [OrderType.MARKET, { type: 5, price: 80000.5 }],
];

describe.each(directions)('%s', (_, mode, request, wireSide) => {
  it.each(types)('%s: the whole body', (type, wireType) => {
    expect(bodyFor({ ...request, type }, mode)).toEqual({
      symbol: 'BTC_USDT',
      vol: 10,
      openType: 1,
      leverage: 20,
      externalOid: 'mine-1',
      ...wireSide,
      ...wireType,
    });
  });
});

describe('the body of an order', () => {
  it('names cross margin as 2, the position of a close, and no leverage where none is known', () => {
    const body = bodyFor({ reduceOnly: true }, 'ONE_WAY', {
      marginMode: 'CROSS',
      leverage: null,
      positionId: '1394650001',
    });
    expect(body).toMatchObject({ openType: 2, positionId: 1394650001 });
    expect(body).not.toHaveProperty('leverage');
  });

  it('has no price for a market order without a reference', () => {
    expect(bodyFor({ type: OrderType.MARKET }, 'ONE_WAY', { referencePrice: null })).not.toHaveProperty('price');
  });

  it('carries attached stops with the price that triggers them: last 1, mark 2, index 3', () => {
    const request = {
      stopLoss: { triggerPrice: '70000', priceSource: 'MARK' },
      takeProfit: { triggerPrice: '90000.1', priceSource: 'INDEX' },
    } as const;
    expect(bodyFor(request, 'ONE_WAY')).toMatchObject({
      stopLossPrice: 70000,
      lossTrend: 2,
      takeProfitPrice: 90000.1,
      profitTrend: 3,
    });
    expect(bodyFor({ stopLoss: { triggerPrice: 70000 } }, 'ONE_WAY')).toMatchObject({ lossTrend: 1 });
    expect(bodyFor({}, 'ONE_WAY')).not.toHaveProperty('lossTrend');
  });

  it('counts whole contracts, exactly, whatever their size', () => {
    const request = {
      symbol: 'S',
      side: Side.BUY,
      type: OrderType.LIMIT,
      price: '0.7',
      quantity: '12345678901234567890',
    };
    const huge = contract({ contractSize: 10, maxVol: 1e18, limitMaxVol: '9000000000000000000', priceUnit: 0.1 });
    const order = checkRequest(request, 'a', huge, 'ONE_WAY') as SizedOrder;
    expect(encodeOrder(order, terms).vol).toBe('1234567890123456789');
  });
});
