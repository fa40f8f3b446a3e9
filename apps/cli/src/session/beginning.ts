import type { Interval } from '@prate/domain';
import type { HttpApi } from '@prate/http-api';
import type { Io } from '../io.ts';
import { labelled } from '../report-text.ts';
import { formatTime } from '../times.ts';
import type { UpParts } from './up-parts.ts';

/** Of more symbols than this some are named, and the others counted. */
const MOST_NAMED = 12;

/** What runs, on what, and where to look. With `--json` only the page's address, beside the document. */
export async function printBeginning(
  io: Io,
  { options, settings, source, strategy, account }: UpParts,
  page: HttpApi | null,
  interval: Interval,
): Promise<void> {
  if (options.json) {
    io.warn(`Prate · ${source.description}\n`);
    if (page !== null) io.warn(`page: ${page.pageUrl()}\n`);
    return;
  }
  const rows: [string, string][] = [
    ['symbols', namesOf(source.symbols)],
    ['strategy', `${strategy.name} on ${interval.text} candles, on paper`],
  ];
  if (account !== null) {
    const since = account.saved === null ? 'new' : `of ${formatTime(account.saved.createdAt)} UTC`;
    rows.push(['account', `${account.balance} USDT to begin with, ${since}`]);
  }
  rows.push(['database', settings.db]);
  if (page !== null) rows.push(['page', page.pageUrl()]);
  await io.write(`Prate · ${source.description}\n${labelled(rows)}`);
  if (source.pace === 'played' && source.liveFrom === null) return;
  const end = options.for === undefined ? 'until Ctrl-C' : `for ${options.for / 1000} s`;
  const first = source.pace === 'played' ? 'The last hour is played first; then it goes on live' : 'Live';
  await io.write(`\n${first}, ${end}.\n\n`);
}

const namesOf = (symbols: readonly string[]): string =>
  symbols.length > MOST_NAMED
    ? `${symbols.slice(0, MOST_NAMED - 2).join(', ')} and ${symbols.length - MOST_NAMED + 2} more`
    : symbols.join(', ');
