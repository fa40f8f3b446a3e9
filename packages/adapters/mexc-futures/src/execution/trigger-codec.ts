import { Decimal, PositionMode, PositionSide, Side, toBaseQuantity, toContracts, ZERO } from '@prate/domain';
import type { TriggerRequest } from '@prate/execution-port';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { NewPlanOrder, NewStopOrder, NewTrackOrder } from '../rest/bodies.ts';
import { WireBackType, WireExecuteCycle, WireOrderType, WireTrend, WireTriggerType } from '../wire/enums.ts';
import type { WirePlanOrder, WireStopOrder, WireTrackOrder } from '../wire/triggers.ts';
import type { SideTerms } from './account-terms.ts';
import {
  directionOf,
  heldSideOf,
  openTypeCode,
  positionModeCode,
  positionModeOf,
  positionSideOf,
  priceSourceOf,
  sideCode,
  trendCode,
} from './codes.ts';
import type { CheckedPlan, CheckedStop, CheckedTrail, CheckedTrigger } from './trigger-check.ts';

const volOf = ({ contract, quantity }: CheckedTrigger): string => toContracts(contract, quantity).toString();

const common = (checked: CheckedPlan | CheckedTrail, { leverage, marginMode }: SideTerms) => ({
  symbol: checked.contract.symbol,
  side: sideCode(checked),
  vol: volOf(checked),
  openType: openTypeCode[marginMode],
  leverage,
  positionMode: positionModeCode[checked.positionMode],
  reduceOnly: checked.closes && checked.positionMode === PositionMode.ONE_WAY ? true : undefined,
});

/** `planorder/place`, for seven days. */
export const encodePlan = (plan: CheckedPlan, terms: SideTerms): NewPlanOrder => ({
  ...common(plan, terms),
  triggerPrice: plan.price.toString(),
  triggerType: WireTriggerType[plan.direction],
  trend: trendCode[plan.source],
  executeCycle: WireExecuteCycle.SEVEN_DAYS,
  orderType: plan.limitPrice === null ? WireOrderType.MARKET : WireOrderType.LIMIT,
  price: plan.limitPrice?.toString(),
});

/** `stoporder/place`, of a part of the position. */
export const encodeStop = (stop: CheckedStop, positionId: string): NewStopOrder => ({
  positionId,
  vol: volOf(stop),
  volType: 1,
  ...(stop.isLoss
    ? { stopLossPrice: stop.price.toString(), lossTrend: trendCode[stop.source] }
    : { takeProfitPrice: stop.price.toString(), profitTrend: trendCode[stop.source] }),
});

/** `trackorder/place`: it follows the last price. */
export const encodeTrack = (trail: CheckedTrail, terms: SideTerms): NewTrackOrder => ({
  ...common(trail, terms),
  trend: WireTrend.LAST,
  activePrice: trail.activationPrice?.toString(),
  backType: WireBackType.SHARE,
  backValue: trail.callback.toString(),
});

const sides = (
  wire: Pick<WirePlanOrder, 'side' | 'positionMode' | 'reduceOnly'>,
  mode: PositionMode,
): Pick<TriggerRequest, 'side' | 'reduceOnly' | 'positionSide'> => {
  const direction = directionOf(wire.side);
  const isHedge = (positionModeOf(wire.positionMode) ?? mode) === PositionMode.HEDGE;
  return {
    side: direction.side,
    reduceOnly: direction.closes || wire.reduceOnly === true,
    positionSide: isHedge ? positionSideOf(direction) : undefined,
  };
};

export const decodePlan = (wire: WirePlanOrder, contract: MexcInstrument, mode: PositionMode): TriggerRequest => ({
  symbol: wire.symbol,
  ...sides(wire, mode),
  quantity: toBaseQuantity(contract, wire.vol),
  trigger: {
    kind: 'plan',
    price: new Decimal(wire.triggerPrice),
    direction: wire.triggerType === WireTriggerType.RISES_TO ? 'RISES_TO' : 'FALLS_TO',
    priceSource: priceSourceOf(wire.trend),
  },
  limitPrice: wire.orderType === WireOrderType.LIMIT ? new Decimal(wire.price) : undefined,
});

/** Both where MEXC holds a stop-loss and a take-profit as one. */
export function decodeStop(
  wire: WireStopOrder,
  contract: MexcInstrument,
  mode: PositionMode,
): readonly TriggerRequest[] {
  const held = heldSideOf(wire.positionType ?? 1);
  const isLong = held === PositionSide.LONG;
  const request = (
    kind: 'stop' | 'takeProfit',
    price: string | null,
    trend: number | null,
    vol: string | null,
  ): readonly TriggerRequest[] =>
    price === null || new Decimal(price).isZero()
      ? []
      : [
          {
            symbol: wire.symbol,
            side: isLong ? Side.SELL : Side.BUY,
            reduceOnly: true,
            positionSide: mode === PositionMode.HEDGE ? held : undefined,
            quantity: toBaseQuantity(contract, vol ?? wire.vol),
            trigger: {
              kind,
              price: new Decimal(price),
              direction: (kind === 'stop') === isLong ? 'FALLS_TO' : 'RISES_TO',
              priceSource: priceSourceOf(trend),
            },
          },
        ];
  return [
    ...request('stop', wire.stopLossPrice, wire.lossTrend, wire.stopLossVol),
    ...request('takeProfit', wire.takeProfitPrice, wire.profitTrend, wire.takeProfitVol),
  ];
}

/** A distance in the quote asset, which the web can make and this port cannot, is told as its share of the activation price. */
export function decodeTrack(wire: WireTrackOrder, contract: MexcInstrument, mode: PositionMode): TriggerRequest {
  const value = new Decimal(wire.backValue);
  const base = new Decimal(wire.activePrice ?? wire.markPrice ?? 0);
  const callback = wire.backType === WireBackType.SHARE ? value : base.isZero() ? ZERO : value.div(base);
  return {
    symbol: wire.symbol,
    ...sides(wire, mode),
    quantity: toBaseQuantity(contract, wire.vol),
    trigger: {
      kind: 'trailing',
      callback,
      activationPrice: wire.activePrice === null ? undefined : new Decimal(wire.activePrice),
    },
  };
}
