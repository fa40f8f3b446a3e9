import { fundingPaymentJson, positionJson } from '../../wire/account-json.ts';
import { Code, WireRefusal } from '../../wire/codes.ts';
import {
  marginModeCode,
  marginModeOf,
  positionModeCode,
  positionModeOf,
  positionSideCode,
  positionSideFrom,
} from '../../wire/enumerations.ts';
import type { WireValue } from '../../wire/json.ts';
import { historyRange, onePage, pageJson } from '../pages.ts';
import type { LimitClass } from '../rate-limits.ts';
import { contractOf, contractsBySymbol, type PrivateQuestion, type Route, serverNow } from '../route.ts';

type PrivateAnswer = (question: PrivateQuestion) => WireValue | Promise<WireValue> | Promise<undefined>;
const route =
  (method: 'GET' | 'POST') =>
  (path: string, answer: PrivateAnswer, limit: LimitClass = 'read'): Route => ({
    method,
    path: `/api/v1/private/position${path}`,
    limit,
    access: 'private',
    answer,
  });
const get = route('GET');
const post = route('POST');

/** Section 7. */
export const positionRoutes: readonly Route[] = [
  get('/open_positions', async ({ venue, account, query }) => {
    const symbol = query.text('symbol');
    const id = query.integer('positionId');
    const contract = await contractsBySymbol(venue);
    return (await account.positions())
      .filter((position) => symbol === null || position.symbol === symbol)
      .filter((position) => id === null || position.id === id)
      .map((position) => positionJson(position, contract(position.symbol)));
  }),
  get('/list/history_positions', async ({ venue, account, query }) => {
    const side = query.integer('type') ?? query.integer('position_type');
    const contract = await contractsBySymbol(venue);
    const rows = await account.positionHistory(historyRange(query, serverNow(venue)));
    return onePage(
      rows.filter((position) => side === null || positionSideCode(position.side) === side),
      query,
    ).map((position) => ({
      ...(positionJson(position, contract(position.symbol)) as { readonly [key: string]: WireValue }),
      positionShowStatus: 'CLOSED',
    }));
  }),
  get('/funding_records', async ({ venue, account, query }) => {
    const side = query.integer('position_type');
    const rows = await account.fundingPayments(historyRange(query, serverNow(venue)));
    const shown = rows.filter((row) => side === null || positionSideCode(row.side) === side);
    return pageJson(shown, query, fundingPaymentJson);
  }),
  get('/leverage', async ({ venue, account, query }) => {
    const { symbol, tiers, maxLeverage } = await contractOf(venue, query.needText('symbol'));
    const [first] = tiers;
    return (await account.leverage(symbol)).map((setting) => ({
      positionType: positionSideCode(setting.side),
      openType: marginModeCode(setting.marginMode),
      leverage: setting.leverage,
      level: 1,
      maxVol: first?.limit,
      mmr: first?.maintenanceMarginRate,
      imr: first?.initialMarginRate,
      limitBySys: false,
      currentMmr: first?.maintenanceMarginRate,
      maxLeverageView: maxLeverage,
    }));
  }),
  post('/change_leverage', changeLeverage, 'leverage'),
  post('/change_margin', async ({ account, fields }) => {
    const amount = fields.needNumber('amount');
    const type = fields.needText('type');
    if ((type !== 'ADD' && type !== 'SUB') || !amount.gt(0)) {
      throw new WireRefusal(Code.PARAMETER, 'parameter error: amount must be above 0 and type ADD or SUB');
    }
    await account.changeMargin(fields.needInteger('positionId'), type === 'ADD' ? amount : amount.neg());
  }),
  post('/change_auto_add_im', async ({ account, fields }) => {
    await account.setAutoAddMargin(fields.needInteger('positionId'), fields.flag('isEnabled'));
  }),
  get('/position_mode', async ({ account }) => positionModeCode(await account.positionMode())),
  post('/change_position_mode', async ({ account, fields }) => {
    const mode = positionModeOf(fields.needInteger('positionMode'));
    if (mode === undefined) throw new WireRefusal(Code.PARAMETER, 'parameter error: positionMode must be 1 or 2');
    await account.setPositionMode(mode);
  }),
  post(
    '/reverse',
    async ({ account, fields }) => {
      await account.reversePosition(fields.needInteger('positionId'), fields.needNumber('vol'));
    },
    'write',
  ),
  post(
    '/close_all',
    async ({ account }) => {
      await account.closeAllPositions();
      return [];
    },
    'write',
  ),
];

/** With a position its id, without one symbol, open type and position type. */
async function changeLeverage({ venue, account, fields }: PrivateQuestion): Promise<undefined> {
  const id = fields.integer('positionId');
  const held = id === null ? undefined : (await account.positions()).find((position) => position.id === id);
  if (id !== null && held === undefined) throw new WireRefusal(Code.NO_POSITION, `there is no position ${id}`);
  const { symbol, minLeverage, maxLeverage } = await contractOf(venue, held?.symbol ?? fields.needText('symbol'));
  const side = held?.side ?? positionSideFrom(fields.needInteger('positionType'));
  if (side === undefined) throw new WireRefusal(Code.POSITION_TYPE, 'positionType must be 1 or 2');
  const openType = fields.integer('openType');
  const marginMode = openType === null ? null : marginModeOf(openType);
  if (marginMode === undefined) throw new WireRefusal(Code.OPEN_TYPE, 'openType must be 1 or 2');
  const leverage = fields.needNumber('leverage');
  if (!leverage.isInteger() || leverage.lt(minLeverage) || leverage.gt(maxLeverage)) {
    throw new WireRefusal(Code.LEVERAGE_RANGE, `leverage must be a whole number from ${minLeverage} to ${maxLeverage}`);
  }
  await account.setLeverage(symbol, side, { leverage: leverage.toNumber(), marginMode });
  return undefined;
}
