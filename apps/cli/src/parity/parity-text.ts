import type { Decimal } from '@prate/domain';
import type { Both, OrderComparison, OrderSide, ParityReport, Summary } from '@prate/parity';
import { counted } from '../counted.ts';
import { formatTime } from '../times.ts';
import { plainTable } from '../write-candles.ts';
import type { ParityResult, UsedRate } from './run-parity.ts';

/** Orders that a table shows; it says how many more there are. */
const TABLE_ROWS = 50;

/** A number for people: eight decimals are finer than any price step. */
const short = (amount: Decimal | null): string => (amount === null ? '-' : amount.toDecimalPlaces(8).toString());

/** With its sign, as differences are told. */
const change = (amount: Decimal): string => (amount.gt(0) ? `+${short(amount)}` : short(amount));

export function parityText(result: ParityResult, title: string, colors: boolean): string {
  const { report } = result;
  return [
    `${title}\n${verdict(report)}\n`,
    ...report.symbols.map(({ symbol, asset, tape, summary }) => {
      const gaps = tape.gaps.length === 0 ? '' : `, ${counted(tape.gaps.length, 'gap')}`;
      const time = `${formatTime(tape.from)} to ${formatTime(tape.to)} UTC`;
      return `\n${symbol}: tape of ${counted(tape.trades, 'trade')}, ${time}${gaps}\n${summaryTable(summary, asset, colors)}\n`;
    }),
    ...(report.symbols.length > 1
      ? report.totals.map(({ asset, summary }) => `\nAll in ${asset}\n${summaryTable(summary, asset, colors)}\n`)
      : []),
    ordersText(report.orders, colors),
    ...notesOf(result).map((note) => `- ${note}\n`),
  ].join('');
}

/** In one line: whether they are the same, and who traded better. */
export function verdict({ same, orders, totals }: ParityReport): string {
  if (orders.length === 0) return 'Nothing could be compared.';
  const alike = orders.filter(({ differences }) => differences.length === 0).length;
  if (same) return `No difference: paper did with ${counted(orders.length, 'order')} what happened live.`;
  const better = totals.flatMap(({ asset, summary }) => {
    const { live, paper, difference } = summary.netProfit;
    const who = difference.isZero()
      ? 'paper made the same'
      : `paper made ${short(difference.abs())} ${asset} ${difference.gt(0) ? 'more' : 'less'}`;
    return `${who} (live ${short(live)}, paper ${short(paper)})`;
  });
  return `${counted(alike, 'order')} of ${orders.length.toLocaleString('en')} alike; ${better.join('; ')}.`;
}

/** What of a group of orders is told: label, live, paper, difference. */
export function summaryRows(summary: Summary, asset: string): string[][] {
  const { filled, shareFilled, price } = summary;
  const row = (label: string, { live, paper, difference }: Both): string[] => [
    label,
    short(live),
    short(paper),
    change(difference),
  ];
  const percent = ({ live, paper, difference }: Both): Both => ({
    live: live.mul(100),
    paper: paper.mul(100),
    difference: difference.mul(100),
  });
  return [
    [
      'orders that traded',
      `${filled.both + filled.onlyLive} of ${summary.orders}`,
      `${filled.both + filled.onlyPaper} of ${summary.orders}`,
      `${filled.both} in both, ${filled.onlyLive} only live, ${filled.onlyPaper} only on paper`,
    ],
    row('quantity', summary.traded),
    ...(shareFilled === null ? [] : [row('filled, %', percent(shareFilled))]),
    ...(price === null ? [] : [['average price', '', '', priceWords(price.liveBetterBy, price.basisPoints, asset)]]),
    row(`fees, ${asset}`, summary.fees),
    summary.funding === null
      ? [`funding, ${asset}`, '-', '-', 'not told: --funding FILE']
      : row(`funding, ${asset}`, summary.funding),
    row(`realised profit, ${asset}`, summary.realizedPnl),
    row(`profit at the end, ${asset}`, summary.profit),
    row(`net profit, ${asset}`, summary.netProfit),
  ];
}

