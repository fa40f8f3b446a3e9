import type { Position } from '@prate/domain';
import type { FundingPayment } from '@prate/execution-port';
import { compareOrders, type NotCompared, type OrderComparison, type TapeScale } from './compare.ts';
import { type CurvePoint, profitCurve, thinned } from './curve.ts';
import { type ComparedFunding, compareFunding } from './funding.ts';
import type { SessionFill } from './recording.ts';
import type { PaperSession } from './replay.ts';
import type { LiveSession } from './session.ts';
import type { SessionStart } from './start.ts';
import { type Summary, summarise } from './summary.ts';
import type { TapePrice } from './tape.ts';

/** A recorded session beside its replay on paper. */
export interface ParityReport {
  /** Whether everything could be compared, and nothing differs. */
  readonly same: boolean;
  readonly symbols: readonly SymbolParity[];
  /** One for each asset in which profit is counted. */
  readonly totals: readonly { readonly asset: string; readonly summary: Summary }[];
  readonly orders: readonly OrderComparison[];
  readonly funding: ComparedFunding | null;
  readonly notCompared: readonly NotCompared[];
  /** What else the reader must know. */
  readonly notes: readonly string[];
}

export interface SymbolParity {
  readonly symbol: string;
  readonly asset: string;
  readonly tape: Pick<TapeScale, 'trades' | 'from' | 'to' | 'gaps' | 'mark' | 'tickSize'>;
  readonly summary: Summary;
}

/** What a picture of a symbol shows. */
export interface SymbolPicture {
  readonly symbol: string;
  readonly prices: readonly TapePrice[];
  readonly profit: readonly CurvePoint[];
  readonly fills: { readonly live: readonly SessionFill[]; readonly paper: readonly SessionFill[] };
}

export interface ParityInput {
  readonly live: LiveSession;
  readonly paper: PaperSession;
  readonly start: SessionStart;
  readonly tapes: ReadonlyMap<string, TapeScale>;
  /** Null where nobody told of any. */
  readonly funding: readonly FundingPayment[] | null;
  /** Told before the notes that are found here. */
  readonly notes: readonly string[];
}

/** How many prices a picture shows, about. */
const PICTURE_PRICES = 4000;

export function compareSessions(input: ParityInput): {
  readonly report: ParityReport;
  readonly pictures: readonly SymbolPicture[];
} {
  const { live, paper, start, tapes } = input;
  const { compared, notCompared, fills, throughGaps } = compareOrders(live, paper, tapes);
  const positions: readonly Position[] = start.positions;
  const funding =
    input.funding === null ? null : compareFunding(input.funding, fills, positions, new Set(tapes.keys()));
  const group = (isIn: (symbol: string) => boolean): Summary =>
    summarise(
      compared.filter(({ symbol }) => isIn(symbol)),
      funding?.payments.filter(({ symbol }) => isIn(symbol)) ?? null,
    );
  const traded = [...tapes.values()].filter((tape) =>
    [...live.orders.values()].some(({ first }) => first.symbol === tape.symbol),
  );
  const assets = [...new Set(traded.map(({ quoteAsset }) => quoteAsset))];
  const symbols = traded.map(({ symbol, quoteAsset, trades, from, to, gaps, mark, tickSize }) => ({
    ...{ symbol, asset: quoteAsset, tape: { trades, from, to, gaps, mark, tickSize } },
    summary: group((one) => one === symbol),
  }));
  const totals = assets.map((asset) => ({ asset, summary: group((one) => tapes.get(one)?.quoteAsset === asset) }));
  const pictures = traded.map(({ symbol, prices }) => {
    const own = {
      live: fills.live.filter((fill) => fill.symbol === symbol),
      paper: fills.paper.filter((fill) => fill.symbol === symbol),
    };
    const moments = [...own.live, ...own.paper].map(({ time }) => time);
    const shown = thinned(aroundSession(prices, live, moments), PICTURE_PRICES, moments);
    const payments = funding?.payments.filter((payment) => payment.symbol === symbol) ?? [];
    return { symbol, prices: shown, profit: profitCurve(shown, own, payments), fills: own };
  });
  const isWhole = notCompared.length === 0 && live.strays.length === 0 && (funding?.notCompared.length ?? 0) === 0;
  const differs =
    compared.some(({ differences }) => differences.length > 0) ||
    (funding?.payments.some((payment) => !payment.live.eq(payment.paper)) ?? false);
  return {
    report: {
      same: isWhole && !differs,
      ...{ symbols, totals, orders: compared, funding, notCompared },
      notes: [...input.notes, ...start.notes, ...paper.notes, ...notesOf(live, throughGaps, compared)],
    },
    pictures,
  };
}

/** A tape may be much longer than the session: so much before and after it is shown. */
const MARGIN_MS = 60_000;
const MARGIN_SHARE = 0.05;

function aroundSession(prices: readonly TapePrice[], live: LiveSession, fills: readonly number[]): TapePrice[] {
  const created = [...live.orders.values()].map(({ first }) => first.createdAt);
  const from = created.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const to = fills.reduce((most, time) => Math.max(most, time), live.to);
  const margin = Math.max(MARGIN_MS, (to - from) * MARGIN_SHARE);
  return prices.filter(({ time }) => time >= from - margin && time <= to + margin);
}

function notesOf({ strays, gaps }: LiveSession, throughGaps: number, orders: readonly OrderComparison[]): string[] {
  const lostMs = gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const feeUnknown = orders.filter(({ live }) => live.fee === null).length;
  const notes: readonly (readonly [number, string, string])[] = [
    [strays.length, 'fill', 'of orders that the recording does not have: left out'],
    [
      gaps.length,
      'gap',
      `in the recording, ${lostMs} ms in all: what happened then is known from what orders said later`,
    ],
    [throughGaps, 'order', 'lived through times of which trades are missing: paper may lack fills'],
    [feeUnknown, 'order', 'without a fee in the quote asset: left out of the fees of both'],
  ];
  return notes.flatMap(([count, thing, note]) =>
    count > 0 ? [`${count} ${thing}${count === 1 ? '' : 's'} ${note}`] : [],
  );
}
