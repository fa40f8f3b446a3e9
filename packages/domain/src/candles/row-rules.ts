/** The numbers of one candle on any common scale; UNKNOWN trades are null. */
export interface CandleNumbers {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number | null;
}

/**
 * What is wrong with a candle, or null.
 * `show` prints a price for the message.
 */
export function candleProblem(row: CandleNumbers, show: (price: number) => string = String): string | null {
  const { open, high, low, close, volume, trades } = row;
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    if (!(row[name] > 0 && row[name] < Number.POSITIVE_INFINITY))
      return `${name} must be above 0, not ${show(row[name])}`;
  }
  if (high < low) return `high ${show(high)} is below low ${show(low)}`;
  if (open > high || open < low) return `open ${show(open)} lies outside low ${show(low)} to high ${show(high)}`;
  if (close > high || close < low) return `close ${show(close)} lies outside low ${show(low)} to high ${show(high)}`;
  if (!(volume >= 0 && volume < Number.POSITIVE_INFINITY)) return `volume must be at or above 0, not ${volume}`;
  if (trades !== null) {
    if (!(Number.isSafeInteger(trades) && trades >= 0))
      return `trades must be a whole number at or above 0, not ${trades}`;
    if (trades > 0 && volume === 0) return `${trades} trades without volume`;
    if (trades === 0 && volume > 0) return 'volume without trades';
  }
  return null;
}
