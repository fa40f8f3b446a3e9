/** The benchmarks: `npm run bench -- --help`. The table goes to stdout, what goes on to stderr. Exit 1: results differed; 2: bad flags. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownTable, plainTable, reportOf } from './harness/report.ts';
import { measureWork, type WorkOutcome } from './harness/rounds.ts';
import type { Work } from './harness/work.ts';
import { machineText, thisMachine } from './machine.ts';
import { aggregateSql } from './peers/duckdb.ts';
import { ROW_TABLE_SQL, rowTableQuery } from './peers/row-table.ts';
import { works } from './works/index.ts';

const HELP = `npm run bench -- [options]

  --works a,b     only these (a name, or its beginning: "read"); --list names them
  --rounds N      rounds in which every contender has a turn, from 1 up (default 5)
  --budget MS     how long a contender's timed runs may take in a round (default 2000; one run at least)
  --days N        days in a "month" of seconds, from 1 up (default 30); fewer are for trying the benchmarks out
  --publish       puts the result into docs/benchmarks.md
  --sql           prints the statements of the row table and of DuckDB
  --list, --help`;

const flags = flagsOrExit();

function flagsOrExit() {
  const options = {
    works: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    budget: { type: 'string', default: '2000' },
    days: { type: 'string', default: '30' },
    publish: { type: 'boolean', default: false },
    sql: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

/** The command was called wrongly: exit 2, without a stack. */
class UsageError extends Error {}

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const [BEGIN, END] = ['<!-- run: begin -->', '<!-- run: end -->'];

function wholeNumber(name: 'rounds' | 'budget' | 'days'): number {
  const value = Number(flags[name]);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`--${name} must be a whole number from 1 up, not ${flags[name]}`);
}

function chosenWorks(): readonly Work[] {
  const names = flags.works?.split(',');
  if (names === undefined) return works;
  const chosen = works.filter(({ name }) => names.some((start) => start !== '' && name.startsWith(start)));
  if (chosen.length > 0) return chosen;
  throw new UsageError(`--works must be some of ${works.map(({ name }) => name).join(', ')}, not ${flags.works}`);
}

const statements = (): string =>
  `The row table:${ROW_TABLE_SQL}\n\nIts query at 5s:\n${rowTableQuery(5000)}\n\nDuckDB's at 5s:\n${aggregateSql('candles', 5000)}\n`;

function publish(text: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new TypeError(`${PAGE} must have a line ${BEGIN} and a line ${END} after it`);
  writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n\n${text}\n${page.slice(to)}`);
}

async function bench(): Promise<boolean> {
  const chosen = chosenWorks();
  const [rounds, budgetMs, days] = [wholeNumber('rounds'), wholeNumber('budget'), wholeNumber('days')];
  const machine = thisMachine();
  const how = `A month is ${days} days of seconds here; ${rounds} rounds, ${budgetMs} ms a contender and round.`;
  const folder = mkdtempSync(join(tmpdir(), 'prate-bench-'));
  // also when it is stopped: a month is 2 GB
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(signal, () => process.exit(code));
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${machine.date.replace(/\D/g, '-')}.json`);
  const outcomes = new Map<string, WorkOutcome>();
  console.log(`${machineText(machine)}\n${how}\n\n${statements()}`);
  for (const [i, work] of chosen.entries()) {
    const progress = (text: string): void => console.error(`[${i + 1}/${chosen.length}] ${text}`);
    const module = new URL('works/index.ts', import.meta.url).href;
    outcomes.set(work.name, await measureWork(work, { module, place: { folder, days }, rounds, budgetMs, progress }));
    // after every work: a long run that is stopped has not been in vain
    const entries = reportOf(chosen, outcomes);
    console.log(plainTable(entries.slice(-1)));
    const json = { machine, days, rounds, budgetMs, entries, measures: Object.fromEntries(outcomes) };
    writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`);
    if (flags.publish) publish(`${machineText(machine)} ${how}\n\n${markdownTable(entries)}`);
  }
  console.error(`Written: ${file}`);
  return [...outcomes.values()].every(({ kind }) => kind === 'measured');
}

async function main(): Promise<number> {
  if (flags.help) console.log(HELP);
  else if (flags.list) for (const { name, title } of works) console.log(`${name.padEnd(16)}${title}`);
  else if (flags.sql) console.log(statements());
  else return (await bench()) ? 0 : 1;
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
