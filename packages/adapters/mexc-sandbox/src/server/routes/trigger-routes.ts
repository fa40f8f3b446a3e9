import { OrderType } from '@prate/domain';
import type {
  OrderTicket,
  PlanTicket,
  StopTicket,
  TrailingTicket,
  TriggerStatus,
} from '../../backend/account-values.ts';
import type { Contract } from '../../backend/market-values.ts';
import { Code, WireRefusal } from '../../wire/codes.ts';
import {
  directionOf,
  marginModeOf,
  orderTypeOf,
  positionModeOf,
  sideCode,
  TRAILING_STATES,
  TRIGGER_STATES,
} from '../../wire/enumerations.ts';
import { Fields, listOf } from '../../wire/fields.ts';
import type { WireValue } from '../../wire/json.ts';
import { planJson, stopJson, trailingJson } from '../../wire/trigger-json.ts';
import { checkPrice, checkVolume, readSource, readStops, tradableContract } from '../order-entry.ts';
import { historyRange, onePage } from '../pages.ts';
import type { LimitClass } from '../rate-limits.ts';
import { contractOf, type PrivateQuestion, type Route, serverNow } from '../route.ts';

type PrivateAnswer = (question: PrivateQuestion) => WireValue | Promise<WireValue> | Promise<undefined>;
const route =
  (method: 'GET' | 'POST') =>
  (path: string, answer: PrivateAnswer, limit: LimitClass = 'read'): Route => ({
    method,
    path: `/api/v1/private${path}`,
    limit,
    access: 'private',
    answer,
  });
const get = route('GET');
const post = route('POST');

const MOST_IN_LIST = 50;
const CYCLE_HOURS: Readonly<Record<number, number>> = { 1: 24, 2: 168, 3: 87_600 };
const EVERYTHING = { symbol: null, from: 0, to: Number.MAX_SAFE_INTEGER };

const placePlan: PrivateAnswer = async (question) => (await question.account.placePlan(await readPlan(question))).id;

