import type { Instrument, Position } from '@prate/domain';

/**
 * What has to be done at a candle for the equity: read the account, or mark the close of what is held, or nothing, because
 * nothing has changed.
 */
export type EquityNeed = 'read' | 'mark' | 'nothing';

/** Whose closes tell the equity of an account that says nothing else. */
interface Held {
  readonly symbol: string;
  /** Null where the prices of other symbols, or other prices, count too: the account has to be read. */
  readonly tickSize: number | null;
}

/** How far a price may be from a whole tick, in ticks, for what binary fractions cannot say. */
const NEARLY = 1e-6;

/**
 * Knows at which candles the account has to be read so that its equity comes out as if it were read at each: always after the
 * account told something or was used, while positions are open, and not while it is flat.
 *
 * Where positions are valued at the closes themselves, equity follows them by a straight line, so of an account that holds one
 * symbol the close is enough. Not one off the tick, which an account may round.
 */
export class EquityWatch {
  readonly #marksAtClose: boolean;
  readonly #instrument: (symbol: string) => Pick<Instrument, 'tickSize'>;
  #changed = true;
  #held: Held | null = null;
  #close = Number.NaN;

  /** @param instrument of one of the run's symbols; throws for another */
  constructor(marksAtClose: boolean, instrument: (symbol: string) => Pick<Instrument, 'tickSize'>) {
    this.#marksAtClose = marksAtClose;
    this.#instrument = instrument;
  }

  /** Of the symbol that is held, as marked: the latest one, also at a candle of another symbol. */
  get close(): number {
    return this.#close;
  }

  /** Anything may be different from here. */
  change(): void {
    this.#changed = true;
  }

  /** Whether the positions must be read with the equity; the account then counts as known. */
  takeChange(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** What is held from here on. @param symbols those of the run */
  hold(positions: readonly Position[], symbols: readonly string[]): void {
    const [first] = positions;
    if (first === undefined) {
      this.#held = null;
      return;
    }
    const { symbol, markPrice } = first;
    const isAlone = symbols.includes(symbol) && positions.every((position) => position.symbol === symbol);
    const tickSize = this.#marksAtClose && isAlone ? this.#instrument(symbol).tickSize.toNumber() : null;
    this.#held = { symbol, tickSize };
    this.#close = markPrice.toNumber();
  }

  needs(symbol: string, close: number): EquityNeed {
    if (this.#changed) return 'read';
    const held = this.#held;
    if (held === null) return 'nothing';
    if (held.tickSize === null) return 'read';
    if (symbol === held.symbol) {
      const ticks = close / held.tickSize;
      if (Math.abs(ticks - Math.round(ticks)) > NEARLY) {
        this.#changed = true; // the line begins anew where it is read
        return 'read';
      }
      this.#close = close;
    }
    return 'mark';
  }
}
