import { toInterval } from '@prate/domain';
import { Command, Option } from 'commander';
import { addSandboxFlags, SANDBOX_HELP, type SandboxFlags } from 'prate-sandbox';
import {
  BACKFILL_HELP,
  EXPORT_HELP,
  FIDELITY_HELP,
  IMPORT_HELP,
  LIVE_HELP,
  QUERY_HELP,
  REPAIR_HELP,
  REPLAY_HELP,
  STATUS_HELP,
  UP_HELP,
  VERIFY_HELP,
} from './candles-help.ts';
import { type BackfillCommandOptions, backfillCandles } from './commands/candles-backfill.ts';
import { type FidelityOptions, showFidelity } from './commands/candles-fidelity.ts';
import { type ImportOptions, importCandles } from './commands/candles-import.ts';
import { type LiveOptions, liveCandles } from './commands/candles-live.ts';
import { type ExportOptions, exportCandles, type QueryOptions, queryCandles } from './commands/candles-query.ts';
import { type RepairOptions, repairStore } from './commands/candles-repair.ts';
import { type StatusOptions, showStatus } from './commands/candles-status.ts';
import { type VerifyOptions, verifyStore } from './commands/candles-verify.ts';
import { type ReplayOptions, replay } from './commands/replay.ts';
import { sandbox } from './commands/sandbox.ts';
import { up } from './commands/up.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import {
  balanceOption,
  contractSizeOption,
  dbOption,
  durationOption,
  intervalOption,
  jsonOption,
  modelOption,
  parseCount,
  parseHistory,
  parseIntervals,
  parsePort,
  parseSpeed,
  parseSymbols,
  reportOption,
  seedOption,
  strategyOption,
  symbolOption,
  timeOption,
  usage,
  venueOption,
} from './options.ts';
import { addPaperCommands } from './paper-program.ts';
import { addParityCommand } from './parity-program.ts';
import type { UpOptions } from './session/up-parts.ts';
import { addTradingCommands } from './trading-program.ts';
import { PAPER_BALANCE } from './venue-options.ts';

