import { InvalidInputError } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import { FileMarket, type PlayedMarket, SyntheticMarket } from '@prate/simulated-market';
import { openTable, readKlines } from '@prate/simulated-market/files';

const DEFAULT_SYMBOLS: readonly string[] = ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'];

/** What a market can be asked to be. */
export interface MarketWishes {
  readonly symbols?: readonly string[] | undefined;
  readonly tradesPerSecond?: number | undefined;
}

/** A market that a sandbox can stand on. */
export interface OpenMarket {
  readonly market: PlayedMarket;
  readonly clock: ManualClock;
  /** One line: what it is. */
  readonly description: string;
  /** Of a file of klines; null where trades are told. */
  readonly candles: string | null;
  /**
   * Where it stands when the sandbox opens at a time of the machine; what has happened before is played at once. A made-up
   * market has the machine's time, a file its own. Epoch ms, whole.
   */
  opensAt(machineMs: number): number;
  /** Told before the market is played far ahead, and after. */
  hurry(hurries: boolean): void;
}

const MINUTE_MS = 60_000;
/** An hour has happened when a market opens; of a busy one less, so that it opens in seconds. */
const PAST_MINUTES = 60;
const MOST_PAST_TRADES = 500_000;

function pastMs(tradesPerSecond: number): number {
  const minutes = Math.floor(MOST_PAST_TRADES / (60 * tradesPerSecond));
  return Math.min(Math.max(minutes, 1), PAST_MINUTES) * MINUTE_MS;
}

/**
 * `synthetic:SEED`, or a file of trades or klines of one symbol.
 * @throws InvalidInputError for what is neither or a wish that it cannot grant, BadFileError for a file that cannot be used
 */
export async function openMarket(source: string, asked: MarketWishes, nowMs: number): Promise<OpenMarket> {
  const synthetic = /^synthetic(?::(.*))?$/.exec(source);
  if (synthetic !== null) return openSynthetic(synthetic[1] ?? '1', asked, nowMs);
  if (asked.tradesPerSecond === undefined) return openFile(source, asked.symbols);
  throw new InvalidInputError('a file has its own trades: --trades-per-second is for synthetic markets');
}

function openSynthetic(seed: string, asked: MarketWishes, nowMs: number): OpenMarket {
  if (!/^\d{1,10}$/.test(seed) || Number(seed) >= 2 ** 32) {
    throw new InvalidInputError(`the seed of a synthetic market is a whole number below 4294967296, not '${seed}'`);
  }
  const clock = new ManualClock();
  const { symbols = DEFAULT_SYMBOLS, tradesPerSecond } = asked;
  const start = Math.floor(nowMs / 1000) * 1000 - pastMs(tradesPerSecond ?? 0);
  const market = new SyntheticMarket({ seed: Number(seed), symbols, tradesPerSecond, clock, start });
  const hurry = (hurries: boolean): void => {
    market.hurries = hurries;
  };
  return {
    market,
    clock,
    description: `synthetic, made up from seed ${seed}`,
    candles: null,
    opensAt: Math.floor,
    hurry,
  };
}

/** It begins with the file's first event, at the file's own time. */
async function openFile(path: string, symbols: readonly string[] | undefined): Promise<OpenMarket> {
  const [symbol, ...others] = symbols ?? [];
  if (symbol === undefined || others.length > 0) {
    throw new InvalidInputError('a file holds one symbol: say which, such as --symbols BTC_USDT');
  }
  const table = await openTable(path);
  await table.close();
  const candles = table.kind === 'klines' ? await intervalOf(path) : null;
  const clock = new ManualClock();
  const market = await FileMarket.open({ files: [{ symbol, source: path }], clock });
  const first = (await market.nextTime()) ?? 0;
  clock.advanceTo(first - 1);
  const what = candles === null ? 'trades' : `${candles} klines`;
  return { market, clock, description: `${what} of ${path}`, candles, opensAt: () => first, hurry: () => {} };
}

async function intervalOf(path: string): Promise<string | null> {
  for await (const { interval } of readKlines(path)) return interval.text;
  return null;
}