/** Section 9. */
export const triggerRoutes: readonly Route[] = [
  post('/planorder/place', placePlan, 'write'),
  post('/planorder/place/v2', placePlan, 'write'),
  post('/planorder/change_price', changePlan, 'write'),
  post(
    '/planorder/change_stop_order',
    async ({ account, fields }) => {
      const id = fields.needText('orderId');
      const plan = (await account.plans(EVERYTHING)).find((other) => other.id === id);
      if (plan === undefined) throw new WireRefusal(Code.UNKNOWN_ORDER, 'order not exist');
      await account.changePlan(id, { ticket: { ...plan.ticket, ...readStops(fields) } });
    },
    'write',
  ),
  post('/planorder/cancel', async ({ account, body }) => {
    for (const row of fewRows(body)) await account.cancelPlan(row.needText('orderId'));
  }),
  post('/planorder/cancel_all', async ({ account, fields }) => {
    const plans = await account.plans({ ...EVERYTHING, symbol: fields.text('symbol') });
    for (const { id, status } of plans) if (isWaiting(status)) await account.cancelPlan(id);
  }),
  get('/planorder/list/orders', async ({ venue, account, query }) => {
    const states = query.text('states')?.split(',').map(Number);
    const side = query.integer('side');
    const rows = (await account.plans(historyRange(query, serverNow(venue))))
      .filter((plan) => states === undefined || states.includes(TRIGGER_STATES[plan.status]))
      .filter((plan) => side === null || sideCode(plan.ticket) === side);
    return onePage(rows, query).map(planJson);
  }),

  post(
    '/stoporder/place',
    async (question) => (await question.account.placeStop(readStop(question.fields))).id,
    'five',
  ),
  post('/stoporder/cancel', async ({ account, body }) => {
    for (const row of fewRows(body)) await account.cancelStop(row.needInteger('stopPlanOrderId'));
  }),
  post('/stoporder/cancel_all', async ({ account, fields }) => {
    const positionId = fields.integer('positionId');
    const stops = await account.stops({ ...EVERYTHING, symbol: fields.text('symbol') });
    for (const stop of stops) {
      const meant = positionId === null || stop.positionId === positionId;
      if (isWaiting(stop.status) && meant) await account.cancelStop(stop.id);
    }
  }),
  post('/stoporder/change_price', async ({ account, fields }) => {
    await account.changeAttachedStop(fields.needText('orderId'), readStops(fields));
  }),
  post(
    '/stoporder/change_plan_price',
    async ({ account, fields }) => {
      await account.changeStop(fields.needInteger('stopPlanOrderId'), readStops(fields));
    },
    'write',
  ),
  get('/stoporder/list/orders', async ({ venue, account, query }) => {
    const finished = query.integer('is_finished');
    const rows = await account.stops(historyRange(query, serverNow(venue)));
    return onePage(
      rows.filter(({ status }) => finished === null || (finished === 1) === !isWaiting(status)),
      query,
    ).map(stopJson);
  }),
  get('/stoporder/open_orders', async ({ account, query }) => {
    const rows = await account.stops({ ...EVERYTHING, symbol: query.text('symbol') });
    return rows.filter(({ status }) => isWaiting(status)).map(stopJson);
  }),
  get('/stoporder/order_details/:id', async ({ account, params }) => {
    const stop = (await account.stops(EVERYTHING)).find(({ id }) => String(id) === params['id']);
    return stop === undefined ? undefined : stopJson(stop);
  }),

  post(
    '/trackorder/place',
    async (question) => (await question.account.placeTrailing(await readTrailing(question))).id,
    'write',
  ),
  post('/trackorder/cancel', async ({ account, fields }) => {
    const id = fields.text('trackOrderId');
    if (id !== null) return void (await account.cancelTrailing(id));
    const rows = await account.trailings({ ...EVERYTHING, symbol: fields.text('symbol') });
    for (const row of rows) if (isWaiting(row.status)) await account.cancelTrailing(row.id);
    return undefined;
  }),
  post(
    '/trackorder/change_order',
    async ({ account, fields }) => {
      await account.changeTrailing(fields.needText('trackOrderId'), {
        source: readSource(fields, 'trend'),
        activationPrice: fields.price('activePrice'),
        callback: readCallback(fields),
      });
    },
    'write',
  ),
  get('/trackorder/list/orders', async ({ account, query }) => {
    const states = query.text('states')?.split(',').map(Number);
    const rows = await account.trailings({ ...EVERYTHING, symbol: query.text('symbol') });
    const size = query.count('pageSize', 20, 100);
    const from = (query.count('pageIndex', 1, Number.MAX_SAFE_INTEGER) - 1) * size;
    return rows
      .filter((row) => states === undefined || states.includes(TRAILING_STATES[row.status]))
      .slice(from, from + size)
      .map(trailingJson);
  }),
];

const isWaiting = (status: TriggerStatus): boolean => status === 'WAITING' || status === 'INACTIVE';

function fewRows(body: unknown): readonly Fields[] {
  const rows = listOf(body, 'an array');
  if (rows.length > MOST_IN_LIST) throw new WireRefusal(Code.TOO_MANY_CANCELS, `at most ${MOST_IN_LIST} orders`);
  return rows.map((row) => new Fields(row));
}

/** What plans and trailing orders have in common with orders; their client id is not MEXC's to keep. */
function readTicket(fields: Fields, contract: Contract, type: OrderType, price: OrderTicket['price']): OrderTicket {
  const direction = directionOf(fields.integer('side') ?? 0);
  if (direction === undefined) throw new WireRefusal(Code.SIDE, 'side must be 1, 2, 3 or 4');
  const marginMode = marginModeOf(fields.integer('openType') ?? 0);
  if (marginMode === undefined) throw new WireRefusal(Code.OPEN_TYPE, 'openType must be 1 or 2');
  return {
    symbol: contract.symbol,
    ...direction,
    type,
    volume: checkVolume(contract, type, fields.number('vol')),
    price,
    marginMode,
    leverage: fields.integer('leverage'),
    clientOrderId: null,
    positionMode: positionModeOf(fields.integer('positionMode') ?? 0) ?? null,
    reduceOnly: fields.flag('reduceOnly'),
    ...readStops(fields),
  };
}

