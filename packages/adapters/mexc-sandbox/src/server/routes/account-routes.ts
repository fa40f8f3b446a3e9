import { Decimal, PositionSide } from '@prate/domain';
import type { AccountAsset } from '../../backend/account-values.ts';
import { assetJson } from '../../wire/account-json.ts';
import { Code, WireRefusal } from '../../wire/codes.ts';
import { marginModeCode, positionSideCode } from '../../wire/enumerations.ts';
import type { WireValue } from '../../wire/json.ts';
import { pageJson } from '../pages.ts';
import { contractOf, type PrivateQuestion, type Route } from '../route.ts';

const get = (path: string, answer: (question: PrivateQuestion) => WireValue | Promise<WireValue>): Route => ({
  method: 'GET',
  path: `/api/v1/private/account${path}`,
  limit: 'read',
  access: 'private',
  answer,
});

/** Section 6. Discounts, rankings and reports of profit are not simulated. */
export const accountRoutes: readonly Route[] = [
  get('/assets', async ({ account }) => (await account.assets()).map(assetJson)),
  get('/asset/:currency', async ({ account, params }) => {
    const currency = params['currency'] as string;
    const zero = new Decimal(0);
    const none: AccountAsset = {
      currency,
      cash: zero,
      available: zero,
      frozen: zero,
      positionMargin: zero,
      unrealizedPnl: zero,
    };
    return assetJson((await account.assets()).find((asset) => asset.currency === currency) ?? none);
  }),
  get('/transfer_record', ({ query }) => pageJson([], query, () => null)),
  get('/risk_limit', riskLimits),
  get('/tiered_fee_rate', async (question) => {
    const { maker, taker } = await feeRates(question);
    return {
      level: 0,
      dealAmount: 0,
      walletBalance: 0,
      makerFee: maker,
      takerFee: taker,
      makerFeeDiscount: 1,
      takerFeeDiscount: 1,
    };
  }),
  get('/tiered_fee_rate/v2', async (question) => {
    const { maker, taker } = await feeRates(question);
    return {
      level: 0,
      feeType: 0,
      feeRateMode: 'NORMAL',
      originalMakerFee: maker,
      originalTakerFee: taker,
      realMakerFee: maker,
      realTakerFee: taker,
      joinDiscount: false,
      enjoyDiscount: false,
      discountRate: 1,
      joinDeduct: false,
      enjoyDeduct: false,
      deductRate: 1,
      leverageFeeRates: [],
      tieredFeeRates: [],
      dealAmount: 0,
      walletBalance: 0,
      agentFee: false,
      inviterKyc: false,
    };
  }),
  {
    method: 'POST',
    path: '/api/v1/private/account/change_risk_level',
    limit: 'read',
    access: 'private',
    answer: () => {
      throw new WireRefusal(Code.RISK_LEVEL_CLOSED, 'the risk limit mechanism was upgraded');
    },
  },
];

/** Without a symbol the rates of the first contract. */
async function feeRates({ account, venue, query }: PrivateQuestion): Promise<{ maker: Decimal; taker: Decimal }> {
  const named = query.text('symbol');
  const symbol =
    named === null ? (await venue.backend.market.contracts())[0]?.symbol : (await contractOf(venue, named)).symbol;
  if (symbol === undefined) throw new WireRefusal(Code.UNKNOWN_CONTRACT, 'there is no contract');
  return account.feeRates(symbol);
}

async function riskLimits({ account, venue, query }: PrivateQuestion): Promise<WireValue> {
  const named = query.text('symbol');
  const contracts = named === null ? await venue.backend.market.contracts() : [await contractOf(venue, named)];
  const rows: Record<string, WireValue> = {};
  for (const { symbol, tiers } of contracts) {
    const settings = await account.leverage(symbol);
    rows[symbol] = [PositionSide.LONG, PositionSide.SHORT].flatMap((side) =>
      tiers.map((tier, index) => {
        const setting = settings.find((other) => other.side === side);
        return {
          level: index + 1,
          maxVol: tier.limit,
          mmr: tier.maintenanceMarginRate,
          imr: tier.initialMarginRate,
          maxLeverage: tier.maxLeverage,
          symbol,
          positionType: positionSideCode(side),
          openType: setting === undefined ? undefined : marginModeCode(setting.marginMode),
          leverage: setting?.leverage,
          limitBySys: false,
          currentMmr: tiers[0]?.maintenanceMarginRate,
        };
      }),
    );
  }
  return rows;
}
