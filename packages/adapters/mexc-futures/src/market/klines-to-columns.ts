import { bucketEnd, type CandleColumns, type Decimal, type Interval, PrateError } from '@prate/domain';
import {
  columnsFromDoubles,
  DecimalColumnBuilder,
  emptyColumns,
  formatScaled,
  lowerBound,
  type NumberColumn,
} from '@prate/domain/candles';
import { BadReplyError } from '../wire/errors.ts';
import type { DecimalText } from '../wire/fields.ts';
import type { WireKlines } from '../wire/klines.ts';
import { toBaseColumn } from './exact-volumes.ts';

/**
 * Which prices candles are made of. `real`: of the bar's own trades, so that they compare with candles built from trades.
 * `chart`: as MEXC draws them, each bar opening where the one before closed.
 */
export type KlinePrices = 'real' | 'chart';

export interface KlineRules {
  readonly interval: Interval;
  readonly prices: KlinePrices;
  readonly contractSize: Decimal;
  /** Half-open, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Bars that end later are still forming. */
  readonly closedAtMs: number;
}

const CHART = ['open', 'high', 'low', 'close'] as const;
const REAL = ['realOpen', 'realHigh', 'realLow', 'realClose'] as const;

/**
 * A reply's bars as closed candles: those outside the window and forming ones dropped, of bars that come twice the later
 * kept, contracts turned into the base asset exactly. A bar without trades that has no real prices (they are 0) is no candle.
 *
 * @throws BadReplyError (`BAD_REPLY`) for real prices where the reply has none, and for rows that are no candles
 */
export function klinesToColumns(klines: WireKlines, rules: KlineRules): CandleColumns {
  const { interval, prices, contractSize } = rules;
  if (prices === 'real' && klines.real === null && klines.length > 0) {
    throw new BadReplyError("the klines have no real prices; prices: 'chart' takes those of the chart");
  }
  const rows = rowsOf(klines, rules);
  if (rows.length === 0) return emptyColumns(interval);
  const source = prices === 'real' && klines.real !== null ? klines.real : klines;
  const take = (values: Float64Array): Float64Array => pick(values, rows);
  const openTime = take(klines.time).map((seconds) => seconds * 1_000);
  try {
    const columns = columnsFromDoubles({
      interval,
      openTime,
      open: take(source.open),
      high: take(source.high),
      low: take(source.low),
      close: take(source.close),
      volume: take(klines.vol),
      turnover: take(klines.amount),
    });
    const exact = klines.texts.size === 0 ? columns : withTexts(columns, klines.texts, prices, rows);
    const volume = toBaseColumn({ decimals: exact.volumeDecimals, values: exact.volume }, contractSize);
    return { ...exact, volumeDecimals: volume.decimals, volume: volume.values };
  } catch (error) {
    if (!PrateError.is(error)) throw error;
    throw new BadReplyError(`the klines hold what is no candle: ${error.message}`, { cause: error });
  }
}

/** Rows of a reply: a stretch, or, where rows within it are left out, their places. */
interface Rows {
  readonly first: number;
  readonly end: number;
  readonly places: readonly number[] | null;
  readonly length: number;
}

function rowsOf(klines: WireKlines, { interval, prices, from, to, closedAtMs }: KlineRules): Rows {
  const { time, vol } = klines;
  const first = lowerBound(time, from / 1_000);
  let end = lowerBound(time, to / 1_000);
  while (end > first && bucketEnd(interval, (time[end - 1] as number) * 1_000) > closedAtMs) end -= 1;
  const opens = prices === 'real' ? klines.real?.open : undefined;
  const isOut = (i: number): boolean =>
    (i + 1 < end && time[i + 1] === time[i]) || (opens !== undefined && opens[i] === 0 && vol[i] === 0);
  let places: number[] | null = null;
  for (let i = first; i < end; i += 1) {
    if (isOut(i)) places ??= Array.from({ length: i - first }, (_, k) => first + k);
    else places?.push(i);
  }
  return { first, end, places, length: places?.length ?? end - first };
}

const pick = (values: Float64Array, { first, end, places }: Rows): Float64Array =>
  places === null ? values.subarray(first, end) : Float64Array.from(places, (i) => values[i] as number);

/** The same, where numbers of more than 15 digits are read from their texts. */
function withTexts(
  columns: CandleColumns,
  texts: ReadonlyMap<string, readonly DecimalText[]>,
  prices: KlinePrices,
  rows: Rows,
): CandleColumns {
  const builder = (
    kind: 'price' | 'sum',
    name: string,
    values: ArrayLike<number | bigint>,
    decimals: number | null,
  ) => {
    const column = new DecimalColumnBuilder(kind);
    const exact = texts.get(name);
    for (let i = 0; i < rows.length; i += 1) {
      const place = rows.places?.[i] ?? rows.first + i;
      column.push(exact?.[place] ?? formatScaled(values[i] as number | bigint, decimals));
    }
    return column;
  };
  const names = prices === 'real' ? REAL : CHART;
  const four = CHART.map((side, i) => builder('price', names[i] as string, columns[side], columns.priceDecimals));
  const [open, high, low, close] = DecimalColumnBuilder.finishTogether('price', four) as [
    Prices,
    Prices,
    Prices,
    Prices,
  ];
  const volume = builder('sum', 'vol', columns.volume, columns.volumeDecimals).finish();
  const turnover = builder('sum', 'amount', columns.turnover, columns.turnoverDecimals).finish();
  return {
    ...columns,
    priceDecimals: open.decimals,
    open: open.values,
    high: high.values,
    low: low.values,
    close: close.values,
    volumeDecimals: volume.decimals,
    volume: volume.values,
    turnoverDecimals: turnover.decimals,
    turnover: turnover.values,
  };
}

type Prices = NumberColumn & { readonly values: Float64Array };
