import { defineStrategy } from '@prate/strategy-runner';
import { COMPARED_MINUTES, MINUTE_MS } from './replayed.ts';
import { START_MS } from './walk.ts';

/** What the strategy counted: candles that closed above their open, all of them and in the stretch that is compared. */
export const counted = { all: 0, compared: 0 };
const END_MS = START_MS + COMPARED_MINUTES * MINUTE_MS;

export default defineStrategy({
  name: 'count-rises',
  onStart() {
    counted.all = 0;
    counted.compared = 0;
  },
  onCandle({ openTime, open, close }) {
    if (close <= open) return;
    counted.all += 1;
    if (openTime < END_MS) counted.compared += 1;
  },
});
