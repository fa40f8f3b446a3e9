import { type DecimalInput, OrderType, Side } from '@prate/domain';
import { MexcSandbox } from '@prate/mexc-sandbox';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY, RawClient, SECRET } from '../../packages/adapters/mexc-sandbox/test/support/raw-client.ts';
import { RawSocket } from '../../packages/adapters/mexc-sandbox/test/support/raw-socket.ts';
import { CANARY_KEY, executionRigOn } from './support/mexc-execution-rig.ts';
import { PaperWire } from './support/paper-wire.ts';

const START = 1_767_225_600_000;
const HOUR = 3_600_000;

interface Rig {
  readonly wire: PaperWire;
  readonly clock: ManualClock;
  readonly client: RawClient;
  readonly socket: RawSocket;
}

/** The wire before the paper exchange: one account, logged in; the market at 40,000. */
async function rig(): Promise<Rig> {
  const clock = new ManualClock(START);
  const wire = await PaperWire.open(clock, { [KEY]: 100_000 });
  const sandbox = await MexcSandbox.start({ backend: wire, clock, accounts: [{ apiKey: KEY, secretKey: SECRET }] });
  onTestFinished(() => sandbox.close());
  const socket = await RawSocket.open(sandbox.wsUrl);
  expect((await socket.login(clock.nowMs())).channel).toBe('rs.login');
  const here = { wire, clock, client: new RawClient(sandbox.restUrl, () => clock.nowMs()), socket };
  moveTo(here, 40_000);
  return here;
}

/** A book around a price, and a print at it. */
function moveTo({ wire }: Pick<Rig, 'wire'>, price: number): void {
  wire.setBook([{ price: price - 1, quantity: 100 }], [{ price: price + 1, quantity: 100 }]);
  wire.trade(price, 1, Side.BUY);
}

const post = async ({ client }: Rig, path: string, body: unknown) => (await client.post(path, body)).json;
const rows = async ({ client }: Rig, path: string) => (await client.get(path)).json.data;
const held = async (here: Rig): Promise<number[]> =>
  (await rows(here, 'position/open_positions')).map(({ holdVol }: { holdVol: number }) => holdVol);
const order = (more: object = {}) => ({
  ...{ symbol: 'BTC_USDT', side: 1, type: 5, openType: 1, leverage: 10, vol: 40, positionMode: 2 },
  ...more,
});

async function withPosition(): Promise<Rig & { readonly positionId: number }> {
  const here = await rig();
  expect((await post(here, 'order/create', order())).success).toBe(true);
  const [{ positionId }] = await rows(here, 'position/open_positions');
  return { ...here, positionId };
}

/** States that were pushed of plans, stops or trailing orders, in their order. */
async function pushed({ socket }: Rig, channel: string): Promise<readonly (readonly [id: unknown, state: number])[]> {
  await socket.settled();
  return socket.on(`push.personal.${channel}`).map(({ data }) => [data.id, data.state]);
}

describe('plans', () => {
  const plan = (more: object = {}) => ({
    ...{ symbol: 'BTC_USDT', side: 1, vol: 20, openType: 1, leverage: 10, positionMode: 2 },
    ...{ triggerPrice: 39_000, triggerType: 2, executeCycle: 1, orderType: 5, trend: 1, ...more },
  });

  it('waits in contracts, fires once at its price, and names the order that it sent; all of it is pushed', async () => {
    const here = await rig();
    const { data: id } = await post(here, 'planorder/place', plan());
    expect(id).toMatch(/^\d{18}$/);
    moveTo(here, 39_000.1);
    expect((await rows(here, 'planorder/list/orders'))[0]).toMatchObject({ id, vol: 20, state: 1, orderId: 0 });
    moveTo(here, 39_000);
    moveTo(here, 38_000);
    const [row] = await rows(here, 'planorder/list/orders');
    expect(row).toMatchObject({ id, state: 3, orderId: expect.stringMatching(/^\d{18}$/) });
    expect(row.orderId).not.toBe(id);
    const sent = (await here.client.get(`order/get/${row.orderId}`)).json.data;
    expect(sent).toMatchObject({ side: 1, dealVol: 20, state: 3, dealAvgPrice: 39_001, leverage: 10 });
    expect(await held(here)).toEqual([20]);
    expect(await pushed(here, 'plan.order')).toEqual([
      [id, 1],
      [id, 3],
    ]);
  });

  it.each([
    [1, 'last'],
    [2, 'fair'],
    [3, 'index'],
  ] as const)('of source %d it follows the %s price alone', async (trend, _) => {
    const here = await rig();
    await post(here, 'planorder/place', plan({ trend }));
    const moves = {
      1: (price: DecimalInput) => {
        here.wire.trade(price, '0.001', Side.SELL);
      },
      2: (price: DecimalInput) => here.wire.setPrices(price, 40_000),
      3: (price: DecimalInput) => here.wire.setPrices(40_000, price),
    };
    for (const other of ([2, 3] as const).filter((source) => source !== trend)) moves[other](38_000);
    expect(await held(here)).toEqual([]);
    moves[trend](38_000);
    expect(await held(here)).toEqual([20]);
  });

  it('is changed and cancelled while it waits, and ends after its hours', async () => {
    const here = await rig();
    const { data: id } = await post(here, 'planorder/place', plan());
    const change = { orderId: id, triggerPrice: 38_500, triggerType: 2, trend: 1, orderType: 1, price: 38_000 };
    expect(await post(here, 'planorder/change_price', change)).toMatchObject({ success: true });
    moveTo(here, 39_000);
    expect((await rows(here, 'planorder/list/orders'))[0]).toMatchObject({
      ...{ id, state: 1, triggerPrice: 38_500, orderType: 1, price: 38_000, vol: 20 },
    });
    const cancel = [{ symbol: 'BTC_USDT', orderId: id }];
    expect((await post(here, 'planorder/cancel', cancel)).success).toBe(true);
    expect((await post(here, 'planorder/cancel', cancel)).code).toBe(3006);
    expect((await post(here, 'planorder/cancel', [{ orderId: '739524811000000999' }])).code).toBe(2040);
    expect(await pushed(here, 'plan.order')).toEqual([1, 1, 2].map((state) => [id, state]));
    await post(here, 'planorder/place', plan());
    here.clock.advance(24 * HOUR);
    moveTo(here, 38_000);
    expect((await rows(here, 'planorder/list/orders')).map((row: { state: number }) => row.state)).toEqual([4, 2]);
    expect(await held(here)).toEqual([]);
  });

  it('fails where its order is refused when it fires', async () => {
    const here = await rig();
    await post(here, 'planorder/place', plan({ side: 4, reduceOnly: true }));
    moveTo(here, 39_000);
    expect((await rows(here, 'planorder/list/orders'))[0]).toMatchObject({ state: 5, orderId: 0 });
  });
});

