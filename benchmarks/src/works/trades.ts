import { toInterval } from '@prate/domain';
import { type CandleColumns, concatColumns, sliceTrades, type TradeColumns } from '@prate/domain/candles';
import type { Cells, Contender, Work } from '../harness/work.ts';
import { dayOfTrades } from '../samples/tape.ts';
import { DAY_MS, START_MS, SYMBOL } from '../samples/walk.ts';

const ALL = ['1s', '5s', '1m', '1h'];
const PAGE = 1000;

/** Prices with one decimal and whole quantities as Prate's columns. */
function tradeColumns(): TradeColumns {
  const { time, price, quantity } = dayOfTrades();
  return {
    length: time.length,
    time,
    priceDecimals: 1,
    price: price.map((value) => Math.round(value * 10)),
    quantityDecimals: 0,
    quantity,
    side: new Uint8Array(time.length),
    ids: Float64Array.from(time, (_, i) => i + 1),
  };
}

/** Columns of several intervals side by side. */
async function cellsByInterval(candles: ReadonlyMap<string, CandleColumns>): Promise<Cells> {
  const { cellsOf } = await import('../peers/prate.ts');
  const parts = [...candles].map(([interval, columns]) =>
    Object.entries(cellsOf(columns)).map(([name, values]) => [`${name} ${interval}`, values] as const),
  );
  return Object.fromEntries(parts.flat());
}

const columnar = (intervals: readonly string[]): Contender => {
  let trades: TradeColumns | null = null;
  let candles = new Map<string, CandleColumns>();
  return {
    async prepare() {
      trades ??= tradeColumns();
    },
    async run() {
      const { candlesFromTrades, resample } = await import('@prate/domain/candles');
      candles = new Map();
      let last: CandleColumns | null = null;
      for (const interval of intervals) {
        const step = toInterval(interval);
        last = last === null ? candlesFromTrades(trades as TradeColumns, step) : resample(last, step);
        candles.set(interval, last);
      }
      return undefined;
    },
    result: () => cellsByInterval(candles),
  };
};

const live = (intervals: readonly string[]): Contender => {
  let pages: readonly TradeColumns[] = [];
  let told: ReadonlyMap<string, CandleColumns[]> = new Map();
  return {
    async prepare() {
      if (pages.length > 0) return;
      const trades = tradeColumns();
      const starts = Array.from({ length: Math.ceil(trades.length / PAGE) }, (_, page) => page * PAGE);
      pages = starts.map((from) => sliceTrades(trades, from, Math.min(from + PAGE, trades.length)));
    },
    async run() {
      const { startLive, storeOfNothing } = await import('../peers/prate-live.ts');
      const session = startLive([SYMBOL], intervals, storeOfNothing, true);
      session.market.push({ kind: 'heartbeat', timeMs: START_MS });
      for (const trades of pages) {
        session.market.push({ kind: 'trades', symbol: SYMBOL, trades });
        await session.live.idle();
      }
      session.market.push({ kind: 'heartbeat', timeMs: START_MS + DAY_MS });
      await session.live.stop();
      told = session.told;
      return undefined;
    },
    result: () =>
      cellsByInterval(
        new Map([...told].map(([interval, parts]) => [interval, concatColumns(parts, toInterval(interval))])),
      ),
  };
};

const notes = [
  'One day of trades of one symbol, about 570,000. Each contender gets them in its own form, made beforehand: columns for ' +
    'Prate, objects for the others; all make fresh outputs. Prate adds turnover and coverage.',
  '`prate` is the kernel on columns; `prate live` is LiveCandles fed in pages of 1,000 with ids, its window for late ' +
    'trades on, and a store that keeps nothing.',
  'candlestick-convert opens each candle at the close before, so its opens are not compared; it counts no trades.',
];

/** Opens are carried from the close before; trades are not counted. */
const exceptedOf = (intervals: readonly string[]): readonly string[] =>
  intervals.flatMap((interval) => [`open ${interval}`, `trades ${interval}`]);

const workOf = (name: string, title: string, intervals: readonly string[], asks: Work['asks']): Work => ({
  name,
  title,
  unit: 'ms',
  contenders: {
    prate: async () => columnar(intervals),
    'prate live': async () => live(intervals),
    ccxt: async () => (await import('../peers/ccxt.ts')).builder(intervals),
    'candlestick-convert': async () => (await import('../peers/candlestick-convert.ts')).builder(intervals),
  },
  excepted: { 'candlestick-convert': exceptedOf(intervals) },
  asks,
  notes,
});

export const tradeWorks: readonly Work[] = [
  workOf(
    'trades-1s',
    'trades to candles of one second',
    ['1s'],
    [
      { of: 'prate live', than: 'ccxt', times: 10 },
      { of: 'prate live', than: 'candlestick-convert', times: 5 },
    ],
  ),
  workOf('trades-all', 'trades to 1s, 5s, 1m and 1h at once', ALL, [
    { of: 'prate live', than: 'trades-1s/prate live', times: 0.75 },
  ]),
];
