import { PositionSide, Side } from '@prate/domain';
import { type Command, Option } from 'commander';
import {
  type CancelTriggerOptions,
  type CreateTriggerOptions,
  cancelTrigger,
  createTrigger,
  DIRECTIONS,
  listTriggers,
  PRICE_SOURCES,
  TRIGGER_KINDS,
} from './commands/triggers.ts';
import type { Io } from './io.ts';
import { anySymbolOption, idOption, symbolOption } from './options.ts';
import { amountOption, CHANGE_HELP, type Run, type VenueFlags, wordOption } from './venue-options.ts';

interface TriggerProgramParts {
  readonly io: Io;
  readonly run: Run;
  /** Adds the options of a command that asks a venue, and of one that changes something there. */
  readonly withVenue: (command: Command) => Command;
  readonly withChange: (command: Command) => Command;
}

/** `prate orders triggers`. */
export function addTriggerCommands(orders: Command, { io, run, withVenue, withChange }: TriggerProgramParts): void {
  const triggers = orders
    .command('triggers')
    .description('orders that wait for a price: plans, stops, take-profits and trailing orders');

  withChange(
    triggers
      .command('create')
      .description('place one trigger order (exit 0 accepted, 1 rejected, 3 not known: list them)')
      .addOption(symbolOption())
      .addOption(
        wordOption(
          '--kind <kind>',
          'of the trigger',
          Object.keys(TRIGGER_KINDS) as CreateTriggerOptions['kind'][],
        ).makeOptionMandatory(),
      )
      .addOption(wordOption('--side <side>', 'of the order that it sends', Object.values(Side)).makeOptionMandatory())
      .addOption(amountOption('--quantity <amount>', 'how much, in the base asset').makeOptionMandatory())
      .addOption(amountOption('--trigger-price <price>', 'at which it fires; of all but trailing'))
      .addOption(wordOption('--direction <how>', 'of a plan, how the price gets there', DIRECTIONS))
      .addOption(wordOption('--price-source <price>', 'which price fires it (default: last)', PRICE_SOURCES))
      .addOption(amountOption('--price <price>', 'of a plan: it sends a limit order (default: a market order)'))
      .addOption(amountOption('--callback <share>', 'of a trailing order: behind the best price, such as 0.01'))
      .addOption(amountOption('--activation-price <price>', 'of a trailing order, where it begins (default: at once)'))
      .addOption(new Option('--reduce-only', 'only ever makes a position smaller; a stop and a take-profit always do'))
      .addOption(
        wordOption('--position-side <side>', 'in hedge mode, which position it is for', Object.values(PositionSide)),
      ),
  )
    .addHelpText('after', CREATE_HELP)
    .action(run((options: CreateTriggerOptions) => createTrigger(io, options)));

  withChange(
    triggers
      .command('cancel')
      .description('cancel one trigger order (exit 1 where it had ended or is not there, 3 where that is not known)')
      .addOption(symbolOption())
      .addOption(idOption('as orders triggers list shows it').makeOptionMandatory()),
  )
    .addHelpText('after', CANCEL_HELP)
    .action(run((options: CancelTriggerOptions) => cancelTrigger(io, options)));

  withVenue(
    triggers.command('list').description('the trigger orders that wait, oldest first').addOption(anySymbolOption()),
  )
    .addHelpText('after', LIST_HELP)
    .action(run((options: VenueFlags & { symbol?: string }) => listTriggers(io, options)));
}

const CREATE_HELP = `
A plan sends an order when the price rises or falls to its trigger price; a stop ends a position at a loss, a take-profit at a
profit (--side is that of the order: sell ends a long position); a trailing order follows the best price.
MEXC ends a plan after seven days.
${CHANGE_HELP}

Examples:
  prate orders triggers create --venue mexc --dry-run --symbol BTC_USDT --kind stop --side sell --quantity 0.001 --trigger-price 75000 --price-source mark
  prate orders triggers create --venue mexc --yes --symbol BTC_USDT --kind take-profit --side sell --quantity 0.001 --trigger-price 90000
  prate orders triggers create --venue mexc --yes --symbol BTC_USDT --kind plan --side buy --quantity 0.001 --trigger-price 85000 --direction rises-to
  prate orders triggers create --venue mexc --yes --symbol BTC_USDT --kind trailing --side sell --quantity 0.001 --callback 0.01 --reduce-only`;

const CANCEL_HELP = `${CHANGE_HELP}

Examples:
  prate orders triggers cancel --venue mexc --yes --symbol BTC_USDT --id plan-739113577038255616
  prate orders triggers cancel --venue mexc --dry-run --symbol BTC_USDT --id stop-739113577038255617 --json`;

const LIST_HELP = `
Examples:
  prate orders triggers list --venue mexc
  prate orders triggers list --venue mexc --symbol BTC_USDT --json`;
