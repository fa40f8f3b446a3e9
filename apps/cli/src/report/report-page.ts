import type { PeriodReturn, RoundTrip } from '@prate/strategy-runner';
import { money, share } from '../amounts.ts';
import { counted } from '../counted.ts';
import { escaped, factTable, list, table } from '../page/html.ts';
import { CHART_CREDIT, page } from '../page/page.ts';
import { durationText, formatTime } from '../times.ts';
import { REPORT_SCRIPT } from './page-script.ts';
import type { ReportDocument } from './report-document.ts';
import { costFacts, dataFacts, resultFacts, returnOf, riskFacts, tradeFacts } from './report-figures.ts';
import { reportPicture } from './report-picture.ts';

/** More rows make a page slow; the JSON document has more. */
const PAGE_TRIPS = 300;
const PAGE_GAPS = 50;
const PAGE_DAYS = 62;

/** A report as one file for a browser: it loads nothing and asks no network. */
export function reportPage(document: ReportDocument): string {
  const { report, lists, warnings, source } = document;
  const { strategy, symbols } = report;
  const [first, ...others] = symbols;
  const on = others.length === 0 ? String(first) : `${first} and ${counted(others.length, 'more symbol')}`;
  const title = `${document.kind === 'replay' ? 'Replay' : 'Session'} of ${strategy} on ${on}`;
  const body = `<p class="verdict wrap">${escaped(verdictOf(document))}</p>
${problems(document)}
${charts(document)}
<h2>Key figures</h2>
<div class="groups">
${factTable('Result', resultFacts(report))}
${factTable('Risk', riskFacts(report))}
${factTable('Trades', tradeFacts(report))}
${factTable('Fees and funding', costFacts(report, lists.funding.count))}
</div>
${returnsSection(document)}
${tripsSection(document)}
<h2>Market data</h2>
<div class="groups">${factTable('What it was played on', dataFacts(report, source.description))}</div>
${gapsTable(document)}
<h2>Warnings and errors</h2>
${warnings.length + report.errors.length === 0 ? '<p>None.</p>' : ''}
${warnings.length === 0 ? '' : list(warnings)}
${report.errors.length === 0 ? '' : list(report.errors.map(({ code, message }) => `${code}: ${message}`))}
${MEANING}
<footer>All times are UTC. Money is rounded to the hundredth here and exact in the JSON beside this page. ${CHART_CREDIT}</footer>`;
  return page({ title, body, data: reportPicture(document), script: REPORT_SCRIPT });
}

function verdictOf({ report }: ReportDocument): string {
  const { from, to, hold, maxDrawdown, endEquity, asset } = report;
  if (from === null || to === null) return 'The market told no candle, so there is nothing to judge.';
  const gain = returnOf(report);
  const time = `${formatTime(from)} to ${formatTime(to)} UTC`;
  const came = `${gain === null ? '' : `${share(gain)}, `}${money(endEquity)} ${asset} at the end`;
  const instead = hold === null ? '' : `; holding instead ${share(hold.return)}`;
  return `${time}: ${came}; deepest fall ${share(maxDrawdown)}${instead}.`;
}

/** An error is not to be overlooked. */
function problems({ report, warnings }: ReportDocument): string {
  const { errors, reason } = report;
  const ended = reason === null ? [] : [`It ended because ${reason}.`];
  if (errors.length > 0)
    return `<p class="problem">${escaped([...ended, ...errors.map(({ message }) => message)].join(' '))}</p>`;
  const more = warnings.length === 0 ? '' : ` ${counted(warnings.length, 'warning')}: see the end of the page.`;
  return `<p class="soft wrap">${escaped(`${ended.join('')}${more}`)}</p>`;
}

function charts({ report }: ReportDocument): string {
  if (report.from === null) return '';
  const { asset } = report;
  return `<h2>Equity</h2>
<p class="legend"><span><span class="swatch"></span>the run, ${escaped(asset)}<b id="told-run"></b></span><span><span class="swatch hold"></span>the same money held in the market<b id="told-hold"></b></span><span id="told-time">&#160;</span></p>
<div class="chart" id="equity" role="img" aria-label="Equity of the run and of holding over time; the figures are in the tables below"></div>
<h2>Drawdown</h2>
<p class="legend"><span>how far the equity was below its peak so far<b id="told-fall"></b></span></p>
<div class="chart low" id="drawdown" role="img" aria-label="Drawdown of the run over time; the deepest fall is in the tables below"></div>
<noscript><p>The charts need scripts; the figures do not.</p></noscript>`;
}

