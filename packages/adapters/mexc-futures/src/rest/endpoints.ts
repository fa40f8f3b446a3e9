import { InvalidInputError, shown } from '@prate/domain';
import type { WindowLimit } from '../limits/sliding-window.ts';

/** What counts together against one limit. MEXC documents limits by endpoint; one window for each class stays below all of them. */
export type LimitClass = 'read' | 'market' | 'cancel' | 'order' | 'stop' | 'leverage';

/** The published limits, the strict ones where sources differ (2026-05). */
export const DEFAULT_LIMITS: Readonly<Record<LimitClass, WindowLimit>> = {
  read: { calls: 20, windowMs: 2_000 },
  market: { calls: 10, windowMs: 2_000 },
  cancel: { calls: 20, windowMs: 2_000 },
  order: { calls: 4, windowMs: 2_000 },
  stop: { calls: 5, windowMs: 2_000 },
  leverage: { calls: 10, windowMs: 10_000 },
};

/**
 * - `read` changes nothing: repeated until it answers, a few times
 * - `fleeting` is a read that goes before others: what it tells is soon gone
 * - `write` is sent once, whatever comes back
 * - `cancel` may be repeated: the second one finds nothing left to do
 */
type Kind = 'read' | 'fleeting' | 'write' | 'cancel';

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** With `{names}` of its path parameters. */
  readonly path: string;
  readonly limit: LimitClass;
  readonly kind: Kind;
  /** Signed, or open to all. */
  readonly signed: boolean;
}

type Declaration = readonly [method: 'GET' | 'POST', path: string, kind: Kind, limit: LimitClass];

type PublicName =
  | 'ping'
  | 'detail'
  | 'detailCountry'
  | 'depth'
  | 'depthCommits'
  | 'deals'
  | 'kline'
  | 'klineIndex'
  | 'klineFair'
  | 'ticker'
  | 'fundingRate'
  | 'fundingRates'
  | 'fundingHistory';

type PrivateName =
  | 'assets'
  | 'asset'
  | 'feeRate'
  | 'openPositions'
  | 'historyPositions'
  | 'fundingRecords'
  | 'leverage'
  | 'changeLeverage'
  | 'changeMargin'
  | 'positionMode'
  | 'changePositionMode'
  | 'createOrder'
  | 'submitBatch'
  | 'chaseLimitOrder'
  | 'changeLimitOrder'
  | 'cancelOrders'
  | 'cancelWithExternal'
  | 'cancelAll'
  | 'getOrder'
  | 'getOrderByExternal'
  | 'batchQuery'
  | 'batchQueryWithExternal'
  | 'openOrders'
  | 'historyOrders'
  | 'orderDeals'
  | 'dealDetails'
  | 'placePlan'
  | 'cancelPlans'
  | 'cancelAllPlans'
  | 'listPlans'
  | 'placeStop'
  | 'cancelStops'
  | 'cancelAllStops'
  | 'changeStop'
  | 'changePlanStop'
  | 'listStops'
  | 'openStops'
  | 'placeTrack'
  | 'cancelTracks'
  | 'listTracks';

const PUBLIC: Readonly<Record<PublicName, Declaration>> = {
  ping: ['GET', 'ping', 'read', 'read'],
  detail: ['GET', 'detail', 'read', 'market'],
  detailCountry: ['GET', 'detail/country', 'read', 'market'],
  depth: ['GET', 'depth/{symbol}', 'read', 'market'],
  depthCommits: ['GET', 'depth_commits/{symbol}/{limit}', 'read', 'read'],
  // of the last 100 trades a busy symbol keeps those of a few seconds, and after a loss all symbols ask at once
  deals: ['GET', 'deals/{symbol}', 'fleeting', 'read'],
  kline: ['GET', 'kline/{symbol}', 'read', 'read'],
  klineIndex: ['GET', 'kline/index_price/{symbol}', 'read', 'read'],
  klineFair: ['GET', 'kline/fair_price/{symbol}', 'read', 'read'],
  ticker: ['GET', 'ticker', 'read', 'market'],
  fundingRate: ['GET', 'funding_rate/{symbol}', 'read', 'read'],
  fundingRates: ['GET', 'funding_rate', 'read', 'read'],
  fundingHistory: ['GET', 'funding_rate/history', 'read', 'read'],
};

