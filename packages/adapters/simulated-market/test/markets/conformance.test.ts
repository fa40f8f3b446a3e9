import { type MarketDataContext, marketDataPortCases } from '@prate/market-data-port/conformance';
import { ManualClock } from '@prate/runtime';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { FileMarket, type PlayedMarket, StoreMarket, SyntheticMarket } from '../../src/index.ts';
import { csv } from '../files/file-text.ts';
import { flatCandle, memoryStore } from './memory-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_700_000_000_000 - (1_700_000_000_000 % (8 * HOUR));

/** What all simulated markets have in common: their time passes by playing. */
const contextOf = (
  port: PlayedMarket,
  clock: ManualClock,
  facts: Omit<MarketDataContext, 'port' | 'advance' | 'symbol' | 'interval'>,
): MarketDataContext => ({
  port,
  symbol: 'BTC_USDT',
  interval: '1m',
  advance: (durationMs) => port.play({ until: clock.nowMs() + durationMs }),
  ...facts,
});

const TRADES = [
  'time_ms,price,quantity,side,id',
  ...Array.from({ length: 6000 }, (_, i) => {
    // a jump of ids now and then, and a quiet stretch
    const timeMs = START + i * 700 + (i > 3000 ? 5 * MINUTE : 0);
    return `${timeMs},${(100 + (i % 17) / 10).toFixed(1)},0.${1 + (i % 9)},${i % 3 === 0 ? 'sell' : 'buy'},${i + Math.floor(i / 500)}`;
  }),
].join('\n');

describeConformance('file market over trades', marketDataPortCases, {
  capabilities: ['tradeHistory', 'candleHistory', 'ticker', 'tradeStream'],
  async setup() {
    const clock = new ManualClock(START + 20 * MINUTE);
    const port = await FileMarket.open({ files: [{ symbol: 'BTC_USDT', source: csv(TRADES) }], clock });
    const candleRange = { from: START, to: START + 15 * MINUTE };
    const tradeRange = { from: START + 500, to: START + 2 * MINUTE };
    return contextOf(port, clock, { candleRange, tradeRange, fundingRange: candleRange, stepMs: 5000 });
  },
});

const KLINES = [
  'open_time_ms,open,high,low,close,volume,trades',
  ...Array.from({ length: 300 }, (_, i) => i)
    .filter((i) => i % 40 !== 39)
    .map((i) => `${START + i * MINUTE},${100 + i},${102 + i}.5,99,${101 + i},${1 + i}.25,${1 + i}`),
].join('\n');

describeConformance('file market over klines', marketDataPortCases, {
  capabilities: ['candleHistory', 'ticker', 'candleStream'],
  async setup() {
    const clock = new ManualClock(START + HOUR + 1);
    const port = await FileMarket.open({ files: [{ symbol: 'BTC_USDT', source: csv(KLINES) }], clock });
    const range = { from: START, to: START + HOUR };
    return contextOf(port, clock, { candleRange: range, tradeRange: range, fundingRange: range, stepMs: 2 * MINUTE });
  },
});

describeConformance('store market', marketDataPortCases, {
  capabilities: ['candleHistory', 'candleStream'],
  async setup() {
    const clock = new ManualClock(START + HOUR);
    const candles = Array.from({ length: 300 }, (_, i) => flatCandle(START + i * MINUTE, 100 + i)).filter(
      (_, i) => i % 50 !== 9,
    );
    const observed = [
      { from: START, to: START + 70 * MINUTE },
      { from: START + 80 * MINUTE, to: START + 300 * MINUTE },
    ];
    const port = await StoreMarket.open({
      store: memoryStore(candles, '1m', observed, 7),
      series: 'BTC_USDT',
      interval: '1m',
      from: START,
      to: START + 300 * MINUTE,
      clock,
    });
    const range = { from: START, to: START + HOUR };
    return contextOf(port, clock, { candleRange: range, tradeRange: range, fundingRange: range, stepMs: 2 * MINUTE });
  },
});

describeConformance('synthetic market', marketDataPortCases, {
  capabilities: [
    'candleHistory',
    'tradeHistory',
    'ticker',
    'orderBook',
    'funding',
    'tradeStream',
    'tickerStream',
    'orderBookStream',
    'fundingStream',
  ],
  async setup() {
    const clock = new ManualClock(START);
    const port = new SyntheticMarket({ seed: 42, symbols: ['ETH_USDT', 'BTC_USDT'], clock });
    return contextOf(port, clock, {
      candleRange: { from: START - 20 * MINUTE, to: START },
      tradeRange: { from: START - 3 * MINUTE, to: START },
      fundingRange: { from: START - 24 * HOUR, to: START },
      stepMs: 2 * MINUTE,
    });
  },
});
