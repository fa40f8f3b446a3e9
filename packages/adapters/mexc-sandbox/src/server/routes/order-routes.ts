import type { AccountOrder } from '../../backend/account-values.ts';
import { BackendRefusal, RefusalReason } from '../../backend/backend-refusal.ts';
import { fillJson, orderJson, pastOrderJson } from '../../wire/account-json.ts';
import { Code, codeOf, WireRefusal } from '../../wire/codes.ts';
import { ORDER_STATES, sideCode } from '../../wire/enumerations.ts';
import { Fields, listOf } from '../../wire/fields.ts';
import type { WireValue } from '../../wire/json.ts';
import { checkPrice, checkVolume, readOrder } from '../order-entry.ts';
import { historyRange, onePage } from '../pages.ts';
import type { LimitClass } from '../rate-limits.ts';
import { contractOf, contractsBySymbol, type PrivateQuestion, type Route, serverNow } from '../route.ts';

type PrivateAnswer = (question: PrivateQuestion) => WireValue | Promise<WireValue> | Promise<undefined>;
const route =
  (method: 'GET' | 'POST') =>
  (path: string, answer: PrivateAnswer, limit: LimitClass = 'read'): Route => ({
    method,
    path: `/api/v1/private/order${path}`,
    limit,
    access: 'private',
    answer,
  });
const get = route('GET');
const post = route('POST');

const MOST_IN_LIST = 50;

/** Section 8.1. */
export const orderRoutes: readonly Route[] = [
  post(
    '/create',
    async (question) => ({ orderId: await place(question, question.fields), ts: serverNow(question.venue) }),
    'write',
  ),
  post('/submit', async (question) => BigInt(await place(question, question.fields)), 'write'),
  post('/submit_batch', submitBatch, 'write'),
  post('/cancel', (question) => cancelEach(cancelIds(question.body), question)),
  post('/cancel_with_external', cancelByClientIds),
  post('/batch_cancel_with_external', cancelByClientIds),
  post('/cancel_all', async ({ venue, account, fields }) => {
    const symbol = fields.text('symbol');
    if (symbol !== null) await contractOf(venue, symbol);
    await account.cancelAllOrders(symbol);
  }),
  post('/chase_limit_order', chase, 'write'),
  post(
    '/change_limit_order',
    async (question) => {
      const { venue, account, fields } = question;
      const order = await known(question, fields.needText('orderId'));
      const contract = await contractOf(venue, order.symbol);
      const price = checkPrice(contract, fields.needNumber('price'));
      const volume = checkVolume(contract, order.type, fields.needNumber('vol'));
      return account.replaceOrder(order.id, { price, volume });
    },
    'write',
  ),
  get('/get/:orderId', async (question) => {
    const order = await known(question, question.params['orderId'] as string);
    return orderJson(order, await contractOf(question.venue, order.symbol));
  }),
  get('/external/:symbol/:externalOid', async ({ venue, account, params }) => {
    const contract = await contractOf(venue, params['symbol'] as string);
    const order = await account.orderByClientId(contract.symbol, params['externalOid'] as string);
    return order === null ? undefined : orderJson(order, contract);
  }),
  get(
    '/batch_query',
    async (question) => {
      const ids = question.query.needText('order_ids').split(',');
      if (ids.length > MOST_IN_LIST) throw new WireRefusal(Code.TOO_MANY_IN_QUERY, `at most ${MOST_IN_LIST} ids`);
      const found = await Promise.all(ids.map((id) => question.account.order(id.trim())));
      return ordersJson(question, found);
    },
    'five',
  ),
  post('/batch_query_with_external', async (question) => {
    const rows = clientIds(question.body, Code.TOO_MANY_IN_QUERY);
    const found = await Promise.all(rows.map(({ symbol, id }) => question.account.orderByClientId(symbol, id)));
    return ordersJson(question, found);
  }),
  get('/list/open_orders', (question) => openOrders(question, question.query.text('symbol'))),
  get('/list/open_orders/:symbol', async (question) =>
    openOrders(question, (await contractOf(question.venue, question.params['symbol'] as string)).symbol),
  ),
  get('/list/history_orders', async ({ venue, account, query }) => {
    const states = query.text('states')?.split(',').map(Number);
    const side = query.integer('side');
    const contract = await contractsBySymbol(venue);
    const rows = (await account.orderHistory(historyRange(query, serverNow(venue))))
      .filter((order) => states === undefined || states.includes(ORDER_STATES[order.status]))
      .filter((order) => side === null || sideCode(order) === side);
    return onePage(rows, query).map((order) => pastOrderJson(order, contract(order.symbol)));
  }),
  get('/list/close_orders', async ({ venue, account, query }) => {
    const contract = await contractsBySymbol(venue);
    const rows = await account.orderHistory(historyRange(query, serverNow(venue)));
    return onePage(rows, query, 1000).map((order) => pastOrderJson(order, contract(order.symbol)));
  }),
  get('/list/order_deals', (question) => fills(question, 100)),
  get('/list/order_deals/v3', (question) => fills(question, 1000)),
  get('/deal_details/:orderId', async ({ account, params }) =>
    (await account.fillsOfOrder(params['orderId'] as string)).map(fillJson),
  ),
  get('/open_order_total_count', totalCount),
  post('/open_order_total_count', totalCount),
];

/** @returns the order's id */
async function place(question: PrivateQuestion, fields: Fields): Promise<string> {
  return question.account.placeOrder(await readOrder(question, fields));
}

