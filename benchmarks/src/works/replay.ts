import type { Work } from '../harness/work.ts';
import { COMPARED_MINUTES } from '../samples/replayed.ts';

const prate = async () => import('../peers/prate-replay.ts');
const backtestKit = async () => import('../peers/backtest-kit.ts');

const peerNote =
  'backtest-kit 19.5.0 plays the first ' +
  `${COMPARED_MINUTES} of the same minutes (\`memory\` the first 1,440) from an array. As its README has it, it also keeps every candle as ` +
  'a file; `memory` is with all that it writes switched off. It runs on older versions of its own dependencies and a stand-in for ' +
  'one of them: the registry had no others.';
const prateNote =
  '`prate replay --json` on a year of stored minutes, from its arguments to its report, without the start of the process. Each candle ' +
  'meets the paper exchange, then the strategy; at a limit of 1 µs it plays a million candles a second.';

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
      prateNote,
      peerNote,
      'Each minute backtest-kit works out an average price and asks its strategy, which asks it for the last candle. What is ' +
        `compared are the rises in the first ${COMPARED_MINUTES} minutes.`,
    ],
  },
  {
    name: 'replay-trades-1m',
    title: 'minutes through a strategy that buys and sells once an hour',
    unit: 'µs a candle',
    contenders: {
      prate: async () => (await prate()).tradingMinutes(),
      'backtest-kit': async () => (await backtestKit()).tradingMinutes(COMPARED_MINUTES, 'files'),
      'backtest-kit memory': async () => (await backtestKit()).tradingMinutes(1440, 'memory'),
    },
    asks: [],
    notes: [
      prateNote,
      peerNote,
      'What is compared are the moments at which they enter and leave in the first ' +
        `${COMPARED_MINUTES} minutes. Prices are not: Prate fills at the next open, with fees and margin in a ledger; backtest-kit at the average of ` +
        '5 minutes, with a percentage for fees and one for slippage. While a position is open, backtest-kit does not ask its strategy.',
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
