import { toInterval } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import { EXECUTION_PORT, type ExecutionPort } from '@prate/execution-port';
import { type Clock, ManualClock, silentLogger } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { candleFields } from '@prate/simulated-market/files';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { maCross, type RunReport } from '@prate/strategy-runner';
import { Secrets } from '../../../apps/cli/src/secrets.ts';
import { runSession } from '../../../apps/cli/src/session/session.ts';
import { buildSession } from '../../../apps/cli/src/session/wiring.ts';
import type { PlayedSource } from '../../../apps/cli/src/sources.ts';

export const SYMBOL = 'BTC_USDT';
const START_MS: number = Date.UTC(2025, 0, 15, 12);

export interface PlayedSession {
  readonly report: RunReport;
  /** What happened, a line each: candles as exact decimals, and the account's events. */
  readonly log: readonly string[];
}

export interface SessionRequest {
  readonly db: string;
  readonly seed: number;
  readonly minutes: number;
  /** Executes the orders in the place of the paper account. */
  readonly otherExecution?: (clock: Clock) => ExecutionPort;
}

/** `prate up` on a made-up market, as the command wires it, ended after so many minutes of the market's time. */
export async function playSession({ db, seed, minutes, otherExecution }: SessionRequest): Promise<PlayedSession> {
  const clock = new ManualClock();
  const market = new SyntheticMarket({ seed, symbols: [SYMBOL], clock, start: START_MS });
  const interval = toInterval('5s');
  const store = SqliteCandleStore.open(db);
  const container = buildSession({
    ...({ store, market, clock, pace: 'played', seed, log: silentLogger } as const),
    paper: { balance: '10000' },
    run: { strategy: maCross({ fast: 3, slow: 8 }), symbols: [SYMBOL], interval },
    candlesFrom: 'trades',
  });
  if (otherExecution !== undefined) container.rebind(EXECUTION_PORT).toConstantValue(otherExecution(clock));
  const source: PlayedSource = {
    ...({ pace: 'played', kind: 'trades', market, clock, symbols: [SYMBOL], interval: null } as const),
    ...{ stored: null, liveFrom: null, isSynthetic: true },
    description: `a market made up from seed ${seed}`,
  };
  const log: string[] = [];
  const end = new AbortController();
  try {
    const { report } = await runSession(container, source, {
      ...{ interval, signal: end.signal, secrets: new Secrets(), speed: null },
      onCandles: (symbol, candles) => log.push(...candleLines(symbol, candles)),
      onExecution: (event) => log.push(JSON.stringify(event)),
      onTime: (timeMs) => {
        if (timeMs >= START_MS + minutes * 60_000) end.abort(new Error('that was the session'));
      },
    });
    if (report === null) throw new Error('the strategy never ran');
    return { report, log };
  } finally {
    await container.unbindAllAsync();
    await store.close();
  }
}

export const candleLines = (symbol: string, candles: CandleColumns): string[] =>
  Array.from({ length: candles.length }, (_, i) => `${symbol} ${candleFields(candles, i).join(',')}`);
