import { Decimal, type DecimalInput } from '@prate/domain';
import type { FundingPayment } from '@prate/execution-port';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import {
  actionsOf,
  compareSessions,
  type FoundFees,
  type FoundRate,
  feesPaid,
  liveSession,
  type ParityReport,
  type Recording,
  replayActions,
  type SessionStart,
  type SymbolPicture,
  startOf,
} from '@prate/parity';
import { ManualClock, seededRandom } from '@prate/runtime';
import { FileMarket, type MarketFile } from '@prate/simulated-market';
import { type InstrumentTerms, RecordedMarket } from './recorded-market.ts';

export interface ParityRun {
  readonly recording: Recording;
  readonly funding: readonly FundingPayment[] | null;
  readonly files: readonly MarketFile[];
  /** Default: what the account had, or DEFAULT_BALANCE. */
  readonly balance?: DecimalInput | undefined;
  /** Default: what the recorded fills paid, or the paper exchange's own. */
  readonly makerFee?: DecimalInput | undefined;
  readonly takerFee?: DecimalInput | undefined;
  readonly latencyMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly onBytes?: ((read: number, total: number | null) => void) | undefined;
}

export interface ParityResult {
  readonly report: ParityReport;
  readonly pictures: readonly SymbolPicture[];
  /** What paper asked, by symbol, and where the rate comes from. */
  readonly fees: readonly UsedFees[];
  readonly balance: Decimal;
}

interface UsedFees {
  readonly symbol: string;
  readonly maker: UsedRate;
  readonly taker: UsedRate;
}

export interface UsedRate {
  readonly rate: Decimal;
  /** `given` by a flag, `found` in the recorded fills, or the `default`. */
  readonly from: 'given' | 'found' | 'default';
  readonly found: FoundRate | null;
}

const DEFAULT_BALANCE = '10000';
const SEED = 1;

/** Replays a recorded session through a paper account on a recorded market, and compares. */
export async function runParity(run: ParityRun): Promise<ParityResult> {
  const { recording, signal, latencyMs } = run;
  const live = liveSession(recording);
  const start = startOf(recording);
  const actions = actionsOf(recording, live);
  const found = (symbol: string): FoundFees => feesPaid(symbol, live.trades);
  const clock = new ManualClock();
  const files = await FileMarket.open({ files: run.files, clock, venue: 'tape', signal, onBytes: run.onBytes });
  const market = await RecordedMarket.open(
    files,
    clock,
    (symbol) => termsOf(symbol, run, live, start, found(symbol)),
    signal,
    live.to,
  );
  const fees = market.instruments.map(({ symbol, makerFee, takerFee }) => {
    const { maker, taker } = found(symbol);
    return { symbol, maker: usedRate(makerFee, run.makerFee, maker), taker: usedRate(takerFee, run.takerFee, taker) };
  });
  const notes: string[] = [];
  const balance = balanceOf(run, start, market, notes);
  // all fills are compared, however many there are
  const rules = { balance, maxHistory: Number.MAX_SAFE_INTEGER };
  const execution = new InMemoryPaperExecution({ market: market.port, clock, random: seededRandom(SEED), ...rules });
  await execution.connect({ signal });
  try {
    const { instruments } = market;
    const paper = await replayActions({ actions, start, execution, tape: market, instruments, latencyMs, signal });
    const tapes = instruments.flatMap(({ symbol, tickSize, quoteAsset }) => {
      const seen = market.watch(symbol)?.seen() ?? null;
      return seen === null ? [] : [[symbol, { ...seen, tickSize, quoteAsset }] as const];
    });
    const compared = compareSessions({ live, paper, start, tapes: new Map(tapes), funding: run.funding, notes });
    return { ...compared, fees, balance };
  } finally {
    await execution.disconnect();
    files.close();
  }
}

function termsOf(
  symbol: string,
  { makerFee, takerFee }: ParityRun,
  { orders }: ReturnType<typeof liveSession>,
  { positions, terms }: SessionStart,
  found: FoundFees,
): InstrumentTerms {
  const own = [...orders.values()]
    .flatMap(({ first, last }) => [first, last])
    .filter((order) => order.symbol === symbol);
  const held = positions.filter((position) => position.symbol === symbol);
  const rate = (given: DecimalInput | undefined, paid: FoundRate | null): Decimal | undefined =>
    given === undefined ? paid?.rate : new Decimal(given);
  const maker = rate(makerFee, found.maker);
  const taker = rate(takerFee, found.taker);
  return {
    ...(maker === undefined ? {} : { makerFee: maker }),
    ...(taker === undefined ? {} : { takerFee: taker }),
    prices: own.flatMap(({ price }) => price ?? []),
    quantities: [...own, ...held].map(({ quantity }) => quantity),
    leverage: terms.get(symbol)?.leverage ?? 1,
  };
}

const usedRate = (rate: Decimal, given: DecimalInput | undefined, found: FoundRate | null): UsedRate => ({
  rate,
  from: given !== undefined ? 'given' : found !== null ? 'found' : 'default',
  found,
});

/** What the account had, and what it costs to give paper the positions that were there. */
function balanceOf(
  run: ParityRun,
  { balance, positions }: SessionStart,
  market: RecordedMarket,
  notes: string[],
): Decimal {
  if (run.balance !== undefined) return new Decimal(run.balance);
  if (balance === null || balance.total.lte(0)) {
    notes.push(
      `the recording tells no balance to begin with: paper begins with ${DEFAULT_BALANCE}; --balance sets another`,
    );
    return new Decimal(DEFAULT_BALANCE);
  }
  return positions
    .reduce((sum, { symbol, entryPrice, quantity }) => {
      const instrument = market.instruments.find((one) => one.symbol === symbol);
      const rate = Decimal.max(instrument?.takerFee ?? 0, 0);
      return instrument === undefined ? sum : sum.plus(entryPrice.mul(quantity).mul(rate));
    }, balance.total)
    .toDecimalPlaces(18, Decimal.ROUND_UP);
}