function returnsSection({ lists: { months, days } }: ReportDocument): string {
  const parts: string[] = [];
  if (months.rows.length > 1) parts.push(monthsTable(months.rows));
  if (days.count > 1 && days.count <= PAGE_DAYS) {
    const rows = days.rows.map(({ from, equity, return: change }) => [dayOf(from), share(change), money(equity)]);
    parts.push(
      table({ head: ['day', 'return', 'equity at its end'], rows, words: 1, caption: 'By day', isNarrow: true }),
    );
  }
  return parts.length === 0 ? '' : `<h2>Returns</h2>\n${parts.join('\n')}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthsTable(months: readonly PeriodReturn[]): string {
  const years = new Map<number, (number | null)[]>();
  for (const { from, return: change } of months) {
    const date = new Date(from);
    const year = years.get(date.getUTCFullYear()) ?? [];
    year[date.getUTCMonth()] = change;
    years.set(date.getUTCFullYear(), year);
  }
  const rows = Array.from(years, ([year, changes]) => {
    const cells = MONTHS.map((_, month) => (changes[month] === undefined ? '' : share(changes[month])));
    const isKnown = Object.values(changes).every((change) => change !== null);
    const whole = Object.values(changes).reduce<number>((growth, change) => growth * (1 + (change ?? 0)), 1) - 1;
    return [String(year), ...cells, isKnown ? share(whole) : share(null)];
  });
  return table({
    head: ['year', ...MONTHS, 'all'],
    rows,
    words: 1,
    caption: 'By month; the first and the last may be a part of one',
  });
}

function tripsSection({ report, lists: { trips } }: ReportDocument): string {
  if (trips.count === 0) return '<h2>Round trips</h2>\n<p>None: no position was opened and closed.</p>';
  const shown = trips.rows.slice(-PAGE_TRIPS).reverse();
  const caption =
    shown.length === trips.count
      ? `All ${trips.count.toLocaleString('en')}, newest first; results in ${report.asset}, less fees`
      : `The newest ${shown.length.toLocaleString('en')} of ${trips.count.toLocaleString('en')}, newest first (the JSON beside this page has up to ${trips.rows.length.toLocaleString('en')}); results in ${report.asset}, less fees`;
  return `<h2>${counted(trips.count, 'round trip')}</h2>
${table({
  head: ['symbol', 'side', 'from', 'to', 'time', 'quantity', 'entry', 'exit', 'fees', 'result'],
  rows: shown.map(tripRow),
  ...{ words: 4, caption },
  rowClass: (row) => (shown[row]?.result.isNegative() ? 'loss' : null),
})}`;
}

const tripRow = ({
  symbol,
  side,
  entryTime,
  exitTime,
  quantity,
  entryPrice,
  exitPrice,
  fees,
  result,
}: RoundTrip): string[] => [
  symbol,
  side === 'LONG' ? 'long' : 'short',
  entryTime === null ? 'before the run' : formatTime(entryTime),
  formatTime(exitTime),
  entryTime === null ? '—' : durationText(exitTime - entryTime),
  quantity.toString(),
  entryPrice.toDecimalPlaces(8).toString(),
  exitPrice.toDecimalPlaces(8).toString(),
  money(fees),
  money(result),
];

function gapsTable({ lists: { gaps } }: ReportDocument): string {
  if (gaps.count === 0) return '';
  const shown = gaps.rows.slice(-PAGE_GAPS).reverse();
  const caption = `Gaps: ${shown.length < gaps.count ? `the newest ${shown.length} of ${gaps.count.toLocaleString('en')}` : 'all'}, newest first`;
  const rows = shown.map(({ feed, from, to }) => [feed, formatTime(from), formatTime(to), durationText(to - from)]);
  return table({ head: ['feed', 'from', 'to', 'time'], rows, words: 3, caption, isNarrow: true });
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const MEANING = `<details><summary>How the figures are meant</summary>
<dl>
<dt>Equity</dt><dd>balance plus open profit, at each candle's close after the strategy has acted</dd>
<dt>Return</dt><dd>equity at the end ÷ equity at the start − 1; with funding, fees and transfers</dd>
<dt>Net profit</dt><dd>realised plus open profit, less fees; without funding</dd>
<dt>Holding</dt><dd>the equity at the start in equal parts in each symbol from its first close on, without fees</dd>
<dt>Deepest fall</dt><dd>the greatest (peak − later low) ÷ peak of the equity</dd>
<dt>Sharpe, Sortino</dt><dd>mean return of a whole day (of an hour, in runs of fewer than 30 days) ÷ its standard deviation (÷ the root mean square of the losses), × √365 (× √8760); risk-free rate 0</dd>
<dt>Round trip</dt><dd>from flat to flat in one symbol; its result is realised profit less fees, without funding</dd>
<dt>Win rate, profit factor</dt><dd>trips with a profit ÷ all trips; what winners made ÷ what losers lost</dd>
<dt>Position ÷ equity</dt><dd>value of the positions at the close ÷ equity, of the closes with a position</dd>
</dl></details>`;
