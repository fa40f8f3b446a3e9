import type { Instrument } from '@prate/domain';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { onMarket } from '../on-venue.ts';
import type { VenueFlags } from '../venue-options.ts';
import { rowsText } from '../write-candles.ts';

/** Some venues also say whether it may be traded now. */
type WithStatus = Instrument & { readonly status?: string };

/** The port's own fields: a venue may tell more. */
const fieldsOf = (instrument: WithStatus): WithStatus => {
  const { symbol, baseAsset, quoteAsset, tickSize, lotSize, contractSize, minQuantity, maxQuantity } = instrument;
  const { minNotional, maxLeverage, riskTiers, makerFee, takerFee, status } = instrument;
  return {
    ...{ symbol, baseAsset, quoteAsset, tickSize, lotSize, contractSize, minQuantity, maxQuantity },
    ...{ minNotional, maxLeverage, riskTiers, makerFee, takerFee },
    ...(status === undefined ? {} : { status }),
  };
};

/** What may be traded, in which steps. */
export function showInstruments(io: Io, options: VenueFlags & { readonly symbol?: string }): Promise<ExitCode> {
  return onMarket(io, options, async ({ market, signal }) => {
    const all = await market.getInstruments({ signal });
    const instruments: readonly WithStatus[] = all.filter(({ symbol }) => symbol === (options.symbol ?? symbol));
    const head = ['symbol', 'tick', 'lot', 'contract', 'minimum', 'maximum', 'leverage', 'maker', 'taker', 'status'];
    const rows = instruments.map((each) => {
      const { tickSize, lotSize, contractSize, minQuantity, maxQuantity } = each;
      return [
        ...[each.symbol, `${tickSize}`, `${lotSize}`, `${contractSize}`, `${minQuantity}`, `${maxQuantity ?? ''}`],
        ...[`${each.maxLeverage}`, `${each.makerFee}`, `${each.takerFee}`, each.status ?? ''],
      ];
    });
    return {
      code: instruments.length > 0 ? ExitCode.OK : ExitCode.FAILED,
      document: { instruments: instruments.map(fieldsOf) },
      text: rowsText(head, rows, `no instrument ${options.symbol ?? ''}`, { colors: io.colors }),
    };
  });
}
