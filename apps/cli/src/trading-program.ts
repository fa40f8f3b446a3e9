import { MarginMode, OrderType, PositionSide, Side } from '@prate/domain';
import { type Command, Option } from 'commander';
import { type LeverageOptions, showBalance, showLeverage, showPositions } from './commands/account.ts';
import { doctor } from './commands/doctor.ts';
import { showFills, showFunding } from './commands/fills.ts';
import { showInstruments } from './commands/instruments.ts';
import {
  type CancelAllOptions,
  cancelAllOrders,
  cancelOrder,
  createOrder,
  getOrder,
  listOrders,
  orderHistory,
} from './commands/orders.ts';
import type { Io } from './io.ts';
import {
  anySymbolOption,
  idOption,
  jsonOption,
  parseCount,
  parseWord,
  symbolOption,
  timeOption,
  usage,
} from './options.ts';
import { PAPER_HELP } from './paper-program.ts';
import { addWatchCommand } from './parity-program.ts';
import { addTriggerCommands } from './triggers-program.ts';
import {
  amountOption,
  CHANGE_HELP,
  type CreateOptions,
  changeOptions,
  clientOrderIdOption,
  type HistoryOptions,
  parseLeverage,
  type RefOptions,
  type Run,
  type VenueFlags,
  venueOptions,
  wordOption,
} from './venue-options.ts';

const marginOption = (): Option => wordOption('--margin <mode>', 'margin mode', Object.values(MarginMode));

/** The commands that speak to an account at a venue. */
export function addTradingCommands(program: Command, io: Io, run: Run): void {
  const withVenue = (command: Command): Command => {
    for (const option of venueOptions()) command.addOption(option);
    return command.addOption(jsonOption());
  };
  const withChange = (command: Command): Command => {
    for (const option of changeOptions()) command.addOption(option);
    return withVenue(command);
  };

  const orders = program.command('orders').description('place, cancel and look up orders, at MEXC futures or on paper');
  withChange(
    orders
      .command('create')
      .description('place one order (exit 0 accepted, 1 rejected, 3 not known: look it up)')
      .addOption(symbolOption())
      .addOption(wordOption('--side <side>', 'of the order', Object.values(Side)).makeOptionMandatory())
      .addOption(wordOption('--type <type>', 'of the order', Object.values(OrderType)).makeOptionMandatory())
      .addOption(amountOption('--quantity <amount>', 'how much, in the base asset'))
      .addOption(amountOption('--quote-quantity <amount>', 'instead: what it costs, in the quote asset'))
      .addOption(amountOption('--price <price>', 'of every type but market'))
      .addOption(new Option('--leverage <n>', "default: the account's").argParser(usage(parseLeverage)))
      .addOption(marginOption())
      .addOption(
        wordOption('--position-side <side>', 'in hedge mode, which position it is for', Object.values(PositionSide)),
      )
      .addOption(new Option('--reduce-only', 'only ever makes a position smaller'))
      .addOption(amountOption('--stop-loss <price>', 'ends the position at a loss when the price gets there'))
      .addOption(amountOption('--take-profit <price>', 'ends it at a profit'))
      .addOption(clientOrderIdOption('your own name for it, 1 to 32 of 0-9 A-Z a-z _ - (default: made)')),
  )
    .addHelpText('after', CREATE_HELP)
    .action(run((options: CreateOptions) => createOrder(io, options)));

  withChange(
    orders
      .command('cancel')
      .description('cancel one order (exit 1 where it had ended or is not there, 3 where that is not known)')
      .addOption(symbolOption())
      .addOption(idOption())
      .addOption(clientOrderIdOption('your own name for it, instead of --id')),
  )
    .addHelpText('after', CANCEL_HELP)
    .action(run((options: RefOptions) => cancelOrder(io, options)));

  withChange(
    orders
      .command('cancel-all')
      .description('cancel every open order (exit 3 where it is not known of each that it is gone)')
      .addOption(anySymbolOption())
      .addOption(new Option('--triggers', 'trigger, stop-loss and take-profit orders too')),
  )
    .addHelpText('after', CANCEL_ALL_HELP)
    .action(run((options: CancelAllOptions) => cancelAllOrders(io, options)));

  withVenue(orders.command('list').description('the orders that are open, oldest first').addOption(anySymbolOption()))
    .addHelpText('after', LIST_HELP)
    .action(run((options: VenueFlags & { symbol?: string }) => listOrders(io, options)));

  withVenue(
    orders
      .command('get')
      .description('one order as the venue knows it (exit 1 where it knows none)')
      .addOption(symbolOption())
      .addOption(idOption())
      .addOption(clientOrderIdOption('your own name for it, instead of --id')),
  )
    .addHelpText('after', GET_HELP)
    .action(run((options: RefOptions) => getOrder(io, options)));

  const withHistory = (command: Command): Command =>
    withVenue(
      command
        .addOption(anySymbolOption())
        .addOption(timeOption('--from <time>', 'from here on; ISO 8601 (UTC) or epoch ms'))
        .addOption(timeOption('--to <time>', 'before this'))
        .addOption(new Option('--limit <n>', 'at most so many').argParser(usage(parseCount)).default(100)),
    );
  withHistory(orders.command('history').description('orders that have ended, newest first, by the time they were made'))
    .addHelpText('after', historyHelp('history'))
    .action(run((options: HistoryOptions) => orderHistory(io, options)));
  withHistory(orders.command('fills').description('what your orders traded, with fees and profit, newest first'))
    .addHelpText('after', historyHelp('fills'))
    .action(run((options: HistoryOptions) => showFills(io, options)));
  withHistory(
    orders.command('funding').description('funding of your positions, newest first: received above 0, paid below'),
  )
    .addHelpText('after', historyHelp('funding'))
    .action(run((options: HistoryOptions) => showFunding(io, options)));

  addTriggerCommands(orders, { io, run, withVenue, withChange });

  addWatchCommand(orders, io, run);

  withVenue(program.command('positions').description('open positions').addOption(anySymbolOption()))
    .addHelpText('after', POSITIONS_HELP)
    .action(run((options: VenueFlags & { symbol?: string }) => showPositions(io, options)));

  withVenue(
    program
      .command('balance')
      .description('what the account holds')
      .addOption(new Option('--asset <asset>', 'this asset only, such as USDT').argParser(usage(parseWord))),
  )
    .addHelpText('after', BALANCE_HELP)
    .action(run((options: VenueFlags & { asset?: string }) => showBalance(io, options)));

  withChange(
    program
      .command('leverage')
      .description('show the leverage of a symbol, or set it')
      .addOption(symbolOption())
      .addOption(new Option('--set <n>', 'the new leverage').argParser(usage(parseLeverage)))
      .addOption(marginOption()),
  )
    .addHelpText('after', LEVERAGE_HELP)
    .action(run((options: LeverageOptions) => showLeverage(io, options)));

  withVenue(
    program
      .command('instruments')
      .description('what may be traded, in which steps and at which fees; quantities are in the base asset')
      .addOption(anySymbolOption()),
  )
    .addHelpText('after', INSTRUMENTS_HELP)
    .action(run((options: VenueFlags & { symbol?: string }) => showInstruments(io, options)));

  program
    .command('doctor')
    .description(
      'what stands in the way of trading at MEXC: settings, network, clock, keys (exit 4 where it is the keys)',
    )
    .addOption(jsonOption())
    .addHelpText('after', DOCTOR_HELP)
    .action(run((options: { json?: true }) => doctor(io, options)));
}

