import { type Instrument, InvalidInputError } from '@prate/domain';
import type { StrategyContext } from './strategy.ts';

/** @throws InvalidInputError for a symbol that the market does not have */
export function makeContext(
  parts: Omit<StrategyContext, 'instrument'>,
  instruments: readonly Instrument[],
): StrategyContext {
  const { symbols } = parts;
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const missing = symbols.filter((symbol) => !bySymbol.has(symbol));
  if (missing.length > 0) {
    const some = [...bySymbol.keys()].slice(0, 10).join(', ');
    throw new InvalidInputError(
      `the market has no ${missing.join(', ')}; it has ${bySymbol.size} symbols, such as ${some}`,
    );
  }
  return {
    ...parts,
    instrument(symbol = symbols[0] as string): Instrument {
      const instrument = symbols.includes(symbol) ? bySymbol.get(symbol) : undefined;
      if (instrument !== undefined) return instrument;
      throw new InvalidInputError(`'${symbol}' is not a symbol of this run, which has ${symbols.join(', ')}`);
    },
  };
}
