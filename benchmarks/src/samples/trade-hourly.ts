import { OrderType, Side } from '@prate/domain';
import { defineStrategy } from '@prate/strategy-runner';
import { COMPARED_MINUTES, MINUTE_MS } from './replayed.ts';
import { START_MS } from './walk.ts';

const HOUR_MS = 60 * MINUTE_MS;
const END_MS = START_MS + COMPARED_MINUTES * MINUTE_MS;

/** When orders were sent in the stretch that is compared, epoch ms. */
export const traded: { readonly entries: number[]; readonly exits: number[] } = { entries: [], exits: [] };

/** Buys at each full hour, and sells half an hour later. */
export default defineStrategy({
  name: 'trade-hourly',
  onStart() {
    traded.entries.length = 0;
    traded.exits.length = 0;
  },
  onCandle({ symbol, closeTime }, { execution }) {
    const minuteOfHour = closeTime % HOUR_MS;
    if (minuteOfHour === 0) {
      if (closeTime < END_MS) traded.entries.push(closeTime);
      return execution
        .createOrder({ symbol, side: Side.BUY, type: OrderType.MARKET, quantity: 1 })
        .then(ensureAccepted);
    }
    if (minuteOfHour !== HOUR_MS / 2 || closeTime < START_MS + HOUR_MS) return undefined;
    if (closeTime < END_MS) traded.exits.push(closeTime);
    return execution.closePosition({ symbol }).then(ensureAccepted);
  },
});

function ensureAccepted({ kind }: { readonly kind: string }): void {
  if (kind !== 'accepted') throw new Error(`an order was ${kind}`);
}
