import type { Place } from '../harness/work.ts';
import { type Doubles, emptyDoubles, monthOfSeconds } from './walk.ts';

/** The candles of a minute of the month of seconds, with turnover: what an exchange offers. */
export interface Minutes extends Doubles {
  /** Quote asset; the exact sum of volume × close, one decimal. */
  readonly turnover: Float64Array;
}

export function monthOfMinutes(place: Place): Minutes {
  const seconds = monthOfSeconds(place);
  const count = seconds.openTime.length / 60;
  const minutes = { ...emptyDoubles(count), turnover: new Float64Array(count) };
  for (let minute = 0; minute < count; minute += 1) {
    const [from, to] = [minute * 60, minute * 60 + 60];
    let [volume, trades, tenths] = [0, 0, 0];
    for (let i = from; i < to; i += 1) {
      volume += seconds.volume[i] as number;
      trades += seconds.trades[i] as number;
      tenths += (seconds.volume[i] as number) * Math.round((seconds.close[i] as number) * 10);
    }
    minutes.openTime[minute] = seconds.openTime[from] as number;
    minutes.open[minute] = seconds.open[from] as number;
    minutes.high[minute] = Math.max(...seconds.high.subarray(from, to));
    minutes.low[minute] = Math.min(...seconds.low.subarray(from, to));
    minutes.close[minute] = seconds.close[to - 1] as number;
    minutes.volume[minute] = volume;
    minutes.trades[minute] = trades;
    minutes.turnover[minute] = tenths / 10;
  }
  return minutes;
}