/** Each stands alone: a refused one has no id, and a code. */
async function submitBatch(question: PrivateQuestion): Promise<WireValue> {
  const rows = listOf(question.body, 'an array of orders');
  if (rows.length > MOST_IN_LIST) throw new WireRefusal(Code.TOO_MANY_IN_BATCH, `at most ${MOST_IN_LIST} orders`);
  const answers: WireValue[] = [];
  for (const row of rows) {
    const fields = new Fields(row);
    const externalOid = fields.text('externalOid') ?? undefined;
    try {
      const id = BigInt(await place(question, fields));
      answers.push({ orderId: id, externalOid, errorCode: 0, errorMsg: 'success' });
    } catch (error) {
      answers.push({ externalOid, ...itemRefusal(error) });
    }
  }
  return answers;
}

/** `[id, …]`, and `{orderIds: [id, …]}` as some notes have it. */
function cancelIds(body: unknown): readonly string[] {
  const wrapped = (body as { readonly orderIds?: unknown } | null | undefined)?.orderIds;
  const ids = listOf(wrapped ?? body, 'an array of order ids').map(String);
  if (ids.length > MOST_IN_LIST) throw new WireRefusal(Code.TOO_MANY_CANCELS, `at most ${MOST_IN_LIST} ids`);
  return ids;
}

/** An item per id, in their order, also where every one failed. Ids are integers here, with all their digits. */
async function cancelEach(ids: readonly string[], { account }: PrivateQuestion): Promise<WireValue> {
  const items: WireValue[] = [];
  for (const id of ids) {
    const orderId = /^\d+$/.test(id) ? BigInt(id) : id;
    try {
      await account.cancelOrder(id);
      items.push({ orderId, errorCode: 0, errorMsg: 'success' });
    } catch (error) {
      items.push({ orderId, ...itemRefusal(error) });
    }
  }
  return items;
}

async function cancelByClientIds(question: PrivateQuestion): Promise<WireValue> {
  const items: WireValue[] = [];
  for (const { symbol, id } of clientIds(question.body, Code.TOO_MANY_CANCELS)) {
    const order = await question.account.orderByClientId(symbol, id);
    const [item] = order === null ? [] : ((await cancelEach([order.id], question)) as readonly WireValue[]);
    const found = item as { readonly [key: string]: WireValue } | undefined;
    items.push(
      found === undefined
        ? { externalOid: id, errorCode: Code.UNKNOWN_ORDER, errorMsg: 'order not exist' }
        : { ...found, externalOid: id },
    );
  }
  return items;
}

/** An array of `{symbol, externalOid}`, or one such object. */
function clientIds(body: unknown, tooMany: number): readonly { readonly symbol: string; readonly id: string }[] {
  const rows = Array.isArray(body) ? body : [body];
  if (rows.length > MOST_IN_LIST) throw new WireRefusal(tooMany, `at most ${MOST_IN_LIST} ids`);
  return rows.map((row) => {
    const fields = new Fields(row);
    return { symbol: fields.needText('symbol'), id: fields.needText('externalOid') };
  });
}

const ITEM_TEXTS: Partial<Record<RefusalReason, string>> = {
  UNKNOWN_ORDER: 'order not exist',
  ORDER_IS_FINAL: 'order state cannot be cancelled',
};

function itemRefusal(error: unknown): { readonly errorCode: number; readonly errorMsg: string } {
  if (error instanceof BackendRefusal) {
    return { errorCode: codeOf(error.reason), errorMsg: ITEM_TEXTS[error.reason] ?? error.message };
  }
  if (error instanceof WireRefusal) return { errorCode: error.code, errorMsg: error.message };
  throw error;
}

/** @throws BackendRefusal UNKNOWN_ORDER */
async function known({ account }: PrivateQuestion, id: string): Promise<AccountOrder> {
  const order = await account.order(id);
  if (order === null) throw new BackendRefusal(RefusalReason.UNKNOWN_ORDER, 'order not exist');
  return order;
}

/** To the best price of its own side. */
async function chase(question: PrivateQuestion): Promise<undefined> {
  const { venue, account, fields } = question;
  const order = await known(question, fields.needText('orderId'));
  const book = await venue.backend.market.book(order.symbol);
  const best = (order.side === 'BUY' ? book.bids : book.asks)[0];
  if (best !== undefined) await account.replaceOrder(order.id, { price: best.price, volume: order.volume });
  return undefined;
}

async function ordersJson({ venue }: PrivateQuestion, orders: readonly (AccountOrder | null)[]): Promise<WireValue> {
  const contract = await contractsBySymbol(venue);
  return orders.flatMap((order) => (order === null ? [] : [orderJson(order, contract(order.symbol))]));
}

async function openOrders(question: PrivateQuestion, symbol: string | null): Promise<WireValue> {
  return ordersJson(question, onePage(await question.account.openOrders(symbol), question.query));
}

async function fills({ venue, account, query }: PrivateQuestion, largest: number): Promise<WireValue> {
  await contractOf(venue, query.needText('symbol'));
  const rows = await account.fills(historyRange(query, serverNow(venue)));
  return onePage(rows, query, largest).map(fillJson);
}

async function totalCount({ account }: PrivateQuestion): Promise<WireValue> {
  const everything = { symbol: null, from: 0, to: Number.MAX_SAFE_INTEGER };
  const waiting = (rows: readonly { readonly status: string }[]): number =>
    rows.filter(({ status }) => status === 'WAITING' || status === 'INACTIVE').length;
  const limitOrderCount = (await account.openOrders(null)).length;
  const stopOrderCount = waiting(await account.stops(everything));
  const planOrderCount = waiting(await account.plans(everything));
  const trackOrderCount = waiting(await account.trailings(everything));
  const sumCount = limitOrderCount + stopOrderCount + planOrderCount + trackOrderCount;
  return { sumCount, limitOrderCount, stopOrderCount, planOrderCount, trackOrderCount };
}
