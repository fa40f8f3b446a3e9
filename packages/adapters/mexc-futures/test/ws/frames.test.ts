import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { decimalText } from '../../src/wire/fields.ts';
import { type Json, parseJson } from '../../src/wire/json-text.ts';
import { type PublicChannel, publicChannels, readPrivatePush } from '../../src/ws/channels.ts';

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

describe('private frames', () => {
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
    const { channel, data } = parseJson(payload) as { channel: string; data: Json };
    const name = channel.slice('push.'.length);
    if (name.startsWith('personal.')) {
      if (readPrivatePush(channel, data) !== null) read += 1;
    } else if (Object.hasOwn(publicChannels, name)) {
      expect(publicChannels[name as PublicChannel].read(data, channel)).toBeTruthy();
      read += 1;
    }
  }
  expect(read).toBeGreaterThan(20);
});
