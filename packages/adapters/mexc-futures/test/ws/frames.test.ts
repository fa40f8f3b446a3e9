import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { parseJson } from '../../src/wire/json-text.ts';
import { type PublicChannel, publicChannels, readPrivatePush } from '../../src/ws/channels.ts';
import { BadFrameError, decimalText } from '../../src/ws/fields.ts';
import { readDeals, readDepth, readFundingRate, readKline } from '../../src/ws/public-frames.ts';

const DATA = process.env['PRATE_SHARED_DATA'] ?? join(import.meta.dirname, '../../../../../../shared/data');
const PAYLOADS = join(DATA, 'mexc/payloads.jsonl');

const order = {
  orderId: '739113577038255616',
  symbol: 'BTC_USDT',
  side: 1,
  orderType: 1,
  vol: 10,
  dealVol: 0,
  state: 2,
  price: 80000.5,
};

describe('deals', () => {
  it('an array of trades, with ids and exact decimals', () => {
    const data = [
      { p: 84062.6, v: 13, T: 1, O: 3, M: 1, t: 1790870038339, i: '16435741160' },
      { p: 1e-7, v: 6.1e7, T: 2, O: 3, M: 2, t: 1790870038340 },
    ];
    expect(readDeals(data)).toEqual([
      { id: '16435741160', price: '84062.6', volume: '13', takerSide: 1, time: 1790870038339 },
      { id: null, price: '0.0000001', volume: '61000000', takerSide: 2, time: 1790870038340 },
    ]);
  });

  it('one object, as before 2025-08-21', () => {
    expect(readDeals({ p: 39766.5, v: 32, T: 2, t: 1646999591755 })).toHaveLength(1);
  });

  it.each([
    ['no price', { v: 1, T: 1, t: 1 }],
    ['a price that is no number', { p: '1,5', v: 1, T: 1, t: 1 }],
    ['a side that is none', { p: 1, v: 1, T: 3, t: 1 }],
    ['a broken time', { p: 1, v: 1, T: 1, t: 1.5 }],
    ['null', null],
  ])('refused: %s', (_, deal) => {
    expect(() => readDeals([deal])).toThrow(BadFrameError);
  });
});

describe('depth', () => {
  it('begins and ends with its version where nothing else is said', () => {
    const data = { asks: [[6859.5, 3251, 1]], bids: [], version: 96801927 };
    expect(readDepth(data)).toEqual({ begin: 96801927, version: 96801927, asks: [[6859.5, 3251, 1]], bids: [] });
  });

  it('merged: from begin to end, and end is the version', () => {
    expect(readDepth({ asks: [], bids: [], begin: 5, end: 9, version: 9 }).begin).toBe(5);
    expect(() => readDepth({ asks: [], bids: [], begin: 5, end: 8, version: 9 })).toThrow('cannot have version 9');
    expect(() => readDepth({ asks: [], bids: [], begin: 10, end: 9, version: 9 })).toThrow(BadFrameError);
  });

  it('levels of texts are read where a double holds them', () => {
    expect(readDepth({ asks: [['0.1', '5', 1]], bids: [], version: 1 }).asks).toEqual([[0.1, 5]]);
  });

  it.each([[[1]], [[1, -1]], [['1234567890.1234567', 1]], [[null, 1]], [7]])('refused: the level %j', (level) => {
    expect(() => readDepth({ asks: [level], bids: [], version: 1 })).toThrow(BadFrameError);
  });
});

