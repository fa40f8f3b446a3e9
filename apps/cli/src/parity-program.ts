import { decimal, InvalidInputError } from '@prate/domain';
import { type Command, Option } from 'commander';
import { type WatchOptions, watchOrders } from './commands/orders-watch.ts';
import { type ParityOptions, parity } from './commands/parity.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { balanceOption, contractSizeOption, durationOption, jsonOption, symbolOption, usage } from './options.ts';
import { venueOptions } from './venue-options.ts';

type Run = <A extends unknown[]>(command: (...args: A) => Promise<ExitCode>) => (...args: A) => Promise<void>;

const collected = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

const rateOption = (flags: string, what: string): Option =>
  new Option(flags, what).argParser(
    usage((text) => {
      const rate = decimal(text, 'fee');
      if (rate.abs().lt(1)) return rate.toString();
      throw new InvalidInputError(`fee must be a share of the traded value between -1 and 1, e.g. 0.0006, not ${text}`);
    }),
  );

export function addParityCommand(program: Command, io: Io, run: Run): void {
  program
    .command('parity')
    .description(
      'replay the recorded orders of a session on paper, and show what differs (exit 3 where not all of it could be compared)',
    )
    .addOption(
      new Option('--orders <file>', 'of orders watch --json, or of orders history --json').makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--trades <file>',
        'the trades of the market, CSV, NDJSON (.gz too) or Parquet; SYMBOL=FILE for each of several',
      )
        .argParser(collected)
        .makeOptionMandatory(),
    )
    .addOption(optional(symbolOption(), 'of the trades (default: the one that was ordered)'))
    .addOption(new Option('--fills <file>', 'own fills of a history, of orders fills --json'))
    .addOption(new Option('--funding <file>', 'funding payments, of orders funding --json'))
    .addOption(balanceOption().default(undefined, 'what the account had, or 10000'))
    .addOption(
      rateOption('--maker-fee <rate>', 'share of the value that resting orders pay on paper (default: what was paid)'),
    )
    .addOption(rateOption('--taker-fee <rate>', 'the same for orders that take'))
    .addOption(
      durationOption(
        '--latency <duration>',
        'how much later every order reaches paper, such as 50ms (default: not at all)',
      ),
    )
    .addOption(contractSizeOption())
    .addOption(new Option('--no-id-gaps', 'trade ids mean nothing: a jump is no gap'))
    .addOption(
      new Option('--out <file>', 'also write a page with pictures, which needs no network, such as parity.html'),
    )
    .addOption(jsonOption())
    .addHelpText('after', PARITY_HELP)
    .action(run((options: ParityOptions) => parity(io, options)));
}

/** @param orders the command that it belongs to */
export function addWatchCommand(orders: Command, io: Io, run: Run): void {
  const watch = orders
    .command('watch')
    .description('what happens to the account as it happens: orders, fills, positions, balances; until Ctrl-C');
  for (const option of venueOptions()) watch.addOption(option);
  watch
    .addOption(durationOption('--for <duration>', 'end after so long, such as 1h'))
    .addOption(new Option('--json', 'print a JSON document a line for each: what prate parity reads'))
    .addHelpText('after', WATCH_HELP)
    .action(run((options: WatchOptions) => watchOrders(io, options)));
}

function optional(option: Option, description: string): Option {
  option.description = description;
  return option.makeOptionMandatory(false);
}

const PARITY_HELP = `
Each order comes on paper at the moment at which it came live, is changed and cancelled as it was, and meets the recorded
trades; nothing is sent anywhere. Fees on paper are those that the recorded fills paid, unless flags say others. docs/parity.md
says what is compared, and what cannot be.

Examples:
  prate parity --orders session.ndjson --trades btc.csv.gz
  prate parity --orders session.ndjson --trades btc.csv.gz --contract-size 0.0001 --latency 50ms --out parity.html
  prate parity --orders session.ndjson --trades BTC_USDT=btc.csv.gz --trades ETH_USDT=eth.csv.gz --funding funding.json --json
  prate parity --orders history.json --fills fills.json --trades btc.csv.gz --symbol BTC_USDT --balance 5000`;

const WATCH_HELP = `
First how the account stands, then each event. With --json a line each, which prate parity reads; it ends with 0 when it is
stopped. It only looks, and sends no order. On paper the made-up market goes on while it watches, and what other commands do to
the account is told as it happens.

Examples:
  prate orders watch
  prate orders watch --venue mexc
  prate orders watch --venue mexc --json --for 1h`;
