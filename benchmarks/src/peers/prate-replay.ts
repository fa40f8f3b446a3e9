import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@prate/runtime';
import type { RunReport } from '@prate/strategy-runner';
import { run } from '../../../apps/cli/src/run.ts';
import type { Cells, Contender, Place } from '../harness/work.ts';
import { counted } from '../samples/count-rises.ts';
import { yearOfMinutes } from '../samples/replayed.ts';
import { traded } from '../samples/trade-hourly.ts';
import { CandleWalk, DAY_MS, yearDays } from '../samples/walk.ts';
import { storedFile } from './files.ts';
import { storeCandles } from './prate.ts';

const RICH = '100000000';

/** `prate replay` as it is typed, but for the start of the process. */
async function replay(place: Place, args: readonly string[]): Promise<RunReport> {
  let text = '';
  const code = await run(['replay', '--symbol', 'BTC_USDT', '--json', ...args], {
    write: async (data) => {
      text += String(data);
    },
    warn: (problem) => void process.stderr.write(problem),
    stdin: new PassThrough(),
    stderr: new PassThrough(),
    isTerminal: false,
    colors: false,
    env: {},
    cwd: place.folder,
    clock: systemClock,
    signal: new AbortController().signal,
  });
  if (code !== 0) throw new Error(`prate replay ended with ${code}`);
  return JSON.parse(text) as RunReport;
}

const storedYear = (place: Place): Promise<string> =>
  storedFile(place, 'prate-replayed-year.db', (file) => storeCandles(file, [yearOfMinutes(place)], '1m'));

/** A year of minutes through a strategy: µs a candle. Enough money for whole lots. */
function replaying(strategy: string, result: () => Cells): Contender {
  const file = fileURLToPath(new URL(`../samples/${strategy}.ts`, import.meta.url));
  let args: readonly string[] = [];
  let place: Place | null = null;
  return {
    async prepare(at) {
      place = at;
      args = ['--db', await storedYear(at), '--strategy', file, '--balance', RICH];
    },
    async run() {
      const from = performance.now();
      const { candles } = await replay(place as Place, args);
      const asked = yearDays(place as Place) * 1440;
      if (candles !== asked) throw new Error(`prate replay played ${candles} minutes of ${asked}`);
      return ((performance.now() - from) * 1000) / candles;
    },
    result: async () => result(),
  };
}

export const countingMinutes = (): Contender =>
  replaying('count-rises', () => ({ rises: Float64Array.of(counted.compared) }));

export const tradingMinutes = (): Contender =>
  replaying('trade-hourly', () => ({
    entries: Float64Array.from(traded.entries),
    exits: Float64Array.from(traded.exits),
  }));

const storedDay = (place: Place): Promise<string> =>
  storedFile(place, 'prate-replayed-day.db', (file) =>
    storeCandles(file, [new CandleWalk(12).next(DAY_MS / 1000)], '1s'),
  );

/** ma-cross on a day of seconds. */
export function tradingSeconds(): Contender {
  let file = '';
  let place: Place | null = null;
  let report: RunReport | null = null;
  return {
    async prepare(at) {
      place = at;
      file = await storedDay(at);
    },
    async run() {
      report = await replay(place as Place, ['--db', file, '--interval', '1s', '--balance', RICH]);
      if (report.fills < 1000) throw new Error(`ma-cross did not trade: ${report.fills} fills`);
      return undefined;
    },
    async result() {
      const { fills, candles, netPnl } = report as RunReport;
      return {
        fills: Float64Array.of(fills),
        candles: Float64Array.of(candles),
        netPnl: Float64Array.of(Number(netPnl)),
      };
    },
  };
}
