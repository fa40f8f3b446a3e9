/**
 * What a dry run takes for MEXC's answers. About the account: one that has nothing, at leverage 20. About the market,
 * where nobody answers: contracts as they were published in 2026-05 (MEXC's documents and clients), and prices that are made up.
 */
import type { PositionSide } from '@prate/domain';
import type { HttpRequest } from '@prate/mexc-futures/rest';

const PRIVATE = '/api/v1/private/';
const PUBLIC = '/api/v1/contract/';

/** POSTs that only ask. */
const QUESTIONS: ReadonlySet<string> = new Set([
  `${PRIVATE}order/batch_query_with_external`,
  `${PRIVATE}order/open_order_total_count`,
]);

export const isChange = (method: string, path: string): boolean => method === 'POST' && !QUESTIONS.has(path);

/** Questions about orders by their ids: what became of an order that was not sent? */
export const isLookUp = (path: string): boolean => /\/order\/(?:get|external|batch_query)/.test(path);

/** An id of the right length, which nothing has. */
export const NO_ID = '100000000000000000';

/** What the account has, because the command is about it; otherwise it has nothing. */
export interface Assumed {
  readonly position?: { readonly symbol: string; readonly positionSide: PositionSide };
  /** With the id of the port, which begins with the kind. */
  readonly trigger?: { readonly symbol: string; readonly id: string };
}

interface AssumedAccount extends Assumed {
  readonly nowMs: number;
  readonly hedge: boolean;
}

