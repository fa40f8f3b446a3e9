import type { AccountEvent } from '../backend/backend-event.ts';
import { contractOf, type Venue } from '../server/route.ts';
import { assetJson, fillPushJson, orderPushJson, positionPushJson, stopsJson } from '../wire/account-json.ts';
import { positionModeCode } from '../wire/enumerations.ts';
import type { WireValue } from '../wire/json.ts';
import { planJson, stopJson, trailingJson } from '../wire/trigger-json.ts';

interface PersonalPush {
  /** The channel without `push.personal.` */
  readonly name: string;
  /** For the filter's rules. */
  readonly symbol: string | null;
  readonly data: WireValue;
}

/** Section 15. */
export async function personalPush(venue: Venue, event: AccountEvent): Promise<PersonalPush> {
  switch (event.kind) {
    case 'order': {
      const { symbol } = event.order;
      return { name: 'order', symbol, data: orderPushJson(event.order, await contractOf(venue, symbol)) };
    }
    case 'fill':
      return { name: 'order.deal', symbol: event.fill.order.symbol, data: fillPushJson(event.fill) };
    case 'position': {
      const { symbol } = event.position;
      return { name: 'position', symbol, data: positionPushJson(event.position, await contractOf(venue, symbol)) };
    }
    case 'asset':
      return { name: 'asset', symbol: null, data: assetJson(event.asset) };
    case 'plan':
      return { name: 'plan.order', symbol: event.plan.ticket.symbol, data: planJson(event.plan) };
    case 'stop':
      return { name: 'stop.planorder', symbol: event.stop.symbol, data: stopJson(event.stop) };
    case 'attachedStop': {
      const { symbol, id, stopLoss, takeProfit } = event.order;
      return { name: 'stop.order', symbol, data: { symbol, orderId: id, ...stopsJson(stopLoss, takeProfit) } };
    }
    case 'trailing':
      return { name: 'track.order', symbol: event.trailing.ticket.symbol, data: trailingJson(event.trailing) };
    case 'positionMode':
      return { name: 'position.mode', symbol: null, data: { positionMode: positionModeCode(event.mode) } };
  }
}
