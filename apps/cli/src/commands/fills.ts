import { assertInstrument } from '../assert-there.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { facetOf, onVenue } from '../on-venue.ts';
import { formatTime } from '../times.ts';
import { type HistoryOptions, queryOf } from '../venue-options.ts';
import { rowsText } from '../write-candles.ts';

/** What the account's own orders traded, newest first. */
export function showFills(io: Io, options: HistoryOptions): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) => {
    const fills = await facetOf(venue.execution, 'history').getTrades(queryOf(options), { signal: venue.signal });
    if (fills.length === 0) await assertInstrument(venue, options.symbol);
    const head = ['time (UTC)', 'id', 'order', 'symbol', 'side', 'as', 'price', 'quantity', 'fee', 'profit'];
    const rows = fills.map(({ time, id, orderId, symbol, side, liquidity, price, quantity, fee, realizedPnl }) => [
      ...[formatTime(time), id, orderId, symbol, side, liquidity.toLowerCase()],
      ...[`${price}`, `${quantity}`, `${fee.amount} ${fee.asset}`, `${realizedPnl}`],
    ]);
    const text = rowsText(head, rows, 'no fills', { colors: io.colors, left: 6 });
    return { code: ExitCode.OK, document: { fills }, text };
  });
}

/** What funding cost and gave, newest first. */
export function showFunding(io: Io, options: HistoryOptions): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) => {
    const history = facetOf(venue.execution, 'history');
    const payments = await history.getFundingPayments(queryOf(options), { signal: venue.signal });
    if (payments.length === 0) await assertInstrument(venue, options.symbol);
    const head = ['time (UTC)', 'symbol', 'asset', 'rate', 'amount'];
    const rows = payments.map(({ time, symbol, asset, rate, amount }) => [
      ...[formatTime(time), symbol, asset, `${rate}`, `${amount}`],
    ]);
    const text = rowsText(head, rows, 'no funding payments', { colors: io.colors, left: 3 });
    return { code: ExitCode.OK, document: { payments }, text };
  });
}