/** `data` of an answer to a signed request; undefined for none. */
export function assumedReply(
  request: HttpRequest,
  path: string,
  { nowMs, hedge, position, trigger }: AssumedAccount,
): unknown {
  if (request.method === 'POST') return assumedChange(request, path, nowMs);
  const what = path.slice(PRIVATE.length);
  if (what === 'position/position_mode') return hedge ? 1 : 2;
  if (what === 'position/leverage') return [1, 2].map(leverageOf);
  if (what === 'position/open_positions') return position === undefined ? [] : [positionOf(position)];
  const triggers = TRIGGERS[what];
  if (triggers !== undefined && trigger?.id.startsWith(triggers)) {
    return [triggerOf({ symbol: trigger.symbol, id: trigger.id.slice(triggers.length) })];
  }
  if (what.startsWith('account/tiered_fee_rate')) return { realMakerFee: 0.0006, realTakerFee: 0.0008 };
  if (what === 'position/funding_records')
    return { pageSize: 100, totalCount: 0, totalPage: 0, currentPage: 1, resultList: [] };
  if (/^account\/asset\//.test(what)) return NO_ASSET;
  return /^order\/(?:get|external)\//.test(what) ? undefined : [];
}

function assumedChange({ body }: HttpRequest, path: string, nowMs: number): unknown {
  const what = path.slice(PRIVATE.length);
  const sent: unknown = JSON.parse(body ?? '{}');
  if (Array.isArray(sent)) {
    return sent.map((item: unknown) => ({
      orderId: typeof item === 'object' ? NO_ID : String(item),
      errorCode: 0,
      errorMsg: 'success',
    }));
  }
  if (/^(?:order\/submit$|planorder\/place|stoporder\/place|trackorder\/place)/.test(what)) return NO_ID;
  return /^order\/create$/.test(what) ? { orderId: NO_ID, ts: nowMs } : undefined;
}

/** Where triggers that wait are listed, and how the port's ids of them begin. */
const TRIGGERS: Readonly<Record<string, string>> = {
  'planorder/list/orders': 'plan-',
  'stoporder/open_orders': 'stop-',
  'trackorder/list/orders': 'trailing-',
};

/** What all three kinds need. */
const triggerOf = ({ symbol, id }: { readonly symbol: string; readonly id: string }): object => ({
  ...{ id, symbol, side: 1, vol: 1, state: 1, isFinished: 0, triggerPrice: 1, triggerType: 1, orderType: 5 },
  ...{ stopLossPrice: 1, backType: 1, backValue: 0.01 },
});

const positionOf = ({ symbol, positionSide }: NonNullable<Assumed['position']>): object => ({
  ...{ positionId: NO_ID, symbol, positionType: positionSide === 'LONG' ? 1 : 2, openType: 1, state: 1, leverage: 20 },
  ...{ holdVol: 1, frozenVol: 0, closeVol: 0, holdAvgPrice: 1, openAvgPrice: 1, closeAvgPrice: 0, liquidatePrice: 0 },
  ...{ oim: 0, im: 0, holdFee: 0, realised: 0, autoAddIm: false },
});

const leverageOf = (positionType: number): object => ({
  positionType,
  openType: 1,
  leverage: 20,
  level: 1,
  maxVol: 100_000,
  mmr: 0.004,
  imr: 0.008,
});

const NO_ASSET = {
  ...{ currency: 'USDT', positionMargin: 0, availableBalance: 0, cashBalance: 0, frozenBalance: 0 },
  ...{ equity: 0, unrealized: 0, bonus: 0 },
};

/** Symbol, contract size, tick, and a price of the right size. */
const PUBLISHED: readonly (readonly [base: string, contractSize: number, priceUnit: number, price: number])[] = [
  ['BTC', 0.0001, 0.1, 80_000],
  ['ETH', 0.01, 0.01, 3_000],
  ['SOL', 0.1, 0.01, 150],
  ['XRP', 1, 0.0001, 2],
  ['DOGE', 100, 0.00001, 0.2],
];

/** `data` of an answer to a public question; undefined where none was published. */
export function offlineReply(path: string, symbol: string | null, nowMs: number): unknown {
  const [what, ...rest] = path.slice(PUBLIC.length).split('/');
  if (what === 'ping') return nowMs;
  const wanted = symbol ?? (what === 'detail' ? null : (rest.at(-1) ?? null));
  const rows = PUBLISHED.filter(([base]) => wanted === null || `${base}_USDT` === wanted);
  const make = { detail: contractOf, ticker: tickerOf, depth: bookOf }[what ?? ''];
  if (make === undefined || rows.length === 0) return undefined;
  const answers = rows.map((row) => make(row, nowMs));
  return wanted === null ? answers : answers[0];
}

type Row = (typeof PUBLISHED)[number];

const contractOf = ([base, contractSize, priceUnit]: Row): object => ({
  ...{ symbol: `${base}_USDT`, baseCoin: base, quoteCoin: 'USDT', settleCoin: 'USDT', state: 0, apiAllowed: true },
  ...{ isHidden: false, futureType: 1, contractSize, volUnit: 1, minVol: 1, maxVol: 400_000, limitMaxVol: 2_500_000 },
  ...{ priceUnit, amountScale: 4, minLeverage: 1, maxLeverage: 100, positionOpenType: 3 },
  ...{ takerFeeRate: 0.0008, makerFeeRate: 0.0006, maintenanceMarginRate: 0.005, initialMarginRate: 0.01 },
  ...{ liquidationFeeRate: 0.0004, riskLimitMode: 'INCREASE', riskLimitType: 'BY_VOLUME' },
  ...{ riskBaseVol: 2_500_000, riskIncrVol: 2_500_000, riskIncrMmr: 0.005, riskIncrImr: 0.005, riskLevelLimit: 1 },
});

const tickerOf = ([base, , , price]: Row, nowMs: number): object => ({
  ...{ contractId: 1, symbol: `${base}_USDT`, lastPrice: price, bid1: price, ask1: price, volume24: 0, amount24: 0 },
  ...{ holdVol: 0, lower24Price: price, high24Price: price, riseFallRate: 0, riseFallValue: 0, indexPrice: price },
  ...{ fairPrice: price, fundingRate: 0, maxBidPrice: price * 2, minAskPrice: price / 2, timestamp: nowMs },
});

const bookOf = ([, , , price]: Row, nowMs: number): object => ({
  ...{ asks: [[price, 1_000_000, 1]], bids: [[price, 1_000_000, 1]], version: 1, timestamp: nowMs },
});
