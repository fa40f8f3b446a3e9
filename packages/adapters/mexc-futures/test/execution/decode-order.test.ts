import {
  Decimal,
  isClientOrderId,
  type Order,
  OrderStatus,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
} from '@prate/domain';
import type { OrderRequest } from '@prate/execution-port';
import { ManualClock, seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { checkRequest, type SizedOrder } from '../../src/execution/check-request.ts';
import { ClientOrderIds } from '../../src/execution/client-order-ids.ts';
import { directionOf, orderTypeOf } from '../../src/execution/codes.ts';
import { decodeBalance, decodePosition } from '../../src/execution/decode-account.ts';
import { decodeOrder, decodeTrade } from '../../src/execution/decode-order.ts';
import { encodeOrder } from '../../src/execution/encode-order.ts';
import { bodyOf } from '../../src/rest/bodies.ts';
import { BadReplyError } from '../../src/wire/errors.ts';
import { Fields } from '../../src/wire/fields.ts';
import { type Json, parseJson } from '../../src/wire/json-text.ts';
import { readOrder } from '../../src/wire/orders.ts';
import { contract } from '../support/checked-contracts.ts';
import { assetOf, fillOf, orderOf, positionOf } from '../support/wire-objects.ts';

const btc = contract();
const context = { contract: btc, positionMode: PositionMode.ONE_WAY };

/** Decimals as text, so that 1 and 1.0 are the same. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (Decimal.isDecimal(part) ? part.toString() : part)));

const order = (more: object) => decodeOrder(orderOf({ orderId: '1', vol: 10, price: 80000, ...more }), context);

describe('orders', () => {
  it.each([
    [{ state: 1 }, 'NEW', '0'],
    [{ state: 2 }, 'NEW', '0'],
    [{ state: 2, dealVol: 4 }, 'PARTIALLY_FILLED', '0.0004'],
    [{ state: 2, dealVol: 10 }, 'FILLED', '0.001'],
    [{ state: 3, dealVol: 10 }, 'FILLED', '0.001'],
    [{ state: 3, dealVol: 4 }, 'FILLED', '0.001'],
    [{ state: 4 }, 'CANCELLED', '0'],
    [{ state: 4, dealVol: 4 }, 'CANCELLED', '0.0004'],
    [{ state: 5 }, 'REJECTED', '0'],
    [{ state: 5, dealVol: 4 }, 'CANCELLED', '0.0004'],
  ])('%j is %s with %s filled', (wire, status, filled) => {
    const { filledQuantity, ...rest } = order(wire);
    expect({ status: rest.status, filled: filledQuantity.toString() }).toEqual({ status, filled });
  });

  it('an order that is whole filled while its record lags has no average price yet', () => {
    expect(order({ state: 3, dealVol: 0, dealAvgPrice: 0 })).toMatchObject({ averagePrice: null, fee: null });
  });

  it('fees of maker and taker are one, in the coin they were taken in', () => {
    const wire = {
      dealVol: 4,
      dealAvgPrice: '80000.123456789012345678',
      makerFee: 0.01,
      takerFee: '0.02',
      feeCurrency: 'MX',
    };
    expect(plain(order(wire))).toMatchObject({
      averagePrice: '80000.123456789012345678',
      fee: { asset: 'MX', amount: '0.03' },
    });
    expect(order({ feeCurrency: 'USDT' }).fee).toBeNull();
  });

  it('the average with all its digits counts where it comes', () => {
    const wire = { dealVol: 4, dealAvgPrice: 80000.1235, dealAvgPriceStr: '80000.12345678' };
    expect(order(wire).averagePrice?.toString()).toBe('80000.12345678');
  });

  it('the mode of the order counts; of one that tells none, the account’s', () => {
    expect(order({ side: 4, positionMode: 1 }).positionSide).toBe(PositionSide.LONG);
    expect(order({ side: 4, positionMode: 0 }).positionSide).toBeNull();
    const hedge = { ...context, positionMode: PositionMode.HEDGE };
    expect(decodeOrder(orderOf({ orderId: '1', side: 2 }), hedge).positionSide).toBe(PositionSide.SHORT);
  });

  it('a row of a history whose time is cut to seconds is not older than its creation', () => {
    expect(order({ createTime: 1_790_000_000_123, updateTime: 1_790_000_000_000 }).updatedAt).toBe(1_790_000_000_123);
  });

  it('codes that nobody documents are no orders', () => {
    expect(() => directionOf(5)).toThrow(BadReplyError);
    expect(() => orderTypeOf(7)).toThrow(BadReplyError);
    expect(() => order({ state: 6 })).toThrow(BadReplyError);
    expect(orderTypeOf(6)).toBe(OrderType.MARKET);
  });

  const legal = fc
    .record({
      side: fc.constantFrom(Side.BUY, Side.SELL),
      type: fc.constantFrom(...Object.values(OrderType)),
      mode: fc.constantFrom(...Object.values(PositionMode)),
      held: fc.constantFrom(PositionSide.LONG, PositionSide.SHORT),
      reduceOnly: fc.boolean(),
      contracts: fc.integer({ min: 2, max: 400_000 }),
      ticks: fc.integer({ min: 1, max: 10_000_000 }),
      id: fc.stringMatching(/^[0-9A-Za-z_-]{1,32}$/),
      leverage: fc.integer({ min: 1, max: 500 }),
      filled: fc.integer({ min: 0, max: 4 }),
      end: fc.constantFrom('open', 'over'),
    })
    .map((parts) => {
      const isHedge = parts.mode === PositionMode.HEDGE;
      const closes = isHedge ? (parts.side === Side.BUY) === (parts.held === PositionSide.SHORT) : parts.reduceOnly;
      const request = {
        symbol: 'BTC_USDT',
        side: parts.side,
        type: parts.type,
        price: parts.type === OrderType.MARKET ? undefined : new Decimal(parts.ticks).div(10),
        quantity: new Decimal(parts.contracts).div(10_000),
        clientOrderId: parts.id,
        positionSide: isHedge ? parts.held : undefined,
        reduceOnly: closes,
      } as OrderRequest;
      return { ...parts, request, closes, isHedge };
    });

  it('any legal order, sent and told by MEXC, is the same order', () => {
    fc.assert(
      fc.property(legal, ({ request, mode, isHedge, closes, id, contracts, filled, end }) => {
        const sized = checkRequest(request, id, btc, mode) as SizedOrder;
        const terms = { marginMode: 'CROSS', leverage: 7, positionId: null, referencePrice: new Decimal(5) } as const;
        const sent = parseJson(bodyOf(encodeOrder(sized, terms))) as Record<string, Json>;
        // as MEXC tells it: `type` is called orderType, and it says of itself what became of it
        const dealVol = Math.floor((contracts * filled) / 4);
        const state = dealVol === contracts ? 3 : end === 'open' ? 2 : 4;
        const { type, ...echo } = sent;
        const told = {
          ...echo,
          orderId: '739113577038255616',
          orderType: type as Json,
          dealVol,
          dealAvgPrice: dealVol === 0 ? 0 : 80000.5,
          state,
          takerFee: 0.25,
          feeCurrency: 'USDT',
          createTime: 1_790_000_000_000,
          updateTime: 1_790_000_000_001,
        };
        const wire = readOrder(new Fields(parseJson(JSON.stringify(told)), 'order'));
        const quantity = new Decimal(contracts).div(10_000);
        const filledQuantity = new Decimal(dealVol).div(10_000);
        const status =
          state === 3
            ? OrderStatus.FILLED
            : state === 4
              ? OrderStatus.CANCELLED
              : dealVol === 0
                ? OrderStatus.NEW
                : OrderStatus.PARTIALLY_FILLED;
        const expected: Partial<Order> = {
          id: '739113577038255616',
          clientOrderId: id,
          symbol: 'BTC_USDT',
          side: request.side,
          type: request.type,
          price: (request.price as Decimal | undefined) ?? null,
          quantity,
          filledQuantity,
          remaining: quantity.minus(filledQuantity),
          averagePrice: dealVol === 0 ? null : new Decimal('80000.5'),
          status,
          isActive: state === 2,
          reduceOnly: closes,
          positionSide: isHedge ? (request.positionSide ?? null) : null,
          createdAt: 1_790_000_000_000,
          updatedAt: 1_790_000_000_001,
          fee: dealVol === 0 ? null : { asset: 'USDT', amount: new Decimal('0.25') },
        };
        expect(plain(decodeOrder(wire, { contract: btc, positionMode: mode }))).toEqual(plain(expected));
      }),
      cases(300),
    );
  });
});

describe('fills, positions, balances', () => {
  it('a fill: base asset, fee paid when positive, who took', () => {
    const wire = fillOf({
      id: 5,
      orderId: 6,
      side: 4,
      vol: 3,
      price: '80000.1',
      fee: -0.01,
      profit: '1.5',
      isTaker: false,
    });
    expect(plain(decodeTrade(wire, 'mine', context))).toEqual({
      id: '5',
      orderId: '6',
      clientOrderId: 'mine',
      symbol: 'S',
      side: 'SELL',
      positionSide: null,
      price: '80000.1',
      quantity: '0.0003',
      fee: { asset: 'USDT', amount: '-0.01' },
      liquidity: 'MAKER',
      realizedPnl: '1.5',
      time: 1,
    });
    const hedged = decodeTrade(fillOf({ id: 5, orderId: 6, side: 4, positionMode: 1 }), '', context);
    expect(hedged.positionSide).toBe(PositionSide.LONG);
  });

  const held = {
    positionId: 7,
    holdVol: 10,
    holdAvgPrice: 80000,
    leverage: 20,
    im: 4,
    openType: 2,
    closeProfitLoss: 1.5,
    realised: 1.1,
  };

  it('a position at a mark price: profit, maintenance margin and ratio follow from it', () => {
    const wire = positionOf({ ...held, positionType: 2, liquidatePrice: 83886.4, updateTime: 5 });
    expect(plain(decodePosition(wire, btc, new Decimal(79_000)))).toEqual({
      symbol: 'S',
      positionSide: 'SHORT',
      quantity: '0.001',
      entryPrice: '80000',
      markPrice: '79000',
      liquidationPrice: '83886.4',
      leverage: 20,
      marginMode: 'CROSS',
      margin: '4',
      maintenanceMargin: '0.32',
      unrealizedPnl: '1',
      realizedPnl: '1.5',
      marginRatio: '0.064',
      updatedAt: 5,
    });
  });

  it('a pushed profit tells the mark price, to the tick; nothing at all tells the entry price', () => {
    expect(plain(decodePosition(positionOf({ ...held, pnl: -1.00004 }), btc, null))).toMatchObject({
      markPrice: '79000',
      unrealizedPnl: '-1.00004',
    });
    expect(plain(decodePosition(positionOf(held), btc, null))).toMatchObject({
      markPrice: '80000',
      unrealizedPnl: '0',
    });
  });

  it('a position that has lost its margin has no ratio', () => {
    expect(decodePosition(positionOf(held), btc, new Decimal(70_000)).marginRatio).toBeNull();
  });

  it('a balance: the sums agree; without what is unrealized, that of the positions counts', () => {
    const wire = { availableBalance: 1, frozenBalance: 2, positionMargin: 3 };
    expect(plain(decodeBalance(assetOf({ ...wire, unrealized: -0.5 })))).toMatchObject({ total: '6', equity: '5.5' });
    expect(plain(decodeBalance(assetOf(wire), new Decimal(2)))).toMatchObject({ unrealizedPnl: '2', equity: '8' });
  });
});

describe('client order ids', () => {
  it('made ones are legal and differ', () => {
    const ids = new ClientOrderIds(new ManualClock(1_790_000_000_000), seededRandom(1));
    const made = Array.from({ length: 1000 }, () => ids.make());
    expect(made.every(isClientOrderId)).toBe(true);
    expect(new Set(made).size).toBe(1000);
  });

  it('one is taken once, unless it came back', () => {
    const ids = new ClientOrderIds(new ManualClock(), seededRandom(1));
    ids.take('a');
    expect(() => ids.take('a')).toThrow(/'a' was used before/);
    ids.giveBack('a');
    ids.take('a');
    ids.saw('');
    ids.saw('web');
    expect(() => ids.take('web')).toThrow(/used before/);
  });
});