async function readPlan({ venue, fields }: PrivateQuestion): Promise<PlanTicket> {
  const contract = await tradableContract(venue, fields.needText('symbol'));
  const type = orderTypeOf(fields.integer('orderType') ?? 0);
  if (type === undefined) throw new WireRefusal(Code.ORDER_TYPE, 'orderType must be from 1 to 5');
  const price = type === OrderType.MARKET ? null : checkPrice(contract, fields.number('price'));
  const cycleHours = CYCLE_HOURS[fields.integer('executeCycle') ?? 0];
  if (cycleHours === undefined)
    throw new WireRefusal(Code.TRIGGER_CYCLE, 'executeCycle must be 1 (24 h) or 2 (7 days)');
  return { ticket: readTicket(fields, contract, type, price), ...readTriggerPrice(fields, contract), cycleHours };
}

function readTriggerPrice(
  fields: Fields,
  { tickSize }: Contract,
): Pick<PlanTicket, 'triggerPrice' | 'direction' | 'source'> {
  const triggerPrice = fields.number('triggerPrice');
  if (triggerPrice === null || triggerPrice.lte(0) || !triggerPrice.mod(tickSize).isZero()) {
    throw new WireRefusal(Code.TRIGGER_PRICE, `triggerPrice must be above 0 and a multiple of ${tickSize}`);
  }
  const direction = ([undefined, 'RISES_TO', 'FALLS_TO'] as const)[fields.integer('triggerType') ?? 0];
  if (direction === undefined) throw new WireRefusal(Code.TRIGGER_TYPE, 'triggerType must be 1 or 2');
  return { triggerPrice, direction, source: readSource(fields, 'trend') };
}

async function changePlan({ venue, account, fields }: PrivateQuestion): Promise<undefined> {
  const id = fields.needText('orderId');
  const plan = (await account.plans(EVERYTHING)).find((other) => other.id === id);
  if (plan === undefined) throw new WireRefusal(Code.UNKNOWN_ORDER, 'order not exist');
  const contract = await contractOf(venue, plan.ticket.symbol);
  const type = orderTypeOf(fields.integer('orderType') ?? 0) ?? plan.ticket.type;
  const price = type === OrderType.MARKET ? null : checkPrice(contract, fields.number('price') ?? plan.ticket.price);
  await account.changePlan(id, { ...readTriggerPrice(fields, contract), ticket: { ...plan.ticket, type, price } });
  return undefined;
}

function readStop(fields: Fields): StopTicket {
  const prices = readStops(fields);
  if (prices.stopLoss === null && prices.takeProfit === null) {
    throw new WireRefusal(Code.STOP_EMPTY, 'stopLossPrice or takeProfitPrice is needed');
  }
  const whole = fields.integer('volType') === 2;
  return { positionId: fields.needInteger('positionId'), volume: whole ? null : fields.needNumber('vol'), ...prices };
}

async function readTrailing({ venue, fields }: PrivateQuestion): Promise<TrailingTicket> {
  const contract = await tradableContract(venue, fields.needText('symbol'));
  return {
    ticket: readTicket(fields, contract, OrderType.MARKET, null),
    source: readSource(fields, 'trend'),
    activationPrice: fields.price('activePrice'),
    callback: readCallback(fields),
  };
}

function readCallback(fields: Fields): TrailingTicket['callback'] {
  const kind = ([undefined, 'SHARE', 'DISTANCE'] as const)[fields.integer('backType') ?? 0];
  const value = fields.needNumber('backValue');
  if (kind === undefined || value.lte(0) || (kind === 'SHARE' && value.gte(1))) {
    throw new WireRefusal(
      Code.TRAILING_CALLBACK,
      'backType must be 1 (a share below 1) or 2 (a distance), backValue above 0',
    );
  }
  return { kind, value };
}
