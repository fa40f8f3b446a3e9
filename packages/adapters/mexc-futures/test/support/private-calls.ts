import type { HistoryPage } from '../../src/rest/account-rest.ts';
import type { MexcRest } from '../../src/rest/mexc-rest.ts';

/** One call of a private endpoint, and a reply to it. Payloads are made after the field tables of MEXC's documents. */
export interface PrivateCall {
  readonly name: string;
  readonly kind: 'read' | 'write' | 'cancel';
  readonly request: `${'GET' | 'POST'} ${string}`;
  readonly call: (rest: MexcRest) => Promise<unknown>;
  /** The text of `data`; undefined where a success has none. */
  readonly data: string | undefined;
  /** Part of what the call gives. */
  readonly gives: unknown;
}

const page: HistoryPage = { symbol: 'BTC_USDT', pageNum: 1, pageSize: 20 };
const PAGE = 'page_num=1&page_size=20&symbol=BTC_USDT';
const order = {
  symbol: 'BTC_USDT',
  side: 1,
  type: 1,
  vol: '10',
  price: '80000.5',
  openType: 1,
  leverage: 5,
  externalOid: 'prate-000001',
  positionMode: 1,
} as const;
const ref = { symbol: 'BTC_USDT', externalOid: 'prate-000001' };
const ORDER =
  '{"orderId":"739113577038255616","symbol":"BTC_USDT","positionId":0,"price":80000.5,"vol":10,"leverage":5,"side":1,"category":1,"orderType":1,"dealAvgPrice":0,"dealVol":0,"orderMargin":16.1,"takerFee":0,"makerFee":0,"profit":0,"feeCurrency":"USDT","openType":1,"state":2,"externalOid":"prate-000001","errorCode":0,"createTime":1767225600123,"updateTime":1767225600123,"positionMode":1,"version":1}';
const FILL =
  '{"id":"739113577038255999","symbol":"BTC_USDT","side":1,"vol":10,"price":80000.5,"feeCurrency":"USDT","fee":0.0640004,"timestamp":1767225600123,"profit":0,"category":1,"orderId":739113577038255616,"taker":true,"positionMode":1}';
const POSITION =
  '{"positionId":1394650,"symbol":"BTC_USDT","positionType":1,"openType":1,"state":1,"holdVol":10,"frozenVol":0,"closeVol":0,"holdAvgPrice":80000.5,"holdAvgPriceFullyScale":"80000.500000000000000000","openAvgPrice":80000.5,"closeAvgPrice":0,"liquidatePrice":76110.4,"oim":4.06,"im":4.06,"holdFee":0,"realised":-0.064,"leverage":20,"createTime":1767225600123,"updateTime":1767225600123,"autoAddIm":false}';
const PLAN =
  '{"id":"739206374277809664","symbol":"BTC_USDT","leverage":20,"side":4,"triggerPrice":76000,"price":0,"vol":10,"openType":1,"triggerType":2,"state":1,"executeCycle":168,"trend":2,"errorCode":0,"orderId":0,"orderType":5,"createTime":1767225600123,"updateTime":1767225600123}';
const STOP =
  '{"id":357859177,"orderId":"720733527158642176","symbol":"BTC_USDT","positionId":"1027177055","lossTrend":1,"profitTrend":1,"stopLossPrice":76000,"takeProfitPrice":90000.1,"state":1,"triggerSide":0,"positionType":1,"vol":2,"realityVol":0,"placeOrderId":"0","errorCode":0,"version":2,"isFinished":0,"createTime":1767225600123,"updateTime":1767225600123}';
const TRACK =
  '{"id":"739218627261666816","symbol":"BTC_USDT","leverage":20,"side":4,"vol":10,"openType":1,"trend":1,"activePrice":90000,"markPrice":0,"backType":1,"backValue":0.01,"triggerPrice":0,"orderId":0,"state":0,"positionMode":1,"createTime":1767225600123,"updateTime":1767225600123}';
const ITEMS = '[{"orderId":739113577038255616,"errorCode":0,"errorMsg":"success"}]';
const ITEM = { orderId: '739113577038255616', errorCode: 0, errorMsg: 'success' };
const ID = '"739206374277809664"';
const DONE = { kind: 'ok', data: undefined };

type Row = readonly [
  name: string,
  kind: PrivateCall['kind'],
  request: PrivateCall['request'],
  call: PrivateCall['call'],
  data: string | undefined,
  gives: unknown,
];