const CREATE_HELP = `${CHANGE_HELP}
${PAPER_HELP}

Examples:
  prate orders create --symbol BTC_USDT --side buy --type market --quantity 0.001
  prate orders create --symbol BTC_USDT --side sell --type limit --quantity 0.001 --price 80000 --reduce-only
  prate orders create --venue mexc --dry-run --symbol BTC_USDT --side buy --type limit --quantity 0.001 --price 80000
  prate orders create --venue mexc --yes --symbol BTC_USDT --side sell --type market --quantity 0.001 --reduce-only
  prate orders create --venue mexc --yes --symbol ETH_USDT --side buy --type post-only --quantity 0.1 --price 2500 --leverage 5 --margin isolated --client-order-id entry-1`;

const CANCEL_HELP = `${CHANGE_HELP}

Examples:
  prate orders cancel --symbol BTC_USDT --id 5
  prate orders cancel --venue mexc --yes --symbol BTC_USDT --id 739113577038255616
  prate orders cancel --venue mexc --dry-run --symbol BTC_USDT --client-order-id entry-1 --json`;

const CANCEL_ALL_HELP = `
Trigger, stop-loss and take-profit orders stay, and are counted, unless --triggers is given: a position may hang on them.
${CHANGE_HELP}

Examples:
  prate orders cancel-all --venue mexc --yes --symbol BTC_USDT
  prate orders cancel-all --venue mexc --yes --triggers --json`;

const LIST_HELP = `${PAPER_HELP}

Examples:
  prate orders list
  prate orders list --venue mexc
  prate orders list --venue mexc --symbol BTC_USDT --json`;

const GET_HELP = `
Examples:
  prate orders get --venue mexc --symbol BTC_USDT --id 739113577038255616
  prate orders get --venue mexc --symbol BTC_USDT --client-order-id entry-1 --json`;

const historyHelp = (command: string): string => `${PAPER_HELP}

Examples:
  prate orders ${command}
  prate orders ${command} --venue mexc --symbol BTC_USDT --limit 20
  prate orders ${command} --venue mexc --symbol BTC_USDT --from 2026-11-01 --to 2026-11-08 --json`;

const POSITIONS_HELP = `${PAPER_HELP}

Examples:
  prate positions
  prate positions --venue mexc
  prate positions --venue mexc --symbol BTC_USDT --json`;

const BALANCE_HELP = `${PAPER_HELP}

Examples:
  prate balance
  prate balance --venue mexc
  prate balance --venue mexc --asset USDT --json`;

const LEVERAGE_HELP = `${CHANGE_HELP}
${PAPER_HELP}

Examples:
  prate leverage --symbol BTC_USDT --set 25
  prate leverage --venue mexc --symbol BTC_USDT
  prate leverage --venue mexc --yes --symbol BTC_USDT --set 10 --margin isolated
  prate leverage --venue mexc --dry-run --symbol BTC_USDT --set 10`;

const INSTRUMENTS_HELP = `
Examples:
  prate instruments --venue mexc
  prate instruments --venue mexc --symbol BTC_USDT --json`;

const DOCTOR_HELP = `
It only asks, and never sends an order: whether a key may place orders cannot be told without one. Without keys it looks at
settings, network, clock and market data.

Examples:
  prate doctor
  prate doctor --json`;