const PRIVATE: Readonly<Record<PrivateName, Declaration>> = {
  assets: ['GET', 'account/assets', 'read', 'read'],
  asset: ['GET', 'account/asset/{currency}', 'read', 'read'],
  feeRate: ['GET', 'account/tiered_fee_rate/v2', 'read', 'read'],

  openPositions: ['GET', 'position/open_positions', 'read', 'read'],
  historyPositions: ['GET', 'position/list/history_positions', 'read', 'read'],
  fundingRecords: ['GET', 'position/funding_records', 'read', 'read'],
  leverage: ['GET', 'position/leverage', 'read', 'read'],
  changeLeverage: ['POST', 'position/change_leverage', 'write', 'leverage'],
  changeMargin: ['POST', 'position/change_margin', 'write', 'read'],
  positionMode: ['GET', 'position/position_mode', 'read', 'read'],
  changePositionMode: ['POST', 'position/change_position_mode', 'write', 'read'],

  createOrder: ['POST', 'order/create', 'write', 'order'],
  submitBatch: ['POST', 'order/submit_batch', 'write', 'order'],
  chaseLimitOrder: ['POST', 'order/chase_limit_order', 'write', 'order'],
  changeLimitOrder: ['POST', 'order/change_limit_order', 'write', 'order'],
  cancelOrders: ['POST', 'order/cancel', 'cancel', 'cancel'],
  cancelWithExternal: ['POST', 'order/cancel_with_external', 'cancel', 'cancel'],
  cancelAll: ['POST', 'order/cancel_all', 'cancel', 'cancel'],
  getOrder: ['GET', 'order/get/{orderId}', 'read', 'read'],
  getOrderByExternal: ['GET', 'order/external/{symbol}/{externalOid}', 'read', 'read'],
  batchQuery: ['GET', 'order/batch_query', 'read', 'stop'],
  batchQueryWithExternal: ['POST', 'order/batch_query_with_external', 'read', 'read'],
  openOrders: ['GET', 'order/list/open_orders', 'read', 'read'],
  historyOrders: ['GET', 'order/list/history_orders', 'read', 'read'],
  orderDeals: ['GET', 'order/list/order_deals/v3', 'read', 'read'],
  dealDetails: ['GET', 'order/deal_details/{orderId}', 'read', 'read'],

  placePlan: ['POST', 'planorder/place/v2', 'write', 'order'],
  cancelPlans: ['POST', 'planorder/cancel', 'cancel', 'cancel'],
  cancelAllPlans: ['POST', 'planorder/cancel_all', 'cancel', 'cancel'],
  listPlans: ['GET', 'planorder/list/orders', 'read', 'read'],
  placeStop: ['POST', 'stoporder/place', 'write', 'stop'],
  cancelStops: ['POST', 'stoporder/cancel', 'cancel', 'cancel'],
  cancelAllStops: ['POST', 'stoporder/cancel_all', 'cancel', 'cancel'],
  changeStop: ['POST', 'stoporder/change_price', 'write', 'read'],
  changePlanStop: ['POST', 'stoporder/change_plan_price', 'write', 'order'],
  listStops: ['GET', 'stoporder/list/orders', 'read', 'read'],
  openStops: ['GET', 'stoporder/open_orders', 'read', 'read'],
  placeTrack: ['POST', 'trackorder/place', 'write', 'order'],
  cancelTracks: ['POST', 'trackorder/cancel', 'cancel', 'cancel'],
  listTracks: ['GET', 'trackorder/list/orders', 'read', 'read'],
};

export type Endpoints = Readonly<Record<PublicName | PrivateName, Endpoint>>;

const declared = (
  table: Readonly<Record<string, Declaration>>,
  prefix: string,
  signed: boolean,
): [string, Endpoint][] =>
  Object.entries(table).map(([name, [method, path, kind, limit]]) => [
    name,
    { method, path: `${prefix}${path}`, kind, limit, signed },
  ]);

/** Where MEXC has moved a path or kept an older one beside it. One is chosen, and there is never a second try by another. */
export interface OrderPaths {
  /** Default `/api/v1/private/order/create`; the older one is `/api/v1/private/order/submit`. */
  readonly orderCreatePath?: string | undefined;
  /** Default `/api/v1/private/planorder/place/v2`; the older one is `/api/v1/private/planorder/place`. */
  readonly planPlacePath?: string | undefined;
}

/** Were it not below the host that is signed for, the key would go elsewhere. */
function ownPath(name: keyof OrderPaths, path: string | undefined, usual: string): string {
  if (path === undefined) return usual;
  if (/^\/[\w-]+(\/[\w-]+)*$/.test(path)) return path;
  throw new InvalidInputError(`${name} must be a path such as ${usual}, not ${shown(path)}`);
}

/**
 * All endpoints by name.
 *
 * @throws InvalidInputError for a path that is none
 */
export function endpointsWith(paths: OrderPaths = {}): Endpoints {
  const endpoints = Object.fromEntries([
    ...declared(PUBLIC, '/api/v1/contract/', false),
    ...declared(PRIVATE, '/api/v1/private/', true),
  ]) as Endpoints;
  const { createOrder, placePlan } = endpoints;
  return {
    ...endpoints,
    createOrder: { ...createOrder, path: ownPath('orderCreatePath', paths.orderCreatePath, createOrder.path) },
    placePlan: { ...placePlan, path: ownPath('planPlacePath', paths.planPlacePath, placePlan.path) },
  };
}
