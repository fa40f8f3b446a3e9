import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../src/program.ts';
import { catching, runPrate } from './support/desk.ts';

const leavesOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
const pathOf = (command: Command): string =>
  command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();

const commands = leavesOf(buildProgram(catching().io, '0', () => {}));
const paths = commands.map(pathOf);

const helpOf = async (path: string): Promise<string> => {
  const { code, stdout, stderr } = await runPrate([...path.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

/** The command lines of a help text's examples, without what comes before and after in a pipe and without remarks. */
const examplesIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}(?:.* \| )?prate (.*)$/gm)].map(
    ([, line]) => (line as string).split(/ {2,}| \| /)[0] as string,
  );

describe('help', () => {
  it('the commands are there', () => {
    expect(paths).toEqual([
      'up',
      'replay',
      ...['import', 'backfill', 'live', 'query', 'export', 'status', 'verify', 'repair', 'fidelity'].map(
        (name) => `candles ${name}`,
      ),
      ...['create', 'cancel', 'cancel-all', 'list', 'get', 'history', 'fills', 'funding'].map(
        (name) => `orders ${name}`,
      ),
      ...['create', 'cancel', 'list'].map((name) => `orders triggers ${name}`),
      'orders watch',
      ...['positions', 'balance', 'leverage', 'instruments', 'doctor', 'paper status', 'paper reset', 'parity'],
      'sandbox',
    ]);
  });

  it.each(paths)('%s: says what it does, every flag, and gives examples that parse', async (path) => {
    const help = await helpOf(path);
    expect(help).toMatch(/^Usage: prate /);
    // what a sandbox prints is JSON in any case
    for (const flag of path === 'sandbox' ? ['--help'] : ['--json', '--help']) expect(help).toContain(flag);
    // what works on candles names its database, what speaks to an account names its venue
    const named: Record<string, RegExp> = { doctor: /MEXC/, sandbox: /MEXC/, parity: /--orders <file>/ };
    expect(help).toMatch(named[path] ?? /--db|--venue <venue> +paper|--paper-file/);
    const examples = examplesIn(help);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toMatch(new RegExp(`^${path}\\b`));
      const { io, stderr } = catching();
      const program = buildProgram(io, '0', () => {});
      let reached = '';
      for (const leaf of leavesOf(program)) {
        leaf.action(() => {
          reached = pathOf(leaf);
        });
      }
      await program.parseAsync(example.split(' '), { from: 'user' });
      expect({ reached, stderr }).toEqual({ reached: path, stderr: [] });
    }
  });

  it('no command: the help on stderr and exit code 2; --help and --version: stdout and 0', async () => {
    for (const args of [[], ['candles']]) {
      const { code, stdout, stderr } = await runPrate(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/Usage: prate/);
    }
    expect(await runPrate(['--version'])).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await runPrate(['--help']);
    expect(stdout).toContain('Commands:');
  });

  it('an unknown command: what was meant, and exit code 2', async () => {
    const { code, stderr } = await runPrate(['candles', 'quer']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^prate: unknown command 'quer'\n\(Did you mean query\?\)/);
  });
});
