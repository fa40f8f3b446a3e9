import type { Instrument } from '@prate/domain';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { onMarket } from '../on-venue.ts';
import type { VenueFlags } from '../venue-options.ts';
import { plainTable } from '../write-candles.ts';

/** Rows that a table shows; it says how many more there are. */
const TABLE_ROWS = 50;

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
    const table = plainTable(head, io.colors);
    for (const each of instruments.slice(0, TABLE_ROWS)) {
      const { tickSize, lotSize, contractSize, minQuantity, maxQuantity } = each;
      table.push([
        ...[each.symbol, `${tickSize}`, `${lotSize}`, `${contractSize}`, `${minQuantity}`, `${maxQuantity ?? ''}`],
        ...[`${each.maxLeverage}`, `${each.makerFee}`, `${each.takerFee}`, each.status ?? ''],
      ]);
    }
    const more = instruments.length - TABLE_ROWS;
    const rest = more > 0 ? `… and ${more.toLocaleString('en')} more; --json prints them all\n` : '';
    const found = instruments.length > 0;
    return {
      code: found ? ExitCode.OK : ExitCode.FAILED,
      document: { instruments: instruments.map(fieldsOf) },
      text: found ? `${table.toString()}\n${rest}` : `no instrument ${options.symbol ?? ''}\n`,
    };
  });
}