/** Every command of `prate`, its flags and its help. `finish` is told the exit code of the command that ran. */
export function buildProgram(io: Io, version: string, finish: (code: ExitCode) => void): Command {
  const program = new Command('prate')
    .description('Candles at any timeframe from one second up, and trading on paper, from the command line.')
    .version(version)
    .showHelpAfterError('(add --help for the flags and examples)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.write(text).catch(() => {}), // what cannot be written is told at the end
      writeErr: (text) => io.warn(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'prate: ')),
    });

  const run =
    <A extends unknown[]>(command: (...args: A) => Promise<ExitCode>) =>
    async (...args: A): Promise<void> =>
      finish(await command(...args));

  program
    .command('up')
    .description('run a session: a market in, candles stored, a strategy trading on paper')
    .addOption(
      new Option(
        '--source <source>',
        'auto: MEXC, or a sandbox where MEXC cannot be reached; mexc; sandbox; synthetic:SEED; or a file of trades or klines: CSV, NDJSON (.gz too) or Parquet',
      ).default('auto'),
    )
    .addOption(
      new Option(
        '--symbols <list>',
        'separated by commas, or all (default: BTC_USDT,ETH_USDT,SOL_USDT; a file holds one)',
      ).argParser(usage(parseSymbols)),
    )
    .addOption(strategyOption())
    .addOption(
      intervalOption('--interval <interval>', "of the strategy's candles (default: 5s; of a file of klines its own)"),
    )
    .addOption(balanceOption().default(undefined, `what a new paper account begins with: ${PAPER_BALANCE}`))
    .addOption(
      new Option('--history <duration>', 'of a live market: so much of the past is fetched as minutes, or none')
        .argParser(usage(parseHistory))
        .default(86_400_000, '1d'),
    )
    .addOption(
      new Option('--at-end <what>', 'what becomes of orders and positions when the session ends')
        .choices(['keep-orders', 'cancel-orders', 'close-positions'])
        .default('cancel-orders'),
    )
    .addOption(
      new Option('--port <n>', 'of the page (default: 4747, or a free one; of a file: no page)').argParser(
        usage(parsePort),
      ),
    )
    .addOption(new Option('--no-page', 'serve no page'))
    .addOption(
      new Option(
        '--speed <n>',
        'market time per real time (default: a synthetic market 1, a file as fast as it goes)',
      ).argParser(usage(parseSpeed)),
    )
    .addOption(durationOption('--for <duration>', 'end after so long, such as 15s'))
    .addOption(venueOption('what a file is stored under (default: file- and its name)'))
    .addOption(contractSizeOption())
    .addOption(new Option('--allow-interpolated', 'also play klines that were not watched whole'))
    .addOption(new Option('--no-id-gaps', 'trade ids of the file mean nothing: a jump is no gap'))
    .addOption(
      reportOption('the report to write at the end, .json beside it (default: one in reports/ beside the database)'),
    )
    .addOption(new Option('--no-report', 'write no report'))
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', UP_HELP)
    .action(run((options: UpOptions) => up(io, options)));

  program
    .command('replay')
    .description('play stored candles to a strategy on paper, and report')
    .addOption(strategyOption())
    .addOption(symbolOption())
    .addOption(venueOption('the venue that the candles belong to (default: the one that has the symbol)'))
    .addOption(intervalOption('--interval <interval>', "of the strategy's candles").default(toInterval('1m'), '1m'))
    .addOption(timeOption('--from <time>', 'first open; ISO 8601 (UTC) or epoch ms (default: the first stored)'))
    .addOption(timeOption('--to <time>', 'before this open (default: to the last stored)'))
    .addOption(new Option('--allow-interpolated', 'also play candles that were not watched whole, or are made up'))
    .addOption(balanceOption())
    .addOption(reportOption('the page to write, .json beside it (default: one in reports/ beside the database)'))
    .addOption(new Option('--no-report', 'write no page'))
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', REPLAY_HELP)
    .action(run((options: ReplayOptions) => replay(io, options)));

  const candles = program.command('candles').description('store, query and check candles');
  candles
    .command('import')
    .description('read a file of klines or trades into the database: all of it, or (on an error) nothing')
    .argument('<file>', "CSV, NDJSON (.gz too) or Parquet; '-' for standard input")
    .addOption(symbolOption())
    .addOption(venueOption('the venue that the candles belong to (default: default)'))
    .addOption(
      new Option('--kind <kind>', 'what the file holds (default: by its header)').choices(['klines', 'trades']),
    )
    .addOption(
      new Option('--format <format>', 'of the file (default: by its ending, or csv)').choices([
        'csv',
        'ndjson',
        'parquet',
      ]),
    )
    .addOption(intervalOption('--interval <interval>', 'of klines, such as 1m (default: by the times)'))
    .addOption(contractSizeOption())
    .addOption(new Option('--skip-invalid', 'leave bad rows out, count them, and exit with 3'))
    .addOption(new Option('--no-id-gaps', 'of trades: their ids mean nothing, a jump is no gap'))
    .addOption(
      new Option('--missing <what>', 'what a missing row of klines means (default: unobserved)').choices([
        'unobserved',
        'quiet',
      ]),
    )
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', IMPORT_HELP)
    .action(run((file: string, options: ImportOptions) => importCandles(io, file, options)));

  candles
    .command('backfill')
    .description('fetch what the database lacks from the history of a market (exit 3 while gaps remain)')
    .addOption(
      new Option('--symbol <list>', 'such as BTC_USDT; several separated by commas')
        .argParser(usage(parseSymbols))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--interval <list>', 'of the candles to fetch, such as 1m; 1s is made of trades')
        .argParser(usage(parseIntervals))
        .makeOptionMandatory(),
    )
    .addOption(timeOption('--from <time>', 'first open; ISO 8601 (UTC) or epoch ms').makeOptionMandatory())
    .addOption(timeOption('--to <time>', 'before this open (default: now)'))
    .addOption(
      new Option(
        '--source <source>',
        'mexc, synthetic:SEED, or a CSV file of trades or klines, .gz too (default: mexc with --venue mexc, else synthetic:1)',
      ),
    )
    .addOption(venueOption('the venue to store the candles under (default: mexc, synthetic-SEED, or file-NAME)'))
    .addOption(
      new Option('--missing <what>', 'what it means that an answer lacks a candle')
        .choices(['unobserved', 'quiet'])
        .default('unobserved'),
    )
    .addOption(new Option('--parallel <n>', 'symbols fetched at a time').argParser(usage(parseCount)).default(4))
    .addOption(
      new Option('--requests-per-second <n>', 'at most, all symbols together (default: no limit)').argParser(
        usage(parseCount),
      ),
    )
    .addOption(contractSizeOption())
    .addOption(new Option('--no-id-gaps', 'trade ids mean nothing: a jump is no gap'))
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', BACKFILL_HELP)
    .action(run((options: BackfillCommandOptions) => backfillCandles(io, options)));

  candles
    .command('live')
    .description('store the candles of a market as they happen, and print them, until Ctrl-C')
    .addOption(
      new Option('--symbol <list>', 'such as BTC_USDT; several separated by commas')
        .argParser(usage(parseSymbols))
        .makeOptionMandatory(),
    )
    .addOption(
      intervalOption('--interval <interval>', 'of the candles that are printed; seconds are stored').default(
        toInterval('5s'),
        '5s',
      ),
    )
    .addOption(
      new Option('--source <source>', 'mexc, or synthetic:SEED (default: mexc with --venue mexc, else synthetic:1)'),
    )
    .addOption(venueOption('mexc, in place of --source mexc'))
    .addOption(durationOption('--for <duration>', 'end after so long, such as 15s'))
    .addOption(dbOption())
    .addOption(new Option('--json', 'print a JSON document a line for each candle'))
    .addHelpText('after', LIVE_HELP)
    .action(run((options: LiveOptions) => liveCandles(io, options)));

  const queryFlags = (command: Command): Command =>
    command
      .addOption(symbolOption())
      .addOption(venueOption('the venue that the candles belong to (default: the one that has the symbol)'))
      .addOption(
        intervalOption('--interval <interval>', 'n seconds, or 5s, 1m, 90s, 4h, 1d, 1w, 1M').makeOptionMandatory(),
      )
      .addOption(timeOption('--from <time>', 'first open; ISO 8601 (UTC) or epoch ms (default: the first stored)'))
      .addOption(timeOption('--to <time>', 'before this open (default: to the last stored)'))
      .addOption(durationOption('--last <duration>', 'instead of --from: so much up to the end, such as 1d'))
      .addOption(
        new Option('--fill <how>', 'what a watched bucket without a trade gives')
          .choices(['none', 'flat'])
          .default('none'),
      )
      .addOption(new Option('--observed-only', 'leave out what holds made-up seconds'))
      .addOption(modelOption('how seconds are made from coarser candles').default('linear'))
      .addOption(seedOption())
      .addOption(dbOption())
      .addOption(jsonOption());

  queryFlags(candles.command('query').description('print candles at any interval'))
    .addOption(
      new Option('--format <format>', 'how to print (default: table)').choices(['table', 'json', 'ndjson', 'csv']),
    )
    .addHelpText('after', QUERY_HELP)
    .action(run((options: QueryOptions) => queryCandles(io, options)));

  queryFlags(candles.command('export').description('write candles at any interval to a file'))
    .addOption(
      new Option(
        '--output <file>',
        "the file, which is packed where it ends in .gz; '-' for standard output",
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option('--format <format>', 'of the file (default: by its ending, or csv)').choices([
        'csv',
        'ndjson',
        'json',
        'parquet',
      ]),
    )
    .addHelpText('after', EXPORT_HELP)
    .action(run((options: ExportOptions) => exportCandles(io, options)));

  candles
    .command('status')
    .description('what is stored: series, times, rows, gaps')
    .addOption(new Option('--symbol <symbol>', 'this symbol only'))
    .addOption(new Option('--venue <venue>', 'this venue only'))
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', STATUS_HELP)
    .action(run((options: StatusOptions) => showStatus(io, options)));

  candles
    .command('verify')
    .description('read everything and report all damage (exit 3 where there is some)')
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', VERIFY_HELP)
    .action(run((options: VerifyOptions) => verifyStore(io, options)));

  candles
    .command('repair')
    .description('drop what is damaged, after a copy of the file, so that the rest can be used again')
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', REPAIR_HELP)
    .action(run((options: RepairOptions) => repairStore(io, options)));

  candles
    .command('fidelity')
    .description('compare the seconds that the models make with recorded ones')
    .addOption(symbolOption())
    .addOption(venueOption('the venue that the candles belong to (default: the one that has the symbol)'))
    .addOption(
      intervalOption('--interval <interval>', 'the candles to make seconds from').default(toInterval('1m'), '1m'),
    )
    .addOption(timeOption('--from <time>', 'candles that open from here on; ISO 8601 (UTC) or epoch ms'))
    .addOption(timeOption('--to <time>', 'candles that end by then'))
    .addOption(modelOption('this model only'))
    .addOption(seedOption())
    .addOption(dbOption())
    .addOption(jsonOption())
    .addHelpText('after', FIDELITY_HELP)
    .action(run((options: FidelityOptions) => showFidelity(io, options)));

  addTradingCommands(program, io, run);
  addPaperCommands(program, io, run);
  addParityCommand(program, io, run);

  addSandboxFlags(program.command('sandbox'))
    .description('run a testnet for MEXC futures: its REST and WebSocket protocol over a simulated market and exchange')
    .addHelpText('after', SANDBOX_HELP)
    .action(run((flags: SandboxFlags) => sandbox(io, flags)));

  return program;
}
