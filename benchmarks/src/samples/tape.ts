import { type Random, seededRandom } from '@prate/runtime';
import { DAY_MS, START_MS } from './walk.ts';

/** Trades as columns of doubles. */
export interface Tape {
  /** Epoch ms. */
  readonly time: Float64Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
}

/**
 * A seeded tape of one day: 17 % of the seconds have no trade, the others 1 to 15, 8 on average; tick 0.1, whole
 * quantities (so that sums of doubles are exact, and all contenders equal).
 */
export function dayOfTrades(): Tape {
  const random = seededRandom(8);
  const time: number[] = [];
  const price: number[] = [];
  let ticks = 420_000;
  for (let second = START_MS; second < START_MS + DAY_MS; second += 1000) {
    for (const atMs of momentsOf(random)) {
      ticks += random.nextInt(-6, 7);
      time.push(second + atMs);
      price.push(ticks / 10);
    }
  }
  const quantity = Float64Array.from(time, () => random.nextInt(1, 900));
  return { time: Float64Array.from(time), price: Float64Array.from(price), quantity };
}

function momentsOf(random: Random): number[] {
  if (random.next() < 0.17) return [];
  return Array.from({ length: random.nextInt(1, 16) }, () => random.nextInt(0, 1000)).sort((a, b) => a - b);
}
