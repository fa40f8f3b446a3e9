import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { assertAllowedHost, Credentials, canonicalQuery, HostNotAllowedError } from '../../src/auth/auth.ts';
import { CANARY_KEY, canary, expectNoCanary } from '../support/canary.ts';

const timeMs = 1_767_225_600_000;
const signer = new Credentials('mx0vTESTKEY0000001', '0123456789abcdef0123456789abcdef').signerFor(
  'https://api.mexc.com',
);

const query = canonicalQuery;
const vectors: readonly (readonly [name: string, parameters: string, expected: string, signature: string])[] = [
  ['V1 no parameters', query({}), '', '8dadb45e0067d90e3321bfb3bbea753d37cb48bce89434630728bda5d406b995'],
  [
    'V2 a query, sorted',
    query({ symbol: 'BTC_USDT', page_size: 20, page_num: 1 }),
    'page_num=1&page_size=20&symbol=BTC_USDT',
    '2d32f27f24b16bb674f3af0241789569e34a7d7d16d121d80baf4bd2914d9afa',
  ],
  [
    'V3 a history',
    query({ symbol: 'BTC_USDT', states: 3, page_size: 100, page_num: 1, start_time: undefined, end_time: null }),
    'page_num=1&page_size=100&states=3&symbol=BTC_USDT',
    'ae67cf70b7202b63dd8966792ef08ae884c9e194eeeba5745bb88065bbc0c2a0',
  ],
  [
    'V4a a comma, raw',
    'order_ids=102015012431820288,102015012431820289',
    'order_ids=102015012431820288,102015012431820289',
    'be42154ddfa00ba9f3e97c338856d259bbdef07dcea38e07986a743dee2aed9a',
  ],
  [
    'V4b a comma, encoded',
    query({ order_ids: '102015012431820288,102015012431820289' }),
    'order_ids=102015012431820288%2C102015012431820289',
    '0396e6fd485e316a7f876b2823650fa8c166c3c708fc51f6c26dd32191a493bb',
  ],
  ...(
    [
      [
        'V5 create limit',
        '{"symbol":"BTC_USDT","price":80000.5,"vol":10,"side":1,"type":1,"openType":1,"leverage":5,"externalOid":"prate-000001"}',
        '32ff83c6c9e959aa4963fde8f31b9c8ac71d9b1f219e0cdf0b0b03977bad5643',
      ],
      [
        'V6 create market',
        '{"symbol":"BTC_USDT","vol":1,"type":6,"openType":2,"side":1}',
        '15da507f1ea43de0d564f5963d4faa1f5a395dc4d7f14b0d250372536adae604',
      ],
      [
        'V7 array of texts',
        '["739113577038255616","739113577038255617"]',
        '552cb3a1c9a50f5292141c981e5de471dc0fc4ecf8979d693b2348384b10eb3e',
      ],
      [
        'V8 array of integers',
        '[739113577038255616,739113577038255617]',
        'aea817623e19ce0f55d30135807ab9ea54a711cf18388b5d5b6a7dbf1c138e7c',
      ],
      [
        'V9 change leverage',
        '{"symbol":"BTC_USDT","openType":1,"positionType":2,"leverage":20}',
        '9620b561ecc53b18e083056328f98df945a03e3dd2cd18172fff61647842743a',
      ],
      [
        'V10 cancel all of a symbol',
        '{"symbol":"BTC_USDT"}',
        'c91fa6321f71b215cfbe3df65c2eeecd337152f347112010a4b6f19f358a560f',
      ],
      ['V11 an empty object', '{}', 'ccfded5d0c9b65f3d0d76b02e4ae1b69373f18093191499a022cd32ebddce4fa'],
    ] as const
  ).map(([name, body, signature]) => [name, body, body, signature] as const),
];