function priceWords(better: Decimal, basisPoints: Decimal, asset: string): string {
  if (better.isZero()) return 'the same';
  return `${better.gt(0) ? 'live' : 'paper'} better by ${short(better.abs())} ${asset} (${basisPoints.abs().toDecimalPlaces(4)} bp)`;
}

function summaryTable(summary: Summary, asset: string, colors: boolean): string {
  const table = plainTable(['', 'live', 'paper', 'paper − live'], colors);
  table.push(...summaryRows(summary, asset));
  return table.toString();
}

function ordersText(orders: readonly OrderComparison[], colors: boolean): string {
  if (orders.length === 0) return '';
  const table = plainTable(ORDER_HEAD, colors, 5);
  const differing = orders.filter(({ differences }) => differences.length > 0);
  const shown = differing.slice(0, TABLE_ROWS);
  if (shown.length === 0) return '';
  table.push(...shown.map(orderRow));
  const more =
    differing.length > shown.length
      ? `… and ${counted(differing.length - shown.length, 'more order')}; --json has them all\n`
      : '';
  return `\nOrders that differ\n${table.toString()}\n${more}\n`;
}

export const ORDER_HEAD: readonly string[] = [
  ...['created (UTC)', 'id', 'symbol', 'side', 'type', 'quantity'],
  ...['live', 'at', 'paper', 'at', 'ticks', 'bp', 'fee', 'profit', 'differs in'],
];

export function orderRow(order: OrderComparison): string[] {
  const { id, symbol, side, type, quantity, createdAt, live, paper, priceDifference, differences, refusal } = order;
  return [
    ...[formatTime(createdAt), id, symbol, side, type, short(quantity)],
    ...[filledWords(live), short(live.averagePrice), filledWords(paper), short(paper.averagePrice)],
    ...(priceDifference === null
      ? ['-', '-']
      : [change(priceDifference.ticks.toDecimalPlaces(2)), change(priceDifference.basisPoints.toDecimalPlaces(3))]),
    live.fee === null || paper.fee === null ? '-' : change(paper.fee.minus(live.fee)),
    change(paper.profit.minus(live.profit)),
    refusal ?? (differences.length === 0 ? 'nothing' : differences.map((difference) => WORDS[difference]).join(', ')),
  ];
}

const filledWords = ({ status, filledQuantity }: OrderSide): string => `${status} ${short(filledQuantity)}`;

const WORDS: Readonly<Record<OrderComparison['differences'][number], string>> = {
  ...{ status: 'status', quantity: 'quantity', price: 'price', fee: 'fee', time: 'time' },
  realizedPnl: 'realised profit',
};

const REASONS: Readonly<Record<ParityReport['notCompared'][number]['reason'], string>> = {
  NO_TRADES_OF_SYMBOL: 'no trades of their symbol were given',
  NO_TRADES_AT_THAT_TIME: 'no trades were given of their time',
  TRADES_MISSING: 'ids say that trades are missing where they came, traded or ended',
  REFUSED_LIVE: 'the venue had refused them',
  PRICE_UNKNOWN: 'the recording does not tell at which price they traded',
};

/** What the reader must know beside the numbers. */
export function notesOf({ report, fees, balance }: ParityResult): string[] {
  const reasons = new Map<string, string[]>();
  for (const { reason, id } of report.notCompared) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  const funding = report.funding?.notCompared.length ?? 0;
  return [
    ...[...reasons].map(
      ([reason, ids]) =>
        `not compared: ${counted(ids.length, 'order')} (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}): ${REASONS[reason as keyof typeof REASONS]}`,
    ),
    ...(funding === 0
      ? []
      : [`not compared: ${counted(funding, 'funding payment')} for positions that the recorded orders do not explain`]),
    ...fees.map(
      ({ symbol, maker, taker }) => `fees on paper, ${symbol}: maker ${rateWords(maker)}, taker ${rateWords(taker)}`,
    ),
    `paper began with ${balance}`,
    ...report.notes,
  ];
}

function rateWords({ rate, from, found }: UsedRate): string {
  if (from === 'given') return `${rate} as given`;
  if (found === null) return `${rate}, the usual rate: no such fill was recorded`;
  return found.fills === found.of
    ? `${rate} as recorded`
    : `${rate} as ${found.fills} of ${found.of} recorded fills paid`;
}
