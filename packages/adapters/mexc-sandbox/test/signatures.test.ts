import { describe, expect, it } from 'vitest';
import { queryTexts, sign } from '../src/server/signature.ts';
import { KEY, RawClient, SECRET } from './support/raw-client.ts';
import { order, rig, START_MS } from './support/rig.ts';

const V5 =
  '{"symbol":"BTC_USDT","price":80000.5,"vol":10,"side":1,"type":1,"openType":1,"leverage":5,"externalOid":"prate-000001"}';

/** The reference's twelve, at 2026-01-01T00:00:00Z. */
const VECTORS: readonly (readonly [name: string, parameters: string, signature: string])[] = [
  ['V1 nothing', '', '8dadb45e0067d90e3321bfb3bbea753d37cb48bce89434630728bda5d406b995'],
  [
    'V2 query',
    'page_num=1&page_size=20&symbol=BTC_USDT',
    '2d32f27f24b16bb674f3af0241789569e34a7d7d16d121d80baf4bd2914d9afa',
  ],
  [
    'V3 history',
    'page_num=1&page_size=100&states=3&symbol=BTC_USDT',
    'ae67cf70b7202b63dd8966792ef08ae884c9e194eeeba5745bb88065bbc0c2a0',
  ],
  [
    'V4a comma, raw',
    'order_ids=102015012431820288,102015012431820289',
    'be42154ddfa00ba9f3e97c338856d259bbdef07dcea38e07986a743dee2aed9a',
  ],
  [
    'V4b comma, encoded',
    'order_ids=102015012431820288%2C102015012431820289',
    '0396e6fd485e316a7f876b2823650fa8c166c3c708fc51f6c26dd32191a493bb',
  ],
  ['V5 limit order', V5, '32ff83c6c9e959aa4963fde8f31b9c8ac71d9b1f219e0cdf0b0b03977bad5643'],
  [
    'V6 market order',
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
    'V9 leverage',
    '{"symbol":"BTC_USDT","openType":1,"positionType":2,"leverage":20}',
    '9620b561ecc53b18e083056328f98df945a03e3dd2cd18172fff61647842743a',
  ],
  ['V10 cancel all', '{"symbol":"BTC_USDT"}', 'c91fa6321f71b215cfbe3df65c2eeecd337152f347112010a4b6f19f358a560f'],
  ['V11 empty object', '{}', 'ccfded5d0c9b65f3d0d76b02e4ae1b69373f18093191499a022cd32ebddce4fa'],
];

const headers = (signature: string, more: Record<string, string> = {}): Record<string, string> => ({
  ApiKey: KEY,
  'Request-Time': String(START_MS),
  Signature: signature,
  ...more,
});

