import {
  type Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  OrderType,
  type PositionMode,
  PositionSide,
  shown,
} from '@prate/domain';
import { RejectReason, refuse, type TriggerPriceSource, type TriggerRequest } from '@prate/execution-port';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import { directionIn, readQuantity, readSource, readTickPrice } from './check-request.ts';
import { type Direction, positionSideOf } from './codes.ts';

interface Common extends Direction {
  readonly contract: MexcInstrument;
  readonly positionMode: PositionMode;
  /** Base asset. */
  readonly quantity: Decimal;
}

export interface CheckedPlan extends Common {
  readonly kind: 'plan';
  readonly price: Decimal;
  readonly direction: 'RISES_TO' | 'FALLS_TO';
  readonly source: TriggerPriceSource;
  /** Null: a market order is sent. */
  readonly limitPrice: Decimal | null;
}

export interface CheckedStop extends Common {
  readonly kind: 'stop';
  readonly isLoss: boolean;
  readonly price: Decimal;
  readonly source: TriggerPriceSource;
}

export interface CheckedTrail extends Common {
  readonly kind: 'trailing';
  readonly callback: Decimal;
  readonly activationPrice: Decimal | null;
}

/** A trigger whose every part is legal; `kind` says which of MEXC's three sorts it is. */
export type CheckedTrigger = CheckedPlan | CheckedStop | CheckedTrail;

/** @throws Refusal with what was wrong and what would be right */
export function checkTrigger(
  request: TriggerRequest,
  contract: MexcInstrument,
  positionMode: PositionMode,
): CheckedTrigger {
  const { trigger, limitPrice: limit } = request;
  const isStop = trigger?.kind === 'stop' || trigger?.kind === 'takeProfit';
  // a stop ends a position, whether or not the request says so
  const reduceOnly = request.reduceOnly === true || isStop;
  const { side, closes } = directionIn({ ...request, reduceOnly }, positionMode);
  const quantity = readQuantity(request.quantity, contract, limit === undefined ? OrderType.MARKET : OrderType.LIMIT);
  const common: Common = { contract, positionMode, quantity, side, closes };
  const limitPrice = limit === undefined ? null : readTickPrice('limitPrice', limit, contract);
  switch (trigger?.kind) {
    case 'plan':
      return { ...common, kind: 'plan', ...readFiring(trigger, contract), limitPrice };
    case 'stop':
    case 'takeProfit': {
      if (limitPrice !== null)
        refuse(RejectReason.NOT_SUPPORTED, `a ${trigger.kind} sends a market order; a plan may have a limitPrice`);
      const { price, source, direction } = readFiring(trigger, contract);
      const isLoss = trigger.kind === 'stop';
      const right = (positionSideOf(common) === PositionSide.LONG) === isLoss ? 'FALLS_TO' : 'RISES_TO';
      if (direction !== right) {
        refuse(
          RejectReason.INVALID_REQUEST,
          `the ${trigger.kind} of a ${positionSideOf(common)} position fires when the price ${right}`,
        );
      }
      return { ...common, kind: 'stop', isLoss, price, source };
    }
    case 'trailing': {
      if (limitPrice !== null)
        refuse(RejectReason.NOT_SUPPORTED, 'a trailing order sends a market order: it has no limitPrice');
      const { activationPrice } = trigger;
      return {
        ...common,
        kind: 'trailing',
        callback: readCallback(trigger.callback),
        activationPrice:
          activationPrice === undefined ? null : readTickPrice('activationPrice', activationPrice, contract),
      };
    }
    default:
      return refuse(RejectReason.NOT_SUPPORTED, 'trigger.kind must be plan, stop, takeProfit or trailing');
  }
}

type Firing = Extract<TriggerRequest['trigger'], { readonly price: DecimalInput }>;

function readFiring(
  { price, direction, priceSource }: Firing,
  contract: MexcInstrument,
): Pick<CheckedPlan, 'price' | 'direction' | 'source'> {
  if (direction !== 'RISES_TO' && direction !== 'FALLS_TO') {
    refuse(RejectReason.INVALID_REQUEST, `direction must be RISES_TO or FALLS_TO, not ${shown(direction)}`);
  }
  return { price: readTickPrice('trigger.price', price, contract), direction, source: readSource(priceSource) };
}

function readCallback(input: DecimalInput): Decimal {
  try {
    const callback = decimal(input, 'callback');
    if (callback.gt(0) && callback.lt(1)) return callback;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
  }
  return refuse(
    RejectReason.INVALID_PRICE,
    `callback must be a share of the price between 0 and 1, not ${shown(input)}`,
  );
}
