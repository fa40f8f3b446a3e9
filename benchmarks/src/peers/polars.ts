import pl from 'nodejs-polars';
import type { Contender } from '../harness/work.ts';
import { monthOf, monthOfSeconds } from '../samples/walk.ts';

/** A frame already in memory, its seconds as sorted integers, grouped by windows from the first on; the result stays a frame of its own. */
export const reader = (intervalMs: number): Contender => {
  let frame: pl.DataFrame | null = null;
  let candles: pl.DataFrame | null = null;
  return {
    async prepare(place) {
      if (frame !== null) return;
      const { openTime, ...rest } = monthOfSeconds(place);
      const first = Math.ceil(monthOf(place).from / intervalMs) * intervalMs;
      frame = pl
        .DataFrame({ second: BigInt64Array.from(openTime, (time) => BigInt(time / 1000)), ...rest })
        .filter(pl.col('second').gtEq(pl.lit(first / 1000)));
    },
    async run() {
      candles = (frame as pl.DataFrame)
        .lazy()
        .groupByDynamic({ indexColumn: 'second', every: `${intervalMs / 1000}i`, closed: 'left', startBy: 'datapoint' })
        .agg(
          pl.col('open').first(),
          pl.col('high').max(),
          pl.col('low').min(),
          pl.col('close').last(),
          pl.col('volume').sum(),
          pl.col('trades').sum(),
        )
        .collectSync();
      return undefined;
    },
    async result() {
      const column = (name: string): Float64Array =>
        Float64Array.from((candles as pl.DataFrame).getColumn(name).toArray(), Number);
      return {
        openTime: column('second').map((second) => second * 1000),
        open: column('open'),
        high: column('high'),
        low: column('low'),
        close: column('close'),
        volume: column('volume'),
        trades: column('trades'),
      };
    },
  };
};
