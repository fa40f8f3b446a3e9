import { type IntervalInput, InvalidInputError } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import type { MarketDataPort } from '@prate/market-data-port';
import type { Clock, Logger } from '@prate/runtime';
import type { EndPolicy } from './end-policy.ts';
import type { CandleHistory, Strategy } from './strategy.ts';

export interface StrategyRunnerOptions {
  readonly strategy: Strategy;
  /** Connected by the caller, who also disconnects it, after the run. */
  readonly execution: ExecutionPort;
  readonly market: Pick<MarketDataPort, 'getInstruments' | 'trades'>;
  /** Where closed candles come from: the market itself, or what builds them from its trades. */
  readonly candleFeed: Pick<MarketDataPort, 'candles'>;
  readonly candles: CandleHistory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly symbols: readonly string[];
  readonly interval: IntervalInput;
  /** Default `'cancel-orders'`: nobody watches them any more. */
  readonly onEnd?: EndPolicy | undefined;
  /**
   * The account values its positions at the closes of the run's candles and at nothing else, as paper on candles does. Then
   * equity is read at fewer of them, for the same report. Default false.
   */
  readonly marksAtClose?: boolean | undefined;
  /** How many events may wait for the strategy before the run fails. Default 10,000. */
  readonly maxWaiting?: number | undefined;
}

/** @throws InvalidInputError for a bad list of symbols or bound */
export function checkRun(symbols: readonly string[], maxWaiting: number): void {
  if (!(Number.isSafeInteger(maxWaiting) && maxWaiting > 0)) {
    throw new InvalidInputError(`maxWaiting must be a whole number above 0, not ${maxWaiting}`);
  }
  if (symbols.length === 0 || new Set(symbols).size !== symbols.length) {
    throw new InvalidInputError(`symbols must be one or more different ones, such as ['BTC_USDT'], not [${symbols}]`);
  }
}
