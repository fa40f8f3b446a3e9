import type { MarginMode } from '@prate/domain';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { facetOf, onVenue } from '../on-venue.ts';
import type { ChangeFlags, VenueFlags } from '../venue-options.ts';
import { plainTable } from '../write-candles.ts';

export function showPositions(io: Io, options: VenueFlags & { readonly symbol?: string }): Promise<ExitCode> {
  return onVenue(io, options, null, async ({ execution, signal }) => {
    const all = await execution.getPositions({ signal });
    const positions = all.filter(({ symbol }) => symbol === (options.symbol ?? symbol));
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
  return onVenue(io, options, null, async ({ execution, signal }) => {
    const { asset } = options;
    const balances =
      asset === undefined ? await execution.getBalances({ signal }) : [await execution.getBalance(asset, { signal })];
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
    const leverage = await settings.getLeverage(symbol, { signal });
    return { code: ExitCode.OK, document: { symbol, leverage }, text: `${symbol}: leverage ${leverage}\n` };
  });
}