/** Every private endpoint once. */
const rows: readonly Row[] = [
  [
    'assets',
    'read',
    'GET account/assets',
    ({ account }) => account.assets(),
    '[{"currency":"USDT","positionMargin":4.0641,"availableBalance":90.03176562,"cashBalance":94.1,"frozenBalance":0,"equity":94.1,"unrealized":0,"bonus":0}]',
    [{ currency: 'USDT', availableBalance: '90.03176562', positionMargin: '4.0641' }],
  ],
  [
    'asset',
    'read',
    'GET account/asset/USDT',
    ({ account }) => account.asset('USDT'),
    '{"currency":"USDT","positionMargin":0,"availableBalance":1e-7,"cashBalance":0,"frozenBalance":0,"equity":0,"unrealized":0}',
    { availableBalance: '0.0000001', bonus: '0' },
  ],
  [
    'feeRate',
    'read',
    'GET account/tiered_fee_rate/v2?symbol=BTC_USDT',
    ({ account }) => account.feeRate('BTC_USDT'),
    '{"realMakerFee":0.0006,"realTakerFee":0.0008,"level":0}',
    { realMakerFee: '0.0006', realTakerFee: '0.0008' },
  ],
  [
    'openPositions',
    'read',
    'GET position/open_positions?symbol=BTC_USDT',
    ({ account }) => account.openPositions('BTC_USDT'),
    `[${POSITION}]`,
    [{ positionId: '1394650', holdVol: '10', holdAvgPrice: '80000.500000000000000000', liquidatePrice: '76110.4' }],
  ],
  [
    'historyPositions',
    'read',
    `GET position/list/history_positions?${PAGE}`,
    ({ account }) => account.historyPositions(page),
    `{"pageSize":20,"totalCount":1,"totalPage":1,"currentPage":1,"resultList":[${POSITION}]}`,
    [{ positionId: '1394650' }],
  ],
  [
    'fundingRecords',
    'read',
    `GET position/funding_records?${PAGE}`,
    ({ account }) => account.fundingRecords(page),
    '{"pageSize":20,"totalCount":1,"totalPage":1,"currentPage":1,"resultList":[{"id":328033,"symbol":"BTC_USDT","positionType":1,"positionValue":41.8899,"funding":0.0837798,"rate":-0.002,"settleTime":1767225600000}]}',
    { currentPage: 1, rows: [{ funding: '0.0837798', rate: '-0.002' }] },
  ],
  [
    'leverage',
    'read',
    'GET position/leverage?symbol=BTC_USDT',
    ({ account }) => account.leverage('BTC_USDT'),
    '[{"positionType":1,"openType":1,"leverage":20,"level":1,"maxVol":50000,"mmr":0.001,"imr":0.002},{"positionType":2,"leverage":10}]',
    [
      { positionType: 1, leverage: 20 },
      { positionType: 2, leverage: 10, openType: null },
    ],
  ],
  [
    'changeLeverage',
    'write',
    'POST position/change_leverage {"symbol":"BTC_USDT","openType":1,"positionType":2,"leverage":20}',
    ({ account }) => account.changeLeverage({ symbol: 'BTC_USDT', openType: 1, positionType: 2, leverage: 20 }),
    undefined,
    DONE,
  ],
  [
    'changeMargin',
    'write',
    'POST position/change_margin {"positionId":1394650,"amount":5.50,"type":"ADD"}',
    ({ account }) => account.changeMargin({ positionId: '1394650', amount: '5.50', type: 'ADD' }),
    undefined,
    DONE,
  ],
  ['positionMode', 'read', 'GET position/position_mode', ({ account }) => account.positionMode(), '2', 2],
  [
    'changePositionMode',
    'write',
    'POST position/change_position_mode {"positionMode":1}',
    ({ account }) => account.changePositionMode(1),
    undefined,
    DONE,
  ],
  [
    'create',
    'write',
    'POST order/create {"symbol":"BTC_USDT","side":1,"type":1,"vol":10,"price":80000.5,"openType":1,"leverage":5,"externalOid":"prate-000001","positionMode":1}',
    ({ orders }) => orders.create(order),
    '{"orderId":"739113577038255616","ts":1767225600123}',
    { kind: 'ok', data: { orderId: '739113577038255616', ts: 1_767_225_600_123 } },
  ],
  [
    'createBatch',
    'write',
    'POST order/submit_batch [{"symbol":"BTC_USDT","side":1,"type":1,"vol":10,"price":80000.5,"openType":1,"leverage":5,"externalOid":"prate-000001","positionMode":1}]',
    ({ orders }) => orders.createBatch([order]),
    '[{"orderId":739113577038255616,"externalOid":"prate-000001","errorCode":0}]',
    { kind: 'ok', data: [{ orderId: '739113577038255616', errorCode: 0 }] },
  ],
  [
    'chase',
    'write',
    'POST order/chase_limit_order {"orderId":"739113577038255616"}',
    ({ orders }) => orders.chase('739113577038255616'),
    undefined,
    DONE,
  ],
  [
    'changeLimit',
    'write',
    'POST order/change_limit_order {"orderId":"739113577038255616","price":80001,"vol":9}',
    ({ orders }) => orders.changeLimit({ orderId: '739113577038255616', price: '80001', vol: '9' }),
    ID,
    { kind: 'ok', data: '739206374277809664' },
  ],
  [
    'cancel',
    'cancel',
    'POST order/cancel ["739113577038255616"]',
    ({ orders }) => orders.cancel(['739113577038255616']),
    ITEMS,
    { kind: 'ok', data: [ITEM] },
  ],
  [
    'cancelByExternal',
    'cancel',
    'POST order/cancel_with_external [{"symbol":"BTC_USDT","externalOid":"prate-000001"}]',
    ({ orders }) => orders.cancelByExternal([ref]),
    ITEMS,
    { kind: 'ok', data: [ITEM] },
  ],
  [
    'cancelAll',
    'cancel',
    'POST order/cancel_all {"symbol":"BTC_USDT"}',
    ({ orders }) => orders.cancelAll('BTC_USDT'),
    undefined,
    DONE,
  ],
  [
    'get',
    'read',
    'GET order/get/739113577038255616',
    ({ orders }) => orders.get('739113577038255616'),
    ORDER,
    { orderId: '739113577038255616', price: '80000.5', positionId: null },
  ],
  [
    'getByExternal',
    'read',
    'GET order/external/BTC_USDT/prate-000001',
    ({ orders }) => orders.getByExternal(ref),
    ORDER,
    { externalOid: 'prate-000001', vol: '10' },
  ],
  [
    'getMany',
    'read',
    'GET order/batch_query?order_ids=739113577038255616%2C739113577038255617',
    ({ orders }) => orders.getMany(['739113577038255616', '739113577038255617']),
    `[${ORDER}]`,
    [{ orderId: '739113577038255616' }],
  ],
  [
    'getManyByExternal',
    'read',
    'POST order/batch_query_with_external [{"symbol":"BTC_USDT","externalOid":"prate-000001"}]',
    ({ orders }) => orders.getManyByExternal([ref]),
    `[${ORDER}]`,
    [{ orderId: '739113577038255616' }],
  ],
  [
    'open',
    'read',
    'GET order/list/open_orders?page_num=1&page_size=100',
    ({ orders }) => orders.open({ pageNum: 1, pageSize: 100 }),
    `[${ORDER}]`,
    [{ state: 2, dealVol: '0' }],
  ],
  [
    'history',
    'read',
    'GET order/list/history_orders?end_time=1767225600000&page_num=1&page_size=20&start_time=1767139200000&states=3&symbol=BTC_USDT',
    ({ orders }) => orders.history({ ...page, startTime: 1_767_139_200_000, endTime: 1_767_225_600_000, state: 3 }),
    `[${ORDER}]`,
    [{ orderId: '739113577038255616' }],
  ],
  [
    'fills',
    'read',
    `GET order/list/order_deals/v3?${PAGE}`,
    ({ orders }) => orders.fills({ ...page, symbol: 'BTC_USDT' }),
    `[${FILL}]`,
    [{ id: '739113577038255999', orderId: '739113577038255616', fee: '0.0640004', isTaker: true }],
  ],
  [
    'fillsOf',
    'read',
    'GET order/deal_details/739113577038255616',
    ({ orders }) => orders.fillsOf('739113577038255616'),
    `[${FILL}]`,
    [{ id: '739113577038255999' }],
  ],
  [
    'placePlan',
    'write',
    'POST planorder/place/v2 {"symbol":"BTC_USDT","side":4,"vol":10,"openType":1,"triggerPrice":76000,"triggerType":2,"executeCycle":2,"orderType":5,"trend":2}',
    ({ triggers }) =>
      triggers.placePlan({
        symbol: 'BTC_USDT',
        side: 4,
        vol: '10',
        openType: 1,
        triggerPrice: '76000',
        triggerType: 2,
        executeCycle: 2,
        orderType: 5,
        trend: 2,
      }),
    ID,
    { kind: 'ok', data: '739206374277809664' },
  ],
  [
    'cancelPlans',
    'cancel',
    'POST planorder/cancel [{"symbol":"BTC_USDT","orderId":"739206374277809664"}]',
    ({ triggers }) => triggers.cancelPlans([{ symbol: 'BTC_USDT', orderId: '739206374277809664' }]),
    undefined,
    DONE,
  ],
  [
    'cancelAllPlans',
    'cancel',
    'POST planorder/cancel_all {}',
    ({ triggers }) => triggers.cancelAllPlans(),
    undefined,
    DONE,
  ],
  [
    'plans',
    'read',
    'GET planorder/list/orders?page_num=1&page_size=20&states=1&symbol=BTC_USDT',
    ({ triggers }) => triggers.plans({ ...page, state: 1 }),
    `[${PLAN}]`,
    [{ id: '739206374277809664', triggerPrice: '76000', orderId: null, executeCycle: 168 }],
  ],
  [
    'placeStop',
    'write',
    'POST stoporder/place {"positionId":1027177055,"vol":2,"stopLossPrice":76000.0}',
    ({ triggers }) => triggers.placeStop({ positionId: '1027177055', vol: '2', stopLossPrice: '76000.0' }),
    '357859177',
    { kind: 'ok', data: '357859177' },
  ],
  [
    'cancelStops',
    'cancel',
    'POST stoporder/cancel [{"stopPlanOrderId":357859177}]',
    ({ triggers }) => triggers.cancelStops(['357859177']),
    undefined,
    DONE,
  ],
  [
    'cancelAllStops',
    'cancel',
    'POST stoporder/cancel_all {"symbol":"BTC_USDT"}',
    ({ triggers }) => triggers.cancelAllStops({ symbol: 'BTC_USDT' }),
    undefined,
    DONE,
  ],
  [
    'changeStop',
    'write',
    'POST stoporder/change_price {"orderId":"720733527158642176","stopLossPrice":75000}',
    ({ triggers }) => triggers.changeStop('720733527158642176', { stopLossPrice: '75000' }),
    undefined,
    DONE,
  ],
  [
    'changePlanStop',
    'write',
    'POST stoporder/change_plan_price {"stopPlanOrderId":357859177,"takeProfitPrice":91000}',
    ({ triggers }) => triggers.changePlanStop('357859177', { takeProfitPrice: '91000' }),
    undefined,
    DONE,
  ],
  [
    'stops',
    'read',
    'GET stoporder/list/orders?is_finished=0&page_num=1&page_size=20&symbol=BTC_USDT',
    ({ triggers }) => triggers.stops({ ...page, isFinished: false }),
    `[${STOP}]`,
    [{ id: '357859177', placeOrderId: null, takeProfitPrice: '90000.1', isFinished: false }],
  ],
  [
    'openStops',
    'read',
    'GET stoporder/open_orders?symbol=BTC_USDT',
    ({ triggers }) => triggers.openStops('BTC_USDT'),
    `[${STOP}]`,
    [{ positionId: '1027177055' }],
  ],
  [
    'placeTrack',
    'write',
    'POST trackorder/place {"symbol":"BTC_USDT","side":4,"vol":10,"openType":1,"trend":1,"backType":1,"backValue":0.01}',
    ({ triggers }) =>
      triggers.placeTrack({
        symbol: 'BTC_USDT',
        side: 4,
        vol: '10',
        openType: 1,
        trend: 1,
        backType: 1,
        backValue: '0.01',
      }),
    ID,
    { kind: 'ok', data: '739206374277809664' },
  ],
  [
    'cancelTracks',
    'cancel',
    'POST trackorder/cancel {"trackOrderId":"739218627261666816"}',
    ({ triggers }) => triggers.cancelTracks({ trackOrderId: '739218627261666816' }),
    undefined,
    DONE,
  ],
  [
    'tracks',
    'read',
    'GET trackorder/list/orders?pageIndex=1&pageSize=20&symbol=BTC_USDT',
    ({ triggers }) => triggers.tracks({ symbol: 'BTC_USDT', pageNum: 1, pageSize: 20 }),
    `[${TRACK}]`,
    [{ id: '739218627261666816', backValue: '0.01', orderId: null }],
  ],
];

export const privateCalls: readonly PrivateCall[] = rows.map(([name, kind, request, call, data, gives]) => ({
  name,
  kind,
  request,
  call,
  data,
  gives,
}));

export const envelope = (data: string | undefined): string =>
  data === undefined ? '{"success":true,"code":0}' : `{"success":true,"code":0,"data":${data}}`;
