import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandFailedError } from '../command-failed-error.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parityPage } from '../parity/parity-page.ts';
import { parityText, verdict } from '../parity/parity-text.ts';
import { type ReadOrders, readFills, readFunding, readOrders } from '../parity/read-recording.ts';
import { runParity } from '../parity/run-parity.ts';
import { userPath } from '../paths.ts';
import { startProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export interface ParityOptions {
  readonly orders: string;
  /** FILE, or SYMBOL=FILE. */
  readonly trades: readonly string[];
  readonly symbol?: string;
  readonly fills?: string;
  readonly funding?: string;
  readonly balance?: string;
  readonly makerFee?: string;
  readonly takerFee?: string;
  /** Milliseconds. */
  readonly latency?: number;
  readonly contractSize?: string;
  readonly idGaps: boolean;
  readonly out?: string;
  readonly json?: true;
}

/** Replays a recorded session on paper and tells what differs; 3 where not everything could be compared. */
export async function parity(io: Io, options: ParityOptions): Promise<ExitCode> {
  const path = (file: string): string => userPath(io.cwd, file);
  const fills = options.fills === undefined ? null : await readFills(path(options.fills));
  const read = await readOrders(path(options.orders), fills);
  const funding = options.funding === undefined ? null : await readFunding(path(options.funding));
  const { contractSize, idGaps, balance, makerFee, takerFee, latency: latencyMs } = options;
  const files = tapesOf(options, read).map(({ symbol, file }) => ({
    ...{ symbol, source: path(file), kind: 'trades' as const, contractSize, idGaps },
  }));
  const { recording } = read;
  const progress = startProgress(io, 'reading');
  const result = await runParity({
    ...{ recording, funding, files, balance, makerFee, takerFee, latencyMs, signal: io.signal },
    onBytes: (done, total) => total !== null && progress.update(done, total),
  }).finally(() => progress.stop());
  const { report, fees } = result;
  const names = options.trades.map((each) => basename(each)).join(', ');
  const title = `Parity of ${basename(options.orders)} (${counted(report.orders.length + report.notCompared.length, 'order')}) with paper on ${names}`;
  if (options.out !== undefined) await write(path(options.out), parityPage(result, title));
  if (options.json) {
    const document = { source: read.kind, verdict: verdict(report), fees, balance: result.balance, ...report };
    await io.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    await io.write(parityText(result, title, io.colors));
    if (options.out !== undefined) await io.write(`picture: ${options.out}\n`);
  }
  const isWhole = report.notCompared.length === 0 && (report.funding?.notCompared.length ?? 0) === 0;
  return isWhole ? ExitCode.OK : ExitCode.PARTIAL;
}

/** Which file is of which symbol. @throws UsageError */
function tapesOf({ trades, symbol }: ParityOptions, { recording }: ReadOrders): { symbol: string; file: string }[] {
  const tapes = trades.map((text) => {
    const named = /^([A-Za-z0-9_-]+)=(.+)$/s.exec(text);
    return named === null
      ? { symbol: symbol ?? onlySymbol(recording), file: text }
      : { symbol: named[1] as string, file: named[2] as string };
  });
  const symbols = tapes.map((tape) => tape.symbol);
  if (new Set(symbols).size === symbols.length) return tapes;
  throw new UsageError(
    'two files are of one symbol: --trades BTC_USDT=btc.csv --trades ETH_USDT=eth.csv would be right',
  );
}

function onlySymbol({ events }: ReadOrders['recording']): string {
  const symbols = new Set(events.flatMap(({ event }) => (event.kind === 'order' ? [event.order.symbol] : [])));
  const [symbol, ...others] = symbols;
  if (symbol !== undefined && others.length === 0) return symbol;
  if (symbol === undefined) throw new CommandFailedError('the recording has no orders: there is nothing to compare');
  throw new UsageError(
    `the recording has orders in ${[...symbols].join(', ')}: say of which the trades are, with --symbol, or --trades ${symbol}=FILE for each`,
  );
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CommandFailedError(`${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
