#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { InvalidInputError, PrateError } from '@prate/domain';
import { Command, CommanderError } from 'commander';
import { addSandboxFlags, optionsOf, SANDBOX_HELP, type SandboxFlags } from './flags.ts';
import { runSandbox } from './run-sandbox.ts';

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end.abort());
// whoever started it is gone: nobody will use it, or end it
process.stdout.on('error', () => end.abort());

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const print = (line: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(line, () => resolve());
  });

const program = addSandboxFlags(new Command('prate-sandbox'))
  .description('A testnet for MEXC futures: its REST and WebSocket protocol over a simulated market and exchange.')
  .version(version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'prate-sandbox: ')) })
  .addHelpText('after', SANDBOX_HELP.replaceAll('prate sandbox', 'prate-sandbox'))
  .action((flags: SandboxFlags) => runSandbox(optionsOf(flags), end.signal, print));

let code = 0;
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(
      `prate-sandbox: ${PrateError.is(error) ? error.message : String((error as Error).stack ?? error)}\n`,
    );
    code = error instanceof InvalidInputError ? 2 : 1;
  }
}
process.exit(code);
