import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TradeColumnsBuilder } from '@prate/domain/candles';
import { seededRandom } from '@prate/runtime';
import { SqliteCandleStore } from '@prate/sqlite-store';
import type { Contender, Work } from '../harness/work.ts';
import { freshFile } from '../peers/files.ts';
import { cellsOf } from '../peers/prate.ts';
import { type LiveRun, startLive } from '../peers/prate-live.ts';
import { DAY_MS, START_MS } from '../samples/walk.ts';

const SYMBOLS = Array.from({ length: 300 }, (_, i) => `S${String(i).padStart(3, '0')}_USDT`);
const INTERVALS = ['1s', '5s', '1m', '1h'];
const TRADES_PER_SECOND = 5000;
const FRAMES_PER_SECOND = 1500;

interface Frame {
  readonly symbol: string;
  readonly data: readonly {
    readonly p: string;
    readonly v: string;
    readonly t: number;
    readonly s: 'BUY' | 'SELL';
    readonly i: string;
  }[];
}

/** What a socket brings in one market second, as text: five frames a symbol, three or four trades each. */
function framesOfSecond(second: number): string[] {
  const random = seededRandom(second);
  const perFrame = TRADES_PER_SECOND / FRAMES_PER_SECOND;
  return Array.from({ length: FRAMES_PER_SECOND }, (_, frame) => {
    const [from, to] = [Math.floor(frame * perFrame), Math.floor((frame + 1) * perFrame)];
    const data: Frame['data'] = Array.from({ length: to - from }, (_unused, i) => ({
      p: (1000 + random.nextInt(0, 500) / 10).toFixed(1),
      v: String(random.nextInt(1, 900)),
      t: START_MS + second * 1000 + Math.floor(((from + i) * 1000) / TRADES_PER_SECOND),
      s: random.nextInt(0, 2) === 0 ? 'BUY' : 'SELL',
      i: String(second * TRADES_PER_SECOND + from + i),
    }));
    return JSON.stringify({ symbol: SYMBOLS[frame % SYMBOLS.length] as string, data } satisfies Frame);
  });
}

function push({ market }: LiveRun, text: string): void {
  const { symbol, data } = JSON.parse(text) as Frame;
  const builder = new TradeColumnsBuilder();
  for (const { t, p, v, s, i } of data) builder.push(t, p, v, s, i);
  market.push({ kind: 'trades', symbol, trades: builder.finish() });
}

/** Feeds the market seconds `[from, to)`. */
type Feed = (from: number, to: number) => Promise<void>;

interface LiveSetting {
  readonly file: string;
  readonly framesAt: (second: number) => readonly string[];
  /** Feeds all seconds, in order, and returns what counts. */
  readonly measure: (feed: Feed) => Promise<number>;
}

/** Market seconds as fast as they go. */
const liveContender = ({ file: name, framesAt, measure }: LiveSetting): Contender => {
  let file = '';
  return {
    async prepare(place) {
      file = freshFile(place, name);
    },
    async run() {
      const store = SqliteCandleStore.open(file);
      const session = startLive(SYMBOLS, INTERVALS, store, false);
      const measured = await measure(async (from, to) => {
        for (let second = from; second < to; second += 1) {
          for (const text of framesAt(second)) push(session, text);
          await session.live.idle();
        }
      });
      await session.live.stop();
      await store.close();
      return measured;
    },
    async result() {
      const store = SqliteCandleStore.open(file);
      const series = { venue: 'pushed', symbol: SYMBOLS[7] as string };
      const columns = await store.readColumns({ series, interval: '1s', from: START_MS, to: START_MS + DAY_MS });
      await store.close();
      return cellsOf(columns);
    },
  };
};

function cpuShare(): Contender {
  const seconds = 60;
  // made beforehand: only what a session would do counts
  const frames = Array.from({ length: seconds }, (_, second) => framesOfSecond(second));
  return liveContender({
    file: 'live-cpu.db',
    framesAt: (second) => frames[second] as string[],
    async measure(feed) {
      const from = process.cpuUsage();
      await feed(0, seconds);
      const { user, system } = process.cpuUsage(from);
      return (user + system) / 1e4 / seconds;
    },
  });
}

/** Nothing is timed here, so collections may be forced. */
function heapGrowth(): Contender {
  // longer than any buffer takes to fill and to be folded, which makes memory rise and fall
  const half = 80;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // not the lowest: now and then a buffer of a megabyte is freed a sample earlier than otherwise
  const lowerQuartile = async (feed: Feed, from: number): Promise<number> => {
    const samples: number[] = [];
    for (let second = from; second < from + half; second += 5) {
      await feed(second, second + 5);
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      samples.push(heapUsed + arrayBuffers);
    }
    return samples.toSorted((one, other) => one - other)[samples.length / 4] as number;
  };
  return liveContender({
    file: 'live-heap.db',
    framesAt: framesOfSecond,
    async measure(feed) {
      await feed(0, half);
      const before = await lowerQuartile(feed, half);
      return Math.max(0, (await lowerQuartile(feed, 2 * half)) - before) / (half * SYMBOLS.length);
    },
  });
}

const notes = [
  `${SYMBOLS.length} symbols, ${TRADES_PER_SECOND} trades a second in ${FRAMES_PER_SECOND} JSON frames, four intervals, a store on disk; ` +
    'market time goes as fast as it can. No peer does this work.',
];

export const liveWorks: readonly Work[] = [
  {
    name: 'live-cpu',
    title: '300 symbols live at 4 intervals, 5,000 trades a second',
    unit: '% of a core',
    contenders: { prate: async () => cpuShare() },
    asks: [{ of: 'prate', limit: 5 }],
    notes: [...notes, 'CPU time of the whole process, collections included, over market time.'],
  },
  {
    name: 'live-heap',
    title: 'the same: memory kept per symbol and second',
    unit: 'bytes',
    contenders: { prate: async () => heapGrowth() },
    asks: [{ of: 'prate', limit: 16 }],
    notes: [
      'The lower quartile of the heap with its buffers after forced collections, in one stretch of 80 market seconds against the one before. ' +
        'A kept candle would be some 100 bytes.',
    ],
  },
];
