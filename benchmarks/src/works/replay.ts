import type { Work } from '../harness/work.ts';
import { COMPARED_MINUTES } from '../samples/replayed.ts';

const prate = async () => import('../peers/prate-replay.ts');
const backtestKit = async () => import('../peers/backtest-kit.ts');

export const replayWorks: readonly Work[] = [
  {
    name: 'replay-1m',
    title: 'minutes through a strategy that counts those that rise',
    unit: 'µs a candle',
    contenders: {
      prate: async () => (await prate()).countingMinutes(),
      'backtest-kit': async () => (await backtestKit()).countingMinutes(COMPARED_MINUTES, 'files'),
      'backtest-kit memory': async () => (await backtestKit()).countingMinutes(1440, 'memory'),
    },
    asks: [
      { of: 'prate', limit: 1 },
      { of: 'prate', than: 'backtest-kit', times: 1000 },
    ],
    notes: [
      '`prate replay --json` on a year of stored minutes, from its arguments to its report, without the start of the process; at a ' +
        'limit of 1 µs it plays a million candles a second. Each candle meets the paper exchange, then the strategy.',
      `backtest-kit plays the first ${COMPARED_MINUTES} of the same minutes (\`memory\` the first 1,440) from an array; what is compared are the rises in ` +
        'the first. Each minute it asks its strategy, which asks it for the last candle, and works out an average price. As its README ' +
        'has it, it also keeps every candle as a file; `memory` is with all that it writes switched off.',
      'backtest-kit 19.5.0 runs on older versions of its own dependencies and a stand-in for one of them: the registry had no others.',
    ],
  },
  {
    name: 'replay-1s',
    title: 'a day of seconds through ma-cross',
    unit: 'ms',
    contenders: { prate: async () => (await prate()).tradingSeconds() },
    asks: [{ of: 'prate', limit: 3000 }],
    notes: ['`prate replay --interval 1s --json` as above; ma-cross sends more than 1,000 orders, and all are filled.'],
  },
];