describe('take-profit and stop-loss of a position', () => {
  it('closes a part when its price comes, and says which of the two it was', async () => {
    const { positionId, ...here } = await withPosition();
    const { data: id } = await post(here, 'stoporder/place', {
      ...{ positionId, vol: 16, volType: 1, stopLossPrice: 39_000, takeProfitPrice: 41_000 },
    });
    const [waiting] = await rows(here, 'stoporder/open_orders');
    expect(waiting).toMatchObject({ id, vol: 16, state: 1, positionType: 1, positionId: String(positionId) });
    moveTo(here, 39_000);
    moveTo(here, 41_000);
    expect(await held(here)).toEqual([24]);
    const [stop] = await rows(here, 'stoporder/list/orders');
    expect(stop).toMatchObject({ id, state: 3, triggerSide: 2, realityVol: 16, isFinished: 1 });
    const sent = (await here.client.get(`order/get/${stop.placeOrderId}`)).json.data;
    expect(sent).toMatchObject({ dealVol: 16, state: 3, dealAvgPrice: 38_999, reduceOnly: true });
    expect(await pushed(here, 'stop.planorder')).toEqual([
      [id, 1],
      [id, 3],
    ]);
  });

  it('of all of a position there is one, on the right side of the price; it is changed, and ends with the position', async () => {
    const { positionId, ...here } = await withPosition();
    const place = (more: object) => post(here, 'stoporder/place', { positionId, vol: 40, volType: 2, ...more });
    expect((await place({ stopLossPrice: 40_500 })).code).toBe(5003);
    expect((await place({ stopLossPrice: 39_000, volType: 1, vol: 42 })).code).toBe(5004);
    expect((await place({ stopLossPrice: 39_000, positionId: 7 })).code).toBe(2009);
    const { data: id } = await place({ stopLossPrice: 39_000 });
    expect((await place({ stopLossPrice: 38_500 })).code).toBe(5005);
    const change = { stopPlanOrderId: id, stopLossPrice: 38_000, takeProfitPrice: 42_000 };
    expect((await post(here, 'stoporder/change_plan_price', change)).success).toBe(true);
    moveTo(here, 39_000);
    expect(await held(here)).toEqual([40]);
    await post(here, 'order/create', order({ side: 4, reduceOnly: true }));
    expect(await held(here)).toEqual([]);
    expect((await rows(here, 'stoporder/list/orders'))[0]).toMatchObject({ id, state: 2, takeProfitPrice: 42_000 });
    expect((await post(here, 'stoporder/cancel', [{ stopPlanOrderId: id }])).code).toBe(5002);
    expect((await pushed(here, 'stop.planorder')).at(-1)).toEqual([id, 2]);
  });

  it('attached to an order: shown and changed with it, taken over by the position, and fired', async () => {
    const here = await rig();
    const attached = { stopLossPrice: 38_500, takeProfitPrice: 41_000, lossTrend: 2, profitTrend: 1 };
    const made = await post(here, 'order/create', order({ type: 1, price: 39_500, ...attached }));
    const { orderId } = made.data;
    expect((await here.client.get(`order/get/${orderId}`)).json.data).toMatchObject({ state: 2, ...attached });
    const change = { orderId, stopLossPrice: 38_800, lossTrend: 2, takeProfitPrice: 41_000 };
    expect((await post(here, 'stoporder/change_price', change)).success).toBe(true);
    await here.socket.settled();
    expect(here.socket.on('push.personal.stop.order').at(-1)?.data).toMatchObject({ orderId, stopLossPrice: 38_800 });
    moveTo(here, 39_400);
    expect(await held(here)).toEqual([40]);
    const [stop] = await rows(here, 'stoporder/open_orders');
    expect(stop).toMatchObject({ orderId, vol: 40, stopLossPrice: 38_800, lossTrend: 2, takeProfitPrice: 41_000 });
    here.wire.setPrices(38_800, 40_000);
    expect(await held(here)).toEqual([]);
    expect((await pushed(here, 'stop.planorder')).at(-1)).toEqual([stop.id, 3]);
  });
});

