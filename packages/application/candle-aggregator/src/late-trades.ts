import {
  type CandleColumns,
  candlesFromTrades,
  concatColumns,
  foldRows,
  rowAt,
  sliceColumns,
  type TradeColumns,
} from '@prate/domain/candles';
import { SECOND } from './seconds.ts';

/** Splits trades at a time: those before it are late. Both parts come in the order of time. */
export function splitLate(
  trades: TradeColumns,
  closedUntil: number,
): { readonly late: TradeColumns; readonly timely: TradeColumns } {
  // by time, and trades of one time in the order in which they came
  const rows = Array.from(trades.time, (_, i) => i);
  rows.sort((a, b) => (trades.time[a] as number) - (trades.time[b] as number) || a - b);
  const isLate = (row: number): boolean => (trades.time[row] as number) < closedUntil;
  return {
    late: pick(trades, rows.filter(isLate)),
    timely: pick(
      trades,
      rows.filter((row) => !isLate(row)),
    ),
  };
}

function pick(trades: TradeColumns, rows: readonly number[]): TradeColumns {
  const numbers = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i] as number);
  const { quantity, ids } = trades;
  return {
    ...trades,
    length: rows.length,
    time: numbers(trades.time),
    price: numbers(trades.price),
    quantity:
      quantity instanceof Float64Array ? numbers(quantity) : BigInt64Array.from(rows, (i) => quantity[i] as bigint),
    side: Uint8Array.from(rows, (i) => trades.side[i] as number),
    ids: ids === null ? null : rows.map((i) => ids[i] as string),
  };
}

/**
 * Stored seconds with late trades added: extremes and sums take them in; open and close stay, because when in its second
 * a late trade came is not known any more. A second that had no trade becomes what the late ones make it. Which time was
 * watched stays as it is: a late trade does not tell that nothing else is missing.
 */
export function reviseSeconds(stored: CandleColumns, late: TradeColumns): CandleColumns {
  const additions = candlesFromTrades(late, SECOND);
  const revised: CandleColumns[] = [];
  for (let i = 0; i < additions.length; i += 1) {
    const addition = sliceColumns(additions, i, i + 1);
    const row = rowAt({ rows: stored, observed: [] }, addition.openTime[0] as number);
    if (row < 0) {
      revised.push({ ...addition, coverage: new Uint32Array(1) });
      continue;
    }
    const before = sliceColumns(stored, row, row + 1);
    const both = concatColumns([before, addition], SECOND);
    const close = both.close.subarray(0, 1);
    revised.push({ ...foldRows(both, SECOND), close, source: addition.source, coverage: before.coverage });
  }
  return concatColumns(revised, SECOND);
}
