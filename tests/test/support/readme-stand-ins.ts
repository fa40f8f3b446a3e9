import { CandleAggregator, LiveCandles } from '@prate/candle-aggregator';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import { ManualClock, seededRandom, silentLogger } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';

/**
 * Loaded before an example of a README: what its text says that the reader has, as globals, so that an example's own
 * names come first. The market also streams candles; ten minutes of it are played once somebody listens to them.
 */
const symbols = ['BTC_USDT'];
const clock = new ManualClock();
const market = new SyntheticMarket({ seed: 1, symbols, clock, start: Date.UTC(2025, 0, 1) });
const store = SqliteCandleStore.open('stand-in.db');
const candles = new CandleAggregator({ store });
const execution = new InMemoryPaperExecution({ market, clock, random: seededRandom(1), balance: 10_000 });
await execution.connect();
const live = new LiveCandles({ market, symbols, aggregator: candles });

async function playSome(): Promise<void> {
  await market.play({ until: clock.nowMs() + 600_000, settled: () => live.idle() });
  await live.stop();
  await store.close();
}

market.candles = (...args) => {
  live.start();
  setImmediate(() => void playSome());
  return live.candles(...args);
};

// nothing leaves the machine
const fetch = async (): Promise<Response> => new Response('');
Object.assign(globalThis, { clock, market, candles, execution, log: silentLogger, fetch });
