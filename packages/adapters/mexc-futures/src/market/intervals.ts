import { type Interval, type IntervalInput, NotSupportedError, toInterval } from '@prate/domain';
import type { WireInterval } from '../wire/enums.ts';

/** All that MEXC has: nothing below a minute, no 3m, 2h, 6h or 12h. */
const WIRE_INTERVALS: ReadonlyMap<string, WireInterval> = new Map([
  ['1m', 'Min1'],
  ['5m', 'Min5'],
  ['15m', 'Min15'],
  ['30m', 'Min30'],
  ['1h', 'Min60'],
  ['4h', 'Hour4'],
  ['8h', 'Hour8'],
  ['1d', 'Day1'],
  ['1w', 'Week1'],
  ['1M', 'Month1'],
]);

export interface KlineInterval {
  readonly interval: Interval;
  readonly wire: WireInterval;
}

/** @throws InvalidInputError for what is no interval, NotSupportedError for one that MEXC does not have */
export function klineInterval(input: IntervalInput): KlineInterval {
  const interval = toInterval(input);
  const wire = WIRE_INTERVALS.get(interval.text);
  if (wire !== undefined) return { interval, wire };
  throw new NotSupportedError(
    `MEXC has no candles of ${interval.text}; it has ${[...WIRE_INTERVALS.keys()].join(', ')}. Seconds are made of trades`,
  );
}
