import { Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { order, rig, START_MS } from './support/rig.ts';

const BTC = { symbol: 'BTC_USDT' };
const book = (bid: number, volume = 10) => [[{ price: bid, volume }], [{ price: 80_001, volume: 1000 }]] as const;

describe('the socket', () => {
  it('answers ping with the server’s time, acknowledges by name, and refuses what it does not know', async () => {
    const { socket } = await rig();
    const edge = await socket();
    edge.send({ method: 'ping' });
    expect(await edge.until(({ channel }) => channel === 'pong')).toEqual({ channel: 'pong', data: START_MS });
    expect(await edge.ask('sub.deal', BTC)).toEqual({ channel: 'rs.sub.deal', data: 'success', ts: START_MS });
    expect(await edge.ask('unsub.deal', BTC)).toMatchObject({ channel: 'rs.unsub.deal', data: 'success' });
    for (const [method, param] of [
      ['sub.deal', { symbol: 'NO_SUCH' }],
      ['sub.kline', { symbol: 'BTC_USDT', interval: 'Hour1' }],
      ['sub.depth.full', { symbol: 'BTC_USDT', limit: 7 }],
      ['sub.nothing', {}],
      ['personal.filter', { filters: [] }],
    ] as const) {
      expect((await edge.ask(method, param)).channel, method).toBe('rs.error');
    }
    for (const odd of ['null', '[]', '17', '{"method":5}']) {
      const from = edge.frames.length;
      edge.send(odd);
      await edge.until(({ channel }) => channel === 'rs.error', from);
    }
    edge.send('not json');
    await edge.until(({ data }) => data === 'the message is not JSON');
  });

  it('is dropped after 60 s without a ping, and not before', async () => {
    const { socket, clock } = await rig();
    const [silent, pinging] = [await socket(), await socket()];
    await silent.settled();
    clock.advance(59_999);
    await pinging.settled();
    expect(await silent.ask('sub.deal', BTC)).toMatchObject({ data: 'success' });
    clock.advance(1);
    expect(await silent.closed).toBe(1000);
    clock.advance(59_998);
    await pinging.settled();
  });

  it('deals: an array; trades of one price and side merged, each by itself with compress:false', async () => {
    const { socket, backend } = await rig();
    const edge = await socket();
    await edge.ask('sub.deal', { ...BTC, compress: false });
    backend.trade('BTC_USDT', '80000.5', 7, Side.SELL);
    const { data, symbol } = await edge.until(({ channel }) => channel === 'push.deal');
    expect(symbol).toBe('BTC_USDT');
    expect(data).toEqual([{ p: 80_000.5, v: 7, T: 2, O: 3, M: 2, t: START_MS, i: expect.stringMatching(/^\d{18}$/) }]);
    backend.trade('ETH_USDT', 3000, 1);
    await edge.settled();
    expect(edge.on('push.deal')).toHaveLength(1);
  });

  it('merged depth: begin follows end, and the frames lead from the snapshot to the book', async () => {
    const { socket, backend, client, clock } = await rig();
    const edge = await socket();
    await edge.ask('sub.depth', BTC);
    const snapshot = (await client.open('/api/v1/contract/depth/BTC_USDT')).json.data;
    backend.setBook('BTC_USDT', ...book(79_990));
    backend.setBook('BTC_USDT', ...book(79_991));
    backend.setBook('BTC_USDT', ...book(79_992));
    await edge.settled();
    expect(edge.on('push.depth')).toEqual([]);
    clock.advance(200);
    await edge.settled();
    backend.setBook('BTC_USDT', ...book(79_992, 4));
    clock.advance(200);
    await edge.settled();
    const [first, second] = edge.on('push.depth');
    expect(first?.data).toEqual({
      asks: [[80_002, 0, 0]],
      bids: [
        [79_999, 0, 0],
        [79_998, 0, 0],
        [79_992, 10, 1],
        [79_991, 0, 0],
        [79_990, 0, 0],
      ],
      begin: snapshot.version + 1,
      end: snapshot.version + 3,
      version: snapshot.version + 3,
    });
    expect(second?.data).toMatchObject({
      begin: snapshot.version + 4,
      end: snapshot.version + 4,
      bids: [[79_992, 4, 1]],
    });
  });

  it('depth with compress:false: every version by itself', async () => {
    const { socket, backend } = await rig();
    const edge = await socket();
    await edge.ask('sub.depth', { ...BTC, compress: false });
    for (const bid of [79_990, 79_991, 79_992]) backend.setBook('BTC_USDT', ...book(bid));
    await edge.settled();
    const versions = edge.on('push.depth').map(({ data }) => data.version);
    expect(versions).toEqual([versions[0], versions[0] + 1, versions[0] + 2]);
    expect(edge.on('push.depth')[0]?.data).not.toHaveProperty('begin');
  });

  it('full and stepped depth replace everything', async () => {
    const { socket, backend, clock } = await rig();
    const edge = await socket();
    await edge.ask('sub.depth.full', { ...BTC, limit: 5 });
    await edge.ask('sub.depth.step', { ...BTC, step: '10' });
    backend.setBook(
      'BTC_USDT',
      [80_000, 79_999, 79_991, 79_990, 79_989, 79_979].map((price) => ({ price, volume: 2 })),
      [{ price: 80_001, volume: 1 }],
    );
    clock.advance(200);
    await edge.settled();
    expect(edge.on('push.depth.full')[0]?.data.bids).toHaveLength(5);
    expect(edge.on('push.depth.step')[0]?.data).toMatchObject({
      bids: [
        [80_000, 2, 1],
        [79_990, 6, 3],
        [79_980, 2, 1],
        [79_970, 2, 1],
      ],
      asks: [[80_010, 1, 1]],
    });
  });

  it('klines: after every trade, and once more at the close; one unsubscribe ends all intervals', async () => {
    const { socket, backend, clock } = await rig();
    const edge = await socket();
    await edge.ask('sub.kline', { ...BTC, interval: 'Min1' });
    await edge.ask('sub.kline', { ...BTC, interval: 'Min5' });
    backend.trade('BTC_USDT', '80010', 5);
    await edge.settled();
    const minute = () => edge.on('push.kline').filter(({ data }) => data.interval === 'Min1');
    expect(minute().at(-1)?.data).toEqual({
      symbol: 'BTC_USDT',
      interval: 'Min1',
      t: START_MS / 1000,
      o: 80_000,
      c: 80_010,
      h: 80_010,
      l: 80_000,
      a: 120.005,
      q: 15,
      ro: 80_000,
      rc: 80_010,
      rh: 80_010,
      rl: 80_000,
    });
    clock.advance(59_000);
    await edge.settled();
    const before = minute().length;
    clock.advance(1000);
    await edge.settled();
    expect(minute()).toHaveLength(before + 1);
    expect(minute().at(-1)?.data.c).toBe(80_010);
    expect(minute().at(-1)?.ts).toBe(START_MS + 60_000);
    await edge.ask('unsub.kline', BTC);
    const all = edge.on('push.kline').length;
    backend.trade('BTC_USDT', '80020', 5);
    await edge.settled();
    expect(edge.on('push.kline')).toHaveLength(all);
  });

  it('ticker every second when something happened, tickers every two, also with ccxt’s misspelt params', async () => {
    const { socket, backend, clock } = await rig();
    const edge = await socket();
    await edge.ask('sub.ticker', BTC);
    edge.send({ method: 'sub.tickers', params: {} });
    await edge.until(({ channel }) => channel === 'rs.sub.tickers');
    backend.trade('BTC_USDT', '80010', 5);
    backend.trade('BTC_USDT', '80011', 5);
    clock.advance(1000);
    await edge.settled();
    expect(edge.on('push.ticker').map(({ data }) => data.lastPrice)).toEqual([80_011]);
    clock.advance(1000);
    await edge.settled();
    expect(edge.on('push.ticker')).toHaveLength(1);
    expect(edge.on('push.tickers')[0]?.data).toHaveLength(5);
    expect(edge.on('push.tickers')[0]).not.toHaveProperty('symbol');
  });

  it('funding rate, fair and index price on change', async () => {
    const { socket, backend } = await rig();
    const edge = await socket();
    for (const name of ['funding.rate', 'fair.price', 'index.price']) await edge.ask(`sub.${name}`, BTC);
    backend.setFundingRate('BTC_USDT', '0.0002');
    backend.setPrices('BTC_USDT', { fair: 80_100 });
    await edge.settled();
    expect(edge.on('push.funding.rate')[0]?.data).toMatchObject({
      symbol: 'BTC_USDT',
      rate: 0.0002,
      fundingRate: 0.0002,
    });
    expect(edge.on('push.fair.price')[0]?.data).toEqual({ symbol: 'BTC_USDT', price: 80_100 });
    expect(edge.on('push.index.price')).toEqual([]);
  });
});

describe('private pushes', () => {
  it('come after a login and not before; a wrong signature is an error', async () => {
    const { socket, client } = await rig();
    const edge = await socket();
    expect(await edge.login(START_MS, { secret: 'wrong' })).toMatchObject({ channel: 'rs.error' });
    await client.post('order/create', order());
    await edge.settled();
    expect(edge.frames.some(({ channel }) => channel.startsWith('push.'))).toBe(false);
    expect(await edge.login(START_MS)).toEqual({ channel: 'rs.login', data: 'success', ts: START_MS });
    await client.post('order/create', order());
    await edge.settled();
    expect(edge.on('push.personal.order')).toHaveLength(1);
    expect(edge.on('push.personal.order')[0]).not.toHaveProperty('symbol');
  });

  it('a fill is told as order, deal, position, asset', async () => {
    const { socket, client } = await rig();
    const edge = await socket();
    await edge.login(START_MS);
    await client.post('order/create', order({ type: 5, externalOid: 'mine' }));
    await edge.settled();
    const pushes = edge.frames.filter(({ channel }) => channel.startsWith('push.personal.'));
    expect(pushes.map(({ channel }) => channel.slice('push.personal.'.length))).toEqual([
      'order',
      'asset',
      'order',
      'order.deal',
      'position',
      'asset',
    ]);
    const [placed, , filled, deal, position, asset] = pushes.map(({ data }) => data);
    expect(placed).toMatchObject({ state: 2, dealVol: 0, remainVol: 10, version: 1 });
    expect(filled).toMatchObject({
      state: 3,
      dealVol: 10,
      remainVol: 0,
      version: 2,
      externalOid: 'mine',
      dealAvgPrice: 80_001,
    });
    expect(deal).toMatchObject({
      orderId: filled.orderId,
      vol: 10,
      price: 80_001,
      isTaker: true,
      positionMode: 2,
      fee: 0.0640008,
    });
    expect(position).toMatchObject({ positionType: 1, holdVol: 10, state: 1, pnl: -0.001 });
    expect(asset).toMatchObject({ currency: 'USDT', positionMargin: 4.00005 });
  });

  it('a closed position is told with state 3 and nothing held', async () => {
    const { socket, client } = await rig();
    await client.post('order/create', order({ type: 5 }));
    const edge = await socket();
    await edge.login(START_MS);
    await client.post('order/create', order({ type: 5, side: 4 }));
    await edge.settled();
    expect(edge.on('push.personal.position').at(-1)?.data).toMatchObject({ state: 3, holdVol: 0, pnl: 0 });
  });

  it('another account’s orders are not told', async () => {
    const other = { apiKey: 'mx0vOTHER', secretKey: 'other-secret' };
    const { socket, backend } = await rig({
      scripted: { accounts: { mx0vTESTKEY0000001: { USDT: 1 }, [other.apiKey]: { USDT: 10_000 } } },
    });
    const edge = await socket();
    await edge.login(START_MS);
    backend.account(other.apiKey)?.setPositionMode('HEDGE');
    await edge.settled();
    expect(edge.frames.filter(({ channel }) => channel.startsWith('push.'))).toEqual([]);
  });

  it.each([
    ['at the top', { top: { subscribe: false } }],
    ['inside param', { param: { subscribe: false } }],
  ])('subscribe:false %s stops the default pushes; a filter asks for some of them', async (_where, more) => {
    const { socket, client, backend } = await rig();
    backend.trade('ETH_USDT', 3000, 1);
    const edge = await socket();
    await edge.login(START_MS, more);
    await client.post('order/create', order());
    await edge.settled();
    expect(edge.frames.some(({ channel }) => channel.startsWith('push.'))).toBe(false);
    await edge.ask('personal.filter', { filters: [{ filter: 'order', rules: ['ETH_USDT'] }, { filter: 'asset' }] });
    await client.post('order/create', order());
    await client.post('order/create', order({ symbol: 'ETH_USDT', price: 2900 }));
    await edge.settled();
    expect(edge.on('push.personal.order').map(({ data }) => data.symbol)).toEqual(['ETH_USDT']);
    expect(edge.on('push.personal.asset')).toHaveLength(2);
    expect((await edge.ask('personal.filter', { filters: [{ filter: 'orders' }] })).channel).toBe('rs.error');
    await edge.ask('personal.filter', { filters: [] });
    await client.post('order/create', order());
    await edge.settled();
    expect(edge.on('push.personal.order')).toHaveLength(2);
  });
});
