import { type Interval, toInterval } from '@prate/domain';
import { type CandleColumns, concatColumns, foldRows } from '@prate/domain/candles';

export const SECOND: Interval = toInterval('1s');
export const SECOND_MS = 1000;

/** The open of the second that holds `timeMs`. */
export const secondOf = (timeMs: number): number => Math.floor(timeMs / SECOND_MS) * SECOND_MS;

/** Ascending chunks of seconds as one set; a second that is spread over several chunks becomes one candle. */
export function joinSeconds(chunks: readonly CandleColumns[]): CandleColumns {
  const rows = concatColumns(chunks, SECOND);
  if (!hasTwins(rows.openTime)) return rows;
  const seconds = foldRows(rows, SECOND);
  return { ...seconds, coverage: new Uint32Array(seconds.length).fill(1) };
}

function hasTwins(openTime: Float64Array): boolean {
  for (let i = 1; i < openTime.length; i += 1) if (openTime[i] === openTime[i - 1]) return true;
  return false;
}
