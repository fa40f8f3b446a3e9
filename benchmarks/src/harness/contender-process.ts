/**
 * One contender in a process of its own, so that nobody's garbage is collected in another's time. It is told its task by
 * the first message, answers with one, and ends. No collection is forced in timed parts.
 */
import { digestOf, saveCells } from './cells.ts';
import type { Place, Work } from './work.ts';

export interface Task {
  /** The module that exports `works`, as a URL. */
  readonly module: string;
  readonly work: string;
  readonly contender: string;
  readonly place: Place;
  /** How long the timed runs may take together; one is made at least. 0: only the first, cold run, for the check. */
  readonly budgetMs: number;
  /** Where to leave the result; null: its digest is enough. */
  readonly resultStem: string | null;
}

export interface Answer {
  /** One per timed run, in the unit of the work. */
  readonly measures: readonly number[];
  readonly digest: string;
}

/** What it says instead when it could not do its task. */
export interface Failure {
  readonly error: string;
}

const MOST_RUNS = 50;
/** Before the first timed run: caches fill, and code is compiled, then compiled again with what was learnt. The same for all. */
const WARM_UP_MS = 500;
const MOST_WARM_UP_RUNS = 1000;

async function answer({ module, work, contender, place, budgetMs, resultStem }: Task): Promise<Answer> {
  const { works } = (await import(module)) as { works: readonly Work[] };
  const make = works.find(({ name }) => name === work)?.contenders[contender];
  if (make === undefined) throw new TypeError(`${module} has no contender ${contender} of a work ${work}`);
  const program = await make();
  const timedRun = async (): Promise<readonly [number, number]> => {
    await program.prepare(place);
    const from = performance.now();
    const measure = await program.run();
    const ms = performance.now() - from;
    return [ms, measure ?? ms];
  };
  const [firstMs, first] = await timedRun();
  const measures: number[] = budgetMs === 0 ? [first] : [];
  for (let spentMs = firstMs, runs = 1; budgetMs > 0 && spentMs < WARM_UP_MS && runs < MOST_WARM_UP_RUNS; runs += 1) {
    const [ms] = await timedRun();
    spentMs += ms;
  }
  for (let spentMs = 0; budgetMs > 0 && measures.length < MOST_RUNS && (spentMs < budgetMs || spentMs === 0); ) {
    const [ms, measure] = await timedRun();
    measures.push(measure);
    spentMs += ms;
  }
  const cells = await program.result();
  if (resultStem !== null) saveCells(cells, resultStem);
  return { measures, digest: digestOf(cells) };
}

const send = (message: Answer | Failure): void => void process.send?.(message, () => process.exit(0));

process.once('disconnect', () => process.exit(1)); // nobody is left to answer
process.once('message', (task: Task) => {
  void answer(task).then(send, (error: unknown) =>
    send({ error: error instanceof Error ? error.message : String(error) }),
  );
});
