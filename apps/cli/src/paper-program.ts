import type { Command } from 'commander';
import { type PaperOptions, paperReset, paperStatus } from './commands/paper.ts';
import type { Io } from './io.ts';
import { jsonOption } from './options.ts';
import { paperBalanceOption, paperFileOption, type Run } from './venue-options.ts';

/** What help says of commands that may speak to a paper account. */
export const PAPER_HELP = `
On paper the account lies in a file, paper.json in the folder of the database, and every command finds it as the last one left it.
Between commands its made-up market goes on: orders fill, funding is paid, positions may be liquidated, and what happened is told
on stderr. The first change makes the account, with --balance; prate paper reset begins anew.`;

/** The commands about the paper account itself. */
export function addPaperCommands(program: Command, io: Io, run: Run): void {
  const paper = program.command('paper').description('the paper account: how it stands, and to begin anew');

  paper
    .command('status')
    .description('where the account lies, how old it is, what it holds (exit 1 where there is none)')
    .addOption(paperFileOption())
    .addOption(jsonOption())
    .addHelpText('after', STATUS_HELP)
    .action(run((options: PaperOptions) => paperStatus(io, options)));

  paper
    .command('reset')
    .description('begin anew: orders, positions and history of the account before are gone')
    .addOption(paperBalanceOption().default(undefined, 'what it begins with: 10000'))
    .addOption(paperFileOption())
    .addOption(jsonOption())
    .addHelpText('after', RESET_HELP)
    .action(run((options: PaperOptions) => paperReset(io, options)));
}

const STATUS_HELP = `${PAPER_HELP}

Examples:
  prate paper status
  prate paper status --paper-file other.json --json`;

const RESET_HELP = `
A file that is no paper account, or a damaged one, is not overwritten but moved aside.

Examples:
  prate paper reset
  prate paper reset --balance 500
  prate paper reset --paper-file other.json --json`;
