import type { OrderComparison, SymbolPicture } from '@prate/parity';
import { counted } from '../counted.ts';
import { escaped, list, table } from '../page/html.ts';
import { CHART_CREDIT, page } from '../page/page.ts';
import { formatTime } from '../times.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { notesOf, ORDER_HEAD, orderRow, summaryRows, verdict } from './parity-text.ts';
import type { ParityResult } from './run-parity.ts';

/** More rows make a page slow; the JSON document has them all. */
const PAGE_ORDERS = 2000;
/** Of each session and symbol. */
const PAGE_FILLS = 5000;

/** One file with everything in it: prices with the fills of both sessions, both profit curves, and the orders. It asks no network. */
export function parityPage(result: ParityResult, title: string): string {
  const { report, pictures } = result;
  const all =
    report.symbols.length > 1
      ? report.totals.map(({ asset, summary }) => `<h2>All in ${escaped(asset)}</h2>${summaryTable(summary, asset)}`)
      : [];
  const body = `<p class="verdict">${escaped(verdict(report))}</p>
${report.symbols.map((symbol, i) => symbolSection(symbol, i)).join('\n')}
${all.join('\n')}
${ordersSection(report.orders)}
<h2>To be known</h2>
${list(notesOf(result))}
<footer>All times are UTC. Prices of the tape second by second, at most some thousands of them; the tables are exact to 8 decimals.
${CHART_CREDIT}</footer>`;
  return page({
    ...{ title, body, script: PAGE_SCRIPT },
    data: pictures.map((picture, i) => pictureData(picture, i, report)),
  });
}

const SUMMARY_HEAD = ['', 'live', 'paper', 'paper − live'];

function symbolSection({ symbol, asset, tape, summary }: ParityResult['report']['symbols'][number], i: number): string {
  const gaps = tape.gaps.length === 0 ? '' : `, ${counted(tape.gaps.length, 'gap')} of ids`;
  const about = `tape of ${counted(tape.trades, 'trade')}, ${formatTime(tape.from)} to ${formatTime(tape.to)} UTC${gaps}`;
  return `<h2>${escaped(symbol)}</h2>
<p class="soft">${escaped(about)}</p>
<h3>Price and fills</h3>
<p class="legend"><span><span class="live">▲▼ live</span> above the price of the fill</span><span><span class="paper">▲▼ paper</span> below it</span><span>▲ buys, ▼ sells</span></p>
<div class="chart" id="price-${i}" role="img" aria-label="Price of ${escaped(symbol)} with the fills of both sessions"></div>
<h3>Net profit, ${escaped(asset)}</h3>
<p class="legend"><span class="live">live</span><span class="paper">paper</span><span>fills at the price of the moment, less fees, with funding</span></p>
<div class="chart low" id="profit-${i}" role="img" aria-label="Net profit of both sessions in ${escaped(symbol)}"></div>
<h3>What it came to</h3>
${summaryTable(summary, asset)}`;
}

const summaryTable = (summary: Parameters<typeof summaryRows>[0], asset: string): string =>
  table({ head: SUMMARY_HEAD, rows: summaryRows(summary, asset), words: 1 });

function ordersSection(orders: readonly OrderComparison[]): string {
  if (orders.length === 0) return '';
  const shown = orders.slice(0, PAGE_ORDERS);
  const more =
    orders.length > shown.length
      ? `<p class="soft">The first ${PAGE_ORDERS.toLocaleString('en')}; --json has them all.</p>`
      : '';
  return `<h2>${counted(orders.length, 'order')}</h2>${more}
${table({
  ...{ head: ORDER_HEAD, rows: shown.map(orderRow), words: 5, lastIsWords: true },
  rowClass: (row) => ((shown[row]?.differences.length ?? 0) > 0 ? 'differs' : null),
})}`;
}

function pictureData(picture: SymbolPicture, key: number, report: ParityResult['report']): object {
  const { symbol, prices, profit, fills } = picture;
  const tick = report.symbols.find((one) => one.symbol === symbol)?.tape.tickSize;
  const seconds = (timeMs: number): number => Math.floor(timeMs / 1000);
  const marks = (['live', 'paper'] as const).flatMap((session) =>
    fills[session]
      .slice(0, PAGE_FILLS)
      .map(({ time, price, side }) => [seconds(time), price.toNumber(), side, session] as const),
  );
  return {
    key,
    decimals: tick?.decimalPlaces() ?? 2,
    tick: tick?.toNumber() ?? 0.01,
    prices: prices.map(({ time, price }) => [seconds(time), price]),
    profit: profit.map(({ time, live, paper }) => [seconds(time), live, paper]),
    fills: marks.sort(([a], [b]) => a - b),
  };
}
