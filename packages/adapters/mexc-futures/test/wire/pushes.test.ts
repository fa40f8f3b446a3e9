import { describe, expect, it } from 'vitest';
import { readDeals } from '../../src/wire/deals.ts';
import { depthOf, readDepth } from '../../src/wire/depth.ts';
import { BadReplyError } from '../../src/wire/errors.ts';
import { Fields } from '../../src/wire/fields.ts';
import { readFundingRate, readKlinePush } from '../../src/wire/market.ts';

describe('deals', () => {
  it('an array of trades, with ids and exact decimals', () => {
    const data = [
      { p: 84062.6, v: 13, T: 1, O: 3, M: 1, t: 1790870038339, i: '16435741160' },
      { p: 1e-7, v: 6.1e7, T: 2, O: 3, M: 2, t: 1790870038340 },
    ];
    expect(readDeals(data, 'deal')).toEqual([
      { id: '16435741160', price: '84062.6', vol: '13', takerSide: 1, time: 1790870038339 },
      { id: null, price: '0.0000001', vol: '61000000', takerSide: 2, time: 1790870038340 },
    ]);
  });

  it('one object, as before 2025-08-21', () => {
    expect(readDeals({ p: 39766.5, v: 32, T: 2, t: 1646999591755 }, 'deal')).toHaveLength(1);
  });

  it.each([
    ['no price', { v: 1, T: 1, t: 1 }],
    ['a price that is no number', { p: '1,5', v: 1, T: 1, t: 1 }],
    ['a side that is none', { p: 1, v: 1, T: 3, t: 1 }],
    ['a broken time', { p: 1, v: 1, T: 1, t: 1.5 }],
    ['null', null],
  ])('refused: %s', (_, deal) => {
    expect(() => readDeals([deal], 'deal')).toThrow(BadReplyError);
  });
});

describe('depth', () => {
  it('begins and ends with its version where nothing else is said', () => {
    const data = { asks: [[6859.5, 3251, 1]], bids: [], version: 96801927 };
    expect(readDepth(data, 'depth')).toEqual({
      begin: 96801927,
      version: 96801927,
      asks: [[6859.5, 3251, 1]],
      bids: [],
    });
  });

  it('merged: from begin to end, and end is the version', () => {
    expect(readDepth({ asks: [], bids: [], begin: 5, end: 9, version: 9 }, 'depth').begin).toBe(5);
    expect(() => readDepth({ asks: [], bids: [], begin: 5, end: 8, version: 9 }, 'depth')).toThrow(
      'cannot have version 9',
    );
    expect(() => readDepth({ asks: [], bids: [], begin: 10, end: 9, version: 9 }, 'depth')).toThrow(BadReplyError);
  });

  it('levels of texts are read where a double holds them', () => {
    expect(readDepth({ asks: [['0.1', '5', 1]], bids: [], version: 1 }, 'depth').asks).toEqual([[0.1, 5]]);
  });

  it('a book of REST in the form of pushes, unless a double cannot hold it', () => {
    const book = { asks: [{ price: '0.1', vol: '5' }], bids: [], version: 7, timestamp: 1 };
    expect(depthOf(book)).toEqual({ begin: 7, version: 7, asks: [[0.1, 5]], bids: [] });
    const long = { ...book, asks: [{ price: '1234567890.1234567', vol: '5' }] };
    expect(() => depthOf(long)).toThrow(BadReplyError);
  });

  it.each([[[1]], [[1, -1]], [['1234567890.1234567', 1]], [[null, 1]], [7]])('refused: the level %j', (level) => {
    expect(() => readDepth({ asks: [level], bids: [], version: 1 }, 'depth')).toThrow(BadReplyError);
  });
});

describe('other frames', () => {
  it('kline: seconds; the real prices, or null', () => {
    const data = { symbol: 'BTC_USDT', interval: 'Min1', t: 1790869980, o: 1, c: 2, h: 3, l: 0.5, a: 9.25, q: 4 };
    expect(readKlinePush(new Fields(data, 'kline'))).toMatchObject({
      openSeconds: 1790869980,
      vol: '4',
      amount: '9.25',
      real: null,
    });
    const real = { ro: 1, rh: 2, rl: 1, rc: 2 };
    expect(readKlinePush(new Fields({ ...data, ...real }, 'kline')).real).toEqual({
      open: '1',
      high: '2',
      low: '1',
      close: '2',
    });
  });

  it('funding: `rate`, or `fundingRate` as the table says', () => {
    expect(readFundingRate(new Fields({ symbol: 'S', rate: 0.001 }, 'funding')).fundingRate).toBe('0.001');
    expect(readFundingRate(new Fields({ symbol: 'S', fundingRate: -7.2e-5 }, 'funding')).fundingRate).toBe('-0.000072');
  });
});