describe('other frames', () => {
  it('kline: seconds; the real prices, or null', () => {
    const data = { symbol: 'BTC_USDT', interval: 'Min1', t: 1790869980, o: 1, c: 2, h: 3, l: 0.5, a: 9.25, q: 4 };
    expect(readKline(data)).toMatchObject({ openSeconds: 1790869980, volume: '4', turnover: '9.25', real: null });
    const real = { ro: 1, rh: 2, rl: 1, rc: 2 };
    expect(readKline({ ...data, ...real }).real).toEqual({ open: '1', high: '2', low: '1', close: '2' });
  });

  it('funding: `rate`, or `fundingRate` as the table says', () => {
    expect(readFundingRate({ symbol: 'S', rate: 0.001 }).rate).toBe('0.001');
    expect(readFundingRate({ symbol: 'S', fundingRate: -7.2e-5 }).rate).toBe('-0.000072');
  });

  it('an order keeps all digits of an id that came as a number', () => {
    const text = JSON.stringify(order).replace(/"(7391\d+)"/, '$1');
    expect(text).toContain('"orderId":739113577038255616');
    expect(readPrivatePush('push.personal.order', parseJson(text))?.value).toMatchObject({
      orderId: '739113577038255616',
      price: '80000.5',
    });
  });

  it('a fill says `isTaker` or `taker`', () => {
    const fill = {
      id: 1,
      orderId: 2,
      symbol: 'S',
      side: 1,
      vol: 1,
      price: 1,
      fee: 0,
      feeCurrency: 'USDT',
      timestamp: 1,
    };
    const read = (data: object) => readPrivatePush('push.personal.order.deal', data)?.value;
    expect(read({ ...fill, taker: true })).toMatchObject({ isTaker: true });
    expect(read({ ...fill, isTaker: false })).toMatchObject({ isTaker: false });
  });

  it('a note on fee deduction under the name of plan orders is no plan order', () => {
    const note = { currency: 'MX', deductFee: 1, convertSettleFee: 1 };
    expect(readPrivatePush('push.personal.plan.order', note)).toEqual({ channel: 'plan.order', value: null });
  });

  it('a private channel that nobody reads is null, also one with a name of Object', () => {
    expect(readPrivatePush('push.personal.bonus', {})).toBeNull();
    expect(readPrivatePush('push.personal.constructor', {})).toBeNull();
  });
});

describe('numbers', () => {
  it('any decimal of at most 15 digits comes through JSON as the same decimal, without an exponent', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 15n) + 1n, 10n ** 15n - 1n),
        fc.integer({ min: -20, max: 20 }),
        (digits, exponent) => {
          const text = decimalText(parseJson(`${digits}e${exponent}`));
          const shifted = text?.replace('-', '').split('.') ?? [];
          expect(text).not.toMatch(/e/i);
          const scaled =
            BigInt((shifted[0] ?? '') + (shifted[1] ?? '')) * 10n ** BigInt(40 - (shifted[1]?.length ?? 0));
          expect(scaled).toBe((digits < 0n ? -digits : digits) * 10n ** BigInt(40 + exponent));
        },
      ),
      cases(300),
    );
  });

  it('a long number keeps its digits wherever it stands', () => {
    for (let spaces = 0; spaces < 40; spaces++) {
      expect(parseJson(`${' '.repeat(spaces)}1234567890123456`)).toBe('1234567890123456');
      expect(parseJson(`${' '.repeat(spaces)}0.1234567890123456`)).toBe('0.1234567890123456');
      expect(parseJson(`${' '.repeat(spaces)}123456789012345`)).toBe(123456789012345);
    }
  });

  it('longer numbers keep their digits; texts that hold digits are left alone', () => {
    const text =
      '{"a":739113577038255617,"b":"739113577038255617","c":"x\\"1234567890123456789","d":0.12345678901234567}';
    expect(parseJson(text)).toEqual({
      a: '739113577038255617',
      b: '739113577038255617',
      c: 'x"1234567890123456789',
      d: '0.12345678901234567',
    });
    expect(() => parseJson('{"a":01234567890123456789}')).toThrow(SyntaxError);
  });
});

it.skipIf(!existsSync(PAYLOADS))(`every stored push is read, or its channel is not ours (${PAYLOADS})`, () => {
  const stored = readFileSync(PAYLOADS, 'utf8').trim().split('\n');
  let read = 0;
  for (const line of stored) {
    const { transport, payload } = JSON.parse(line) as { transport: string; payload: string };
    if (transport !== 'ws') continue;
    const { channel, data } = parseJson(payload) as { channel: string; data: unknown };
    const name = channel.slice('push.'.length);
    if (name.startsWith('personal.')) {
      if (readPrivatePush(channel, data) !== null) read += 1;
    } else if (Object.hasOwn(publicChannels, name)) {
      expect(publicChannels[name as PublicChannel].read(data)).toBeTruthy();
      read += 1;
    }
  }
  expect(read).toBeGreaterThan(20);
});
