/** 2024-05-01T00:00:00Z: a Wednesday and the first of a month. */
export const START = 1_714_521_600_000;
export const MINUTE = 60_000;

export const KLINES_HEADER = 'open_time_ms,open,high,low,close,volume,turnover,trades,source';
export const TRADES_HEADER = 'time_ms,price,quantity,side,id,type';

/** One minute, number `i` after START: prices with two decimals, volume with three, that differ from row to row. */
export function kline(i: number, change: Partial<Record<string, string>> = {}): string {
  const open = 10_000 + ((i * 37) % 100);
  const close = 10_000 + (((i + 1) * 37) % 100);
  const row: Record<string, string> = {
    open_time_ms: String(START + i * MINUTE),
    open: cents(open),
    high: cents(Math.max(open, close) + 3),
    low: cents(Math.min(open, close) - 2),
    close: cents(close),
    volume: `${(i % 9) + 1}.25`,
    turnover: `${((i % 9) + 1) * 125}.5`,
    trades: String((i % 5) + 1),
    source: 'EXCHANGE',
    ...change,
  };
  return KLINES_HEADER.split(',')
    .map((name) => row[name])
    .join(',');
}

const cents = (value: number): string => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`;

export const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;

/** `count` minutes without a gap. */
export const klinesCsv = (count: number): string =>
  lines(KLINES_HEADER, ...Array.from({ length: count }, (_, i) => kline(i)));

/** `count` trades, one every 700 ms, whose price goes up and down over some minutes. */
export function tradesCsv(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const wave = Math.abs((i % 400) - 200);
    const price = cents(10_000 + wave * 5 + ((i * 7) % 11));
    return `${START + i * 700},${price},0.${(i % 9) + 1},${i % 3 === 0 ? 'sell' : 'buy'},${1000 + i},MARKET`;
  });
  return lines(TRADES_HEADER, ...rows);
}