describe('trailing orders', () => {
  const trailing = (more: object = {}) => ({
    ...{ symbol: 'BTC_USDT', side: 4, vol: 40, openType: 1, leverage: 10, positionMode: 2, reduceOnly: true },
    ...{ trend: 1, backType: 1, backValue: 0.01, ...more },
  });

  it('begins at its activation price, follows the best one, and fires when the price has come back', async () => {
    const here = await withPosition();
    const { data: id } = await post(here, 'trackorder/place', trailing({ activePrice: 40_500 }));
    expect(id).toMatch(/^\d{18}$/);
    moveTo(here, 39_500);
    expect((await rows(here, 'trackorder/list/orders'))[0]).toMatchObject({
      id,
      state: 0,
      vol: 40,
      activePrice: 40_500,
    });
    moveTo(here, 42_000);
    expect((await rows(here, 'trackorder/list/orders'))[0]).toMatchObject({
      ...{ state: 1, markPrice: 42_000, triggerPrice: 41_580 },
    });
    moveTo(here, 41_580.1);
    expect(await held(here)).toEqual([40]);
    moveTo(here, 41_580);
    expect(await held(here)).toEqual([]);
    const states = (await pushed(here, 'track.order')).map(([, state]) => state);
    expect([states[0], states.at(-1)]).toEqual([0, 2]);
  });

  it('is changed to a distance, and cancelled', async () => {
    const here = await withPosition();
    const { data: id } = await post(here, 'trackorder/place', trailing());
    const change = { trackOrderId: id, trend: 1, backType: 2, backValue: 300 };
    expect((await post(here, 'trackorder/change_order', change)).success).toBe(true);
    moveTo(here, 41_000);
    expect((await rows(here, 'trackorder/list/orders'))[0]).toMatchObject({ triggerPrice: 40_700, backType: 2 });
    expect((await post(here, 'trackorder/cancel', { symbol: 'BTC_USDT', trackOrderId: id })).success).toBe(true);
    expect((await post(here, 'trackorder/cancel', { symbol: 'BTC_USDT', trackOrderId: id })).code).toBe(3006);
    moveTo(here, 40_000);
    expect(await held(here)).toEqual([40]);
    expect((await pushed(here, 'track.order')).at(-1)).toEqual([id, 4]);
  });
});

describe('through @prate/mexc-futures', () => {
  it('stops that are attached to an order are its position’s triggers, and end it', async () => {
    const clock = new ManualClock(START);
    await using rig = await executionRigOn(await PaperWire.open(clock, { [CANARY_KEY]: 100_000 }), clock);
    const { backend: wire, port } = rig;
    moveTo({ wire }, 40_000);
    await port.connect();
    const outcome = await port.createOrder({
      ...{ symbol: 'BTC_USDT', side: Side.BUY, type: OrderType.MARKET, quantity: '0.004' },
      stopLoss: { triggerPrice: 39_000, priceSource: 'MARK' },
      takeProfit: { triggerPrice: 41_000 },
    });
    expect(outcome.kind).toBe('accepted');
    const [stop, takeProfit, ...others] = (await port.triggers?.list()) ?? [];
    expect(others).toEqual([]);
    expect([stop, takeProfit].map((trigger) => String(trigger?.request.quantity))).toEqual(['0.004', '0.004']);
    expect(stop?.request.trigger).toMatchObject({ kind: 'stop', direction: 'FALLS_TO', priceSource: 'MARK' });
    expect(takeProfit?.request.trigger).toMatchObject({
      kind: 'takeProfit',
      direction: 'RISES_TO',
      priceSource: 'LAST',
    });
    moveTo({ wire }, 41_000);
    clock.advance(1);
    await rig.sockets.settle();
    expect(await port.getPositions()).toEqual([]);
    expect(await port.triggers?.list()).toEqual([]);
    const [closing] = (await port.history?.getOrders({ symbol: 'BTC_USDT' })) ?? [];
    expect(closing).toMatchObject({ side: Side.SELL, status: 'FILLED', reduceOnly: true });
    expect(String(closing?.averagePrice)).toBe('40999');
  });
});
