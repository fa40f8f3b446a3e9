import type { Instrument } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import type { Logger } from '@prate/runtime';
import { textOf } from '../errors.ts';
import type { CandleEvent } from '../strategy.ts';
import { EquityWatch } from './equity-watch.ts';
import type { RunRecord } from './run-record.ts';

export interface EquitySamplerParts {
  readonly execution: Pick<ExecutionPort, 'getBalance' | 'getPositions'>;
  readonly record: Pick<RunRecord, 'balance' | 'mark'>;
  readonly log: Logger;
  readonly symbols: readonly string[];
  readonly marksAtClose: boolean;
  readonly instrument: (symbol: string) => Instrument;
}

/** Samples the equity at candle closes, reading the account only where it has to. */
export class EquitySampler {
  readonly #parts: EquitySamplerParts;
  readonly #watch: EquityWatch;

  constructor(parts: EquitySamplerParts) {
    this.#parts = parts;
    this.#watch = new EquityWatch(parts.marksAtClose, parts.instrument);
  }

  /** Something happened to the account, or may have. */
  change(): void {
    this.#watch.change();
  }

  /** A promise only where the account is read. It never rejects. */
  sample({ symbol, close, closeTime }: CandleEvent): Promise<void> | undefined {
    const need = this.#watch.needs(symbol, close);
    if (need === 'read') return this.#read(closeTime);
    if (need === 'mark') this.#parts.record.mark(closeTime, this.#watch.close);
    return undefined;
  }

  /** One sample less is no reason to end a run: a broken connection shows itself in the account's events. */
  async #read(timeMs: number): Promise<void> {
    const { execution, record, log, symbols } = this.#parts;
    const changed = this.#watch.takeChange();
    try {
      const balance = await execution.getBalance();
      if (!changed) {
        record.balance(timeMs, balance);
        return;
      }
      const positions = await execution.getPositions();
      record.balance(timeMs, balance, positions);
      this.#watch.hold(positions, symbols);
    } catch (error) {
      this.#watch.change();
      log.warn({ error }, `equity was not sampled: ${textOf(error)}`);
    }
  }
}
