import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OrderComparison, SymbolPicture } from '@prate/parity';
import { counted } from '../counted.ts';
import { formatTime } from '../times.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets.ts';
import { notesOf, ORDER_HEAD, orderRow, summaryRows, verdict } from './parity-text.ts';
import type { ParityResult } from './run-parity.ts';

/** More rows make a page slow; the JSON document has them all. */
const PAGE_ORDERS = 2000;
/** Of each session and symbol. */
const PAGE_FILLS = 5000;

/** One file with everything in it: prices with the fills of both sessions, both profit curves, and the orders. It asks no network. */
export function parityPage(result: ParityResult, title: string): string {
  const { report, pictures } = result;
  const library = chartLibrary();
  const data = JSON.stringify(pictures.map((picture, i) => pictureData(picture, i, report))).replaceAll('<', '\\u003c');
  const policy = [
    "default-src 'none'",
    `script-src ${[library, PAGE_SCRIPT].map(hashOf).join(' ')}`,
    `style-src ${hashOf(PAGE_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="verdict">${escaped(verdict(report))}</p>
${report.symbols.map((symbol, i) => symbolSection(symbol, i)).join('\n')}
${report.symbols.length > 1 ? report.totals.map(({ asset, summary }) => `<h2>All in ${escaped(asset)}</h2>${table(SUMMARY_HEAD, summaryRows(summary, asset), 1)}`).join('\n') : ''}
${ordersSection(report.orders)}
<h2>To be known</h2>
<ul>${notesOf(result)
    .map((note) => `<li>${escaped(note)}</li>`)
    .join('')}</ul>
<footer>All times are UTC. Prices of the tape second by second, at most some thousands of them; the tables are exact to 8 decimals.
Charts by <a href="https://www.tradingview.com/" rel="noreferrer">TradingView</a> Lightweight Charts™, © TradingView, Inc., Apache License 2.0.</footer>
<script type="application/json" id="data">${data}</script>
<script>${library}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
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
${table(SUMMARY_HEAD, summaryRows(summary, asset), 1)}`;
}

function ordersSection(orders: readonly OrderComparison[]): string {
  if (orders.length === 0) return '';
  const shown = orders.slice(0, PAGE_ORDERS);
  const more =
    orders.length > shown.length
      ? `<p class="soft">The first ${PAGE_ORDERS.toLocaleString('en')}; --json has them all.</p>`
      : '';
  const rows = shown.map((order) => ({ cells: orderRow(order), differs: order.differences.length > 0 }));
  const body = rows
    .map(({ cells, differs }) => `<tr${differs ? ' class="differs"' : ''}>${cellsOf(cells, 5, cells.length - 1)}</tr>`)
    .join('\n');
  return `<h2>${counted(orders.length, 'order')}</h2>${more}
<div class="scroll"><table><thead><tr>${headOf(ORDER_HEAD, 5, ORDER_HEAD.length - 1)}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[], words: number): string =>
  `<div class="scroll"><table><thead><tr>${headOf(head, words)}</tr></thead><tbody>${rows.map((row) => `<tr>${cellsOf(row, words)}</tr>`).join('')}</tbody></table></div>`;

const isWords = (i: number, words: number, last: number | undefined): string =>
  i < words || i === last ? ' class="words"' : '';
const headOf = (head: readonly string[], words: number, last?: number): string =>
  head.map((text, i) => `<th scope="col"${isWords(i, words, last)}>${escaped(text)}</th>`).join('');
const cellsOf = (row: readonly string[], words: number, last?: number): string =>
  row.map((text, i) => `<td${isWords(i, words, last)}>${escaped(text)}</td>`).join('');

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

/** The library as one script for a page. */
function chartLibrary(): string {
  const main = import.meta.resolve('lightweight-charts');
  return readFileSync(fileURLToPath(new URL('lightweight-charts.standalone.production.js', main)), 'utf8');
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
