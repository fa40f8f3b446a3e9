import type { Work } from '../harness/work.ts';
import { importing } from '../peers/imports.ts';
import { CREATES, KLINE_CALLS, PUSHES } from '../peers/mexc-amounts.ts';

const PRATE = ['@prate/mexc-futures'];
const imports = (what: 'ms' | 'bytes'): Work['contenders'] => ({
  prate: async () => importing(PRATE, what),
  'prate connected': async () =>
    importing([...PRATE, '../packages/adapters/mexc-futures/node_modules/undici/index.js'], what),
  ccxt: async () => importing(['ccxt'], what),
});

const importNotes = [
  'A bare Node.js imports the package, nine times, and the median counts; bytes are resident memory above what the process had ' +
    'before. `prate` is the main entry; undici comes with the first request, which `prate connected` adds.',
];

export const mexcWorks: readonly Work[] = [
  {
    name: 'mexc-klines',
    title: `${KLINE_CALLS} replies of 2,000 MEXC klines with real prices, from text to candles`,
    unit: 'ms',
    contenders: {
      prate: async () => (await import('../peers/prate-mexc.ts')).klines('chart'),
      'prate real': async () => (await import('../peers/prate-mexc.ts')).klines('real'),
      ccxt: async () => (await import('../peers/ccxt-mexc.ts')).klines(),
    },
    // the bar's own prices are others than those of the chart
    excepted: { 'prate real': ['open', 'high', 'low', 'close'] },
    asks: [
      { of: 'prate', than: 'ccxt', times: 3 },
      { of: 'prate real', than: 'ccxt', times: 3 },
    ],
    notes: [
      'The network is stubbed and no rate is limited. `getCandles` and `fetchOHLCV` from the call to the result; ccxt gives the ' +
        "chart's prices and contracts, `prate real`, the default, those of the bar's own trades.",
    ],
  },
  {
    name: 'mexc-trades',
    title: `${PUSHES} pushes of 100 MEXC trades, from text to trades`,
    unit: 'ms',
    contenders: {
      prate: async () => (await import('../peers/prate-mexc.ts')).trades(),
      ccxt: async () => (await import('../peers/ccxt-mexc.ts')).trades(),
    },
    asks: [{ of: 'prate', than: 'ccxt', times: 3 }],
    notes: [
      'Texts are handed to what would get them from a socket; Prate also looks for trades that it has told already.',
    ],
  },
  {
    name: 'mexc-create',
    title: `${CREATES} MEXC limit orders: body built, signed, answer read`,
    unit: 'ms',
    contenders: {
      prate: async () => (await import('../peers/prate-mexc.ts')).creates(),
      ccxt: async () => (await import('../peers/ccxt-mexc.ts')).creates(),
    },
    asks: [{ of: 'prate', than: 'ccxt', times: 5 }],
    notes: [
      '`MexcRest.orders.create` and `createOrder`, one after the other; the network is stubbed and no rate is limited.',
    ],
  },
  {
    name: 'mexc-import',
    title: 'import of the client',
    unit: 'ms',
    contenders: imports('ms'),
    asks: [{ of: 'prate', than: 'ccxt', times: 3 }],
    notes: importNotes,
  },
  {
    name: 'mexc-memory',
    title: 'memory of the client above bare Node.js',
    unit: 'bytes',
    contenders: imports('bytes'),
    asks: [{ of: 'prate', than: 'ccxt', times: 2 }],
    notes: importNotes,
  },
];
