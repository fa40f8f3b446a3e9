import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstDifference, loadCells } from './cells.ts';
import type { Answer, Failure, Task } from './contender-process.ts';
import { spreadOf } from './statistics.ts';
import type { Place, Work } from './work.ts';

export interface RoundsOptions {
  /** The module that exports `works`, as a URL: contenders' processes load it again. */
  readonly module: string;
  readonly place: Place;
  readonly rounds: number;
  /** How long the timed runs of one contender may take in one round; one is made at least. */
  readonly budgetMs: number;
  /** Told what goes on. */
  readonly progress: (text: string) => void;
}

/** What became of a work: the median of each round by contender, or why no time counts. */
export type WorkOutcome =
  | { readonly kind: 'measured'; readonly rounds: Readonly<Record<string, readonly number[]>> }
  | { readonly kind: 'failed'; readonly problem: string };

/**
 * Checks that all contenders come to the same result, then measures them: each in a process of its own, in rounds that
 * begin with a different contender each. A result that differs, in the check or later, makes the whole work fail.
 */
export async function measureWork(work: Work, options: RoundsOptions): Promise<WorkOutcome> {
  const names = Object.keys(work.contenders);
  const stemOf = (contender: string): string => join(options.place.folder, `result-${contender.replace(/\W/g, '-')}`);
  const task = (contender: string): Task => ({
    module: options.module,
    work: work.name,
    contender,
    place: options.place,
    budgetMs: 0,
    resultStem: null,
  });
  const digests = new Map<string, string>();
  const measured = new Map(names.map((name): [string, number[]] => [name, []]));
  try {
    for (const name of names) {
      options.progress(`${work.name}: ${name}, checked`);
      const checked = await inOwnProcess({ ...task(name), resultStem: stemOf(name) });
      digests.set(name, checked.digest);
      if (work.unit === 'bytes') measured.get(name)?.push(...checked.measures);
      const difference = name === names[0] ? null : differenceOf(work, stemOf(names[0] as string), name, stemOf(name));
      if (difference !== null) return { kind: 'failed', problem: `${name} is not equal to ${names[0]}: ${difference}` };
    }
    // a file weighs the same in every round
    const rounds = work.unit === 'bytes' ? 0 : options.rounds;
    for (let round = 0; round < rounds; round += 1) {
      const shift = round % names.length;
      for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
        options.progress(`${work.name}: ${name}, round ${round + 1} of ${rounds}`);
        const { measures, digest } = await inOwnProcess({ ...task(name), budgetMs: options.budgetMs });
        if (digest !== digests.get(name))
          return { kind: 'failed', problem: `${name} came to another result than before` };
        measured.get(name)?.push(spreadOf(measures).median);
      }
    }
    return { kind: 'measured', rounds: Object.fromEntries(measured) };
  } catch (error) {
    return { kind: 'failed', problem: (error as Error).message };
  }
}

function differenceOf(work: Work, firstStem: string, name: string, stem: string): string | null {
  const expected = loadCells(firstStem);
  return firstDifference(expected, loadCells(stem), work.excepted?.[name]);
}

function inOwnProcess(task: Task): Promise<Answer> {
  const program = fileURLToPath(new URL('contender-process.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    // what a library prints belongs to stderr: stdout is the table's
    const child = fork(program, [], { execArgv: EXEC_ARGV, stdio: ['ignore', 2, 2, 'ipc'], serialization: 'advanced' });
    let said: Answer | Failure | null = null;
    child.once('message', (message) => {
      said = message as Answer | Failure;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (said === null) reject(new Error(`${task.contender} died (${signal ?? `exit code ${code}`})`));
      else if ('error' in said) reject(new Error(`${task.contender} failed: ${said.error}`));
      else resolve(said);
    });
    child.send(task);
  });
}

/** Workspace packages are read from their sources. */
const EXEC_ARGV = ['--conditions=@prate/source', '--max-old-space-size=8192'];
