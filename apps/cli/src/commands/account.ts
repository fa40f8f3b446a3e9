import type { MarginMode } from '@prate/domain';
import { type AccountSettings, LeverageDiffersError } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { assertAsset, assertInstrument } from '../assert-there.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { facetOf, onVenue } from '../on-venue.ts';
import type { ChangeFlags, VenueFlags } from '../venue-options.ts';
import { plainTable } from '../write-candles.ts';

export function showPositions(io: Io, options: VenueFlags & { readonly symbol?: string }): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) => {
    const all = await venue.execution.getPositions({ signal: venue.signal });
    const positions = all.filter(({ symbol }) => symbol === (options.symbol ?? symbol));
    if (positions.length === 0) await assertInstrument(venue, options.symbol);
    const head = ['symbol', 'side', 'quantity', 'entry', 'mark', 'liquidation', 'leverage', 'margin', 'profit'];
    const table = plainTable(head, io.colors, 2);
    for (const position of positions) {
      const { symbol, positionSide, quantity, entryPrice, markPrice, liquidationPrice } = position;
      table.push([
        ...[symbol, positionSide, `${quantity}`, `${entryPrice}`, `${markPrice}`, `${liquidationPrice ?? ''}`],
        ...[`${position.leverage}x ${position.marginMode}`, `${position.margin}`, `${position.unrealizedPnl}`],
      ]);
    }
    return {
      code: ExitCode.OK,
      document: { positions },
      text: positions.length === 0 ? 'no positions\n' : `${table.toString()}\n`,
    };
  });
}

export function showBalance(io: Io, options: VenueFlags & { readonly asset?: string }): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) => {
    const { execution, signal } = venue;
    const { asset } = options;
    const balances =
      asset === undefined ? await execution.getBalances({ signal }) : [await execution.getBalance(asset, { signal })];
    if (asset !== undefined) await assertAsset(venue, asset);
    const table = plainTable(
      ['asset', 'available', 'frozen', 'position margin', 'total', 'profit', 'equity'],
      io.colors,
    );
    for (const { asset: name, available, frozen, positionMargin, total, unrealizedPnl, equity } of balances) {
      table.push([name, ...[available, frozen, positionMargin, total, unrealizedPnl, equity].map(String)]);
    }
    return {
      code: ExitCode.OK,
      document: { balances },
      text: balances.length === 0 ? 'no balances\n' : `${table.toString()}\n`,
    };
  });
}

export interface LeverageOptions extends ChangeFlags {
  readonly symbol: string;
  readonly set?: number;
  readonly margin?: MarginMode;
}

/** Shows the leverage of a symbol, after setting it where that was asked for. */
export function showLeverage(io: Io, options: LeverageOptions): Promise<ExitCode> {
  const { symbol, set, margin } = options;
  const change = set === undefined && margin === undefined ? null : 'this change of leverage';
  return onVenue(io, options, change, async ({ execution, signal }) => {
    const settings = facetOf(execution, 'settings');
    if (margin !== undefined) await settings.setMarginMode(symbol, margin, { signal });
    if (set !== undefined) await settings.setLeverage(symbol, set, { signal });
    const leverage = await leverageOf(settings, symbol, { signal });
    if (typeof leverage === 'number') {
      return { code: ExitCode.OK, document: { symbol, leverage }, text: `${symbol}: leverage ${leverage}\n` };
    }
    const { LONG: long, SHORT: short } = leverage;
    return {
      code: ExitCode.OK,
      document: { symbol, leverage: null, long, short },
      text: `${symbol}: leverage ${long} long, ${short} short; --set N makes them one\n`,
    };
  });
}

/** Of each direction where they differ. */
async function leverageOf(
  settings: AccountSettings,
  symbol: string,
  options: CallOptions,
): Promise<number | LeverageDiffersError['leverage']> {
  try {
    return await settings.getLeverage(symbol, options);
  } catch (error) {
    if (error instanceof LeverageDiffersError) return error.leverage;
    throw error;
  }
}