describe('signatures', () => {
  it.each(VECTORS)('%s is signed as the reference has it', (_name, parameters, signature) => {
    expect(sign(SECRET, `${KEY}${START_MS}${parameters}`)).toBe(signature);
  });

  it('a query is signed sorted, with values as they came, decoded or encoded', () => {
    expect(queryTexts('symbol=BTC_USDT&order_ids=1,2')).toEqual([
      'order_ids=1,2&symbol=BTC_USDT',
      'order_ids=1%2C2&symbol=BTC_USDT',
    ]);
    expect(queryTexts('order_ids=1%2C2')).toEqual(['order_ids=1%2C2', 'order_ids=1,2']);
    expect(queryTexts('')).toEqual(['']);
  });

  it.each(VECTORS.slice(0, 5))('%s opens a GET', async (_name, parameters, signature) => {
    const { client } = await rig();
    const path = parameters.startsWith('order_ids')
      ? '/api/v1/private/order/batch_query'
      : '/api/v1/private/order/list/history_orders';
    const { json } = await client.send('GET', path, { query: parameters, headers: headers(signature) });
    expect(json).toEqual({ success: true, code: 0, data: [] });
  });

  it('a POST is signed over its bytes: V5 is accepted, and not with a space more', async () => {
    const { client } = await rig();
    const [, , signature] = VECTORS[5] as (typeof VECTORS)[number];
    const path = '/api/v1/private/order/create';
    const spaced = await client.send('POST', path, { body: `${V5} `, headers: headers(signature) });
    expect(spaced.json).toMatchObject({ success: false, code: 602 });
    const exact = await client.send('POST', path, { body: V5, headers: headers(signature) });
    expect(exact.json).toMatchObject({ success: true, code: 0 });
  });

  it('a POST without a body signs nothing, with and without a content type', async () => {
    const { client } = await rig();
    const { 'Content-Type': type, ...bare } = client.signed('');
    for (const parts of [bare, { ...bare, 'Content-Type': String(type) }]) {
      const { json } = await client.send('POST', '/api/v1/private/position/close_all', { headers: parts });
      expect(json).toEqual({ success: true, code: 0, data: [] });
    }
  });

  it('refusals come in HTTP 200: an unknown key is 401, a time outside the window 513, a wrong secret 602', async () => {
    const { client, sandbox, clock } = await rig();
    const ask = (parts: Record<string, string>) =>
      client.send('GET', '/api/v1/private/account/assets', { headers: parts });
    const stranger = new RawClient(sandbox.restUrl, () => clock.nowMs(), 'mx0vNOBODY');
    const thief = new RawClient(sandbox.restUrl, () => clock.nowMs(), KEY, 'another secret');
    const answers = [
      await ask({}),
      await stranger.get('account/assets'),
      await ask(client.signed('', START_MS - 10_001)),
      await ask(client.signed('', START_MS + 10_001)),
      await ask({ ...client.signed(''), 'Request-Time': 'soon' }),
      await thief.get('account/assets'),
    ];
    expect(answers.map(({ status, json }) => [status, json.success, json.code])).toEqual([
      [200, false, 401],
      [200, false, 401],
      [200, false, 513],
      [200, false, 513],
      [200, false, 513],
      [200, false, 602],
    ]);
    expect((await ask(client.signed('', START_MS - 10_000))).json.success).toBe(true);
  });

  it.each([
    ['30', 29_000, true],
    ['30', 31_000, false],
    ['5000', 4_900, true],
    ['5000', 5_100, false],
    ['600000', 60_000, true],
    ['600000', 60_001, false],
  ])('Recv-Window %s, %d ms late: %s', async (recvWindow, late, allowed) => {
    const { client } = await rig();
    const { json } = await client.send('GET', '/api/v1/private/account/assets', {
      headers: { ...client.signed('', START_MS - late), 'Recv-Window': recvWindow },
    });
    expect(json.success).toBe(allowed);
  });

  it('the skewed clock is the one that tells the time and refuses', async () => {
    const { client, sandbox } = await rig();
    sandbox.faults.skewClock(60_000);
    expect((await client.open('/api/v1/contract/ping')).json.data).toBe(START_MS + 60_000);
    expect((await client.get('account/assets')).json.code).toBe(513);
    const { json } = await client.send('GET', '/api/v1/private/account/assets', {
      headers: client.signed('', START_MS + 60_000),
    });
    expect(json.success).toBe(true);
  });

  it('key and secret appear in no answer, error, log or record', async () => {
    const lines: unknown[] = [];
    const log = (fields: object, message: string): void => void lines.push(fields, message);
    const { client, sandbox, socket } = await rig({ logger: { debug: log, info: log, warn: log, error: log } });
    const answers = [
      await client.get('account/assets'),
      await client.get('nowhere'),
      await client.post('order/create', order()),
      await client.post('order/create', order({ vol: -1 })),
      await client.post('order/create', 'not json'),
      await client.send('GET', '/api/v1/private/account/assets', { headers: client.signed('other') }),
      await client.send('POST', '/api/v1/private/order/create', { body: '{', headers: client.signed('') }),
    ];
    const edge = await socket();
    await edge.login(START_MS);
    await edge.login(START_MS, { secret: 'wrong' });
    await client.post('order/create', order());
    await edge.settled();
    const told = JSON.stringify([
      answers.map(({ text, headers: h }) => [text, [...h]]),
      edge.frames,
      lines,
      sandbox.requests,
    ]);
    expect(told).not.toContain(KEY);
    expect(told).not.toContain(SECRET);
  });
});