describe('sign', () => {
  it('has all twelve vectors', () => {
    expect(vectors).toHaveLength(12);
  });

  it.each(vectors)('%s', (_, parameters, expected, signature) => {
    expect(parameters).toBe(expected);
    expect(signer.sign(timeMs, parameters)).toBe(signature);
  });

  it('is HMAC-SHA256 for any key and any parameters', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, fc.nat(), (secret, parameters, time) => {
        const expected = createHmac('sha256', `${secret}!`).update(`key${time}${parameters}`).digest('hex');
        const any = new Credentials('key', `${secret}!`).signerFor('https://api.mexc.com');
        expect(any.sign(time, parameters)).toBe(expected);
      }),
      cases(500),
    );
  });

  it('the same of parameters of any length, one after the other by one signer, whatever their letters', () => {
    const any = new Credentials('key', 'secret').signerFor('https://api.mexc.com');
    for (const letter of ['a', 'é', '価', '😀']) {
      for (const length of [4_000, 5_000, 1_364, 1_365, 2_047, 0, 3, 1_000]) {
        const parameters = letter.repeat(length / letter.length);
        const expected = createHmac('sha256', 'secret').update(`key${timeMs}${parameters}`).digest('hex');
        expect(any.sign(timeMs, parameters)).toBe(expected);
      }
    }
  });

  it('headers: key, time and signature as MEXC names them', () => {
    expect(signer.headers(timeMs, '{}')).toEqual({
      ApiKey: 'mx0vTESTKEY0000001',
      'Request-Time': '1767225600000',
      Signature: vectors[11]?.[3],
      'Content-Type': 'application/json',
    });
  });

  it('login: signed as a request without parameters, its time a text', () => {
    expect(signer.login(timeMs)).toEqual({
      apiKey: 'mx0vTESTKEY0000001',
      reqTime: '1767225600000',
      signature: vectors[0]?.[3],
    });
  });
});

describe('canonicalQuery', () => {
  it('is what URLSearchParams reads back, in the order of the keys, encoded once', () => {
    const value = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (values) => {
        const text = canonicalQuery(values);
        const read = [...new URLSearchParams(text)];
        expect(read).toEqual(
          Object.keys(values)
            .sort()
            .map((key) => [key, values[key]]),
        );
        // a URL keeps it as it is: what is sent is what was signed
        expect(new URL(`https://api.mexc.com/?${text}`).search).toBe(text === '' ? '' : `?${text}`);
        expect(text).toMatch(/^([A-Za-z0-9\-._~&=]|%[0-9A-F]{2})*$/);
      }),
      cases(300),
    );
  });
});

describe('hosts', () => {
  it.each([
    'https://api.mexc.com',
    'https://api.mexc.com:443/api',
    'https://contract.mexc.com',
    'https://api.mexc.co',
    'wss://contract.mexc.com/edge',
    'http://127.0.0.1:4000',
    'ws://localhost:1',
    'http://[::1]:80',
    'http://127.1',
  ])('%s is signed for', (url) => {
    expect(() => assertAllowedHost(url)).not.toThrow();
  });

  it.each([
    'http://api.mexc.com',
    'ws://contract.mexc.com/edge',
    'https://api.mexc.com.evil.example',
    'https://api.mexc.com@evil.example',
    'https://user:word@api.mexc.com',
    'https://evil.example/api.mexc.com',
    'https://api.mexc.com:8443',
    'https://xapi.mexc.com',
    'https://localhost.evil.example',
    'https://127.0.0.1.evil.example',
    'https://192.168.0.1',
    'https://0.0.0.0',
    'ftp://127.0.0.1',
    'api.mexc.com',
    '',
  ])('%s is refused, in words that say what is allowed', (url) => {
    expect(() => canary().signerFor(url)).toThrow(HostNotAllowedError);
    expect(() => canary().signerFor(url)).toThrow(/api\.mexc\.com/);
  });
});

describe('Credentials', () => {
  it('show their keys to nobody', () => {
    const keys = canary();
    expectNoCanary(keys, { keys }, [keys], new Error('no', { cause: keys }), { ...keys });
    expect(JSON.stringify({ keys })).toBe('{"keys":"[hidden]"}');
    expect(keys.redact(`key ${CANARY_KEY}!`)).toBe('key [hidden]!');
  });

  it('refuse keys that cannot be sent, without repeating them', () => {
    for (const [key, secret] of [
      ['', 'secret'],
      ['a b', 'secret'],
      ['a\r\nX: y', 'secret'],
      ['key', ''],
    ] as const) {
      expect(() => new Credentials(key, secret)).toThrow(TypeError);
      expect(() => new Credentials(key, secret)).toThrow(/must be/);
    }
  });
});
