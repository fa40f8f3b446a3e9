import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repository } from '../../../tooling/test-support/fixture-tree.ts';

/** One ```ts block of a README. */
export interface Example {
  /** `packages/runtime/README.md:10`, where the block begins; lines are counted from 1. */
  readonly where: string;
  /** Unique, and a file name. */
  readonly file: string;
  /** Begins with as many empty lines as the README has lines before it, so that a compiler's line is the README's line. */
  readonly code: string;
  /**
   * Stands on its own and can be run. What imports nothing goes on from the text around it, and what is written for a test
   * runner is about an adapter of the reader's: names that are nowhere else may be theirs.
   */
  readonly isWhole: boolean;
}

/** The README of the repository and of every package and app in it. */
export function readmes(): readonly string[] {
  const found = ['packages', 'apps'].flatMap((folder) => below(join(repository, folder)));
  return [join(repository, 'README.md'), ...found].map((file) => relative(repository, file)).sort();
}

function below(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const here = entries.filter((entry) => entry.name === 'README.md').map((entry) => join(folder, entry.name));
  const inside = entries.filter(
    (entry) => entry.isDirectory() && !/^(node_modules|dist|src|test|\..*)$/.test(entry.name),
  );
  return [...here, ...inside.flatMap((entry) => below(join(folder, entry.name)))];
}

export function examplesOf(readme: string): readonly Example[] {
  const text = readFileSync(join(repository, readme), 'utf8');
  return Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), (match) => {
    const linesBefore = text.slice(0, match.index).split('\n').length;
    const code = match[1] as string;
    return {
      where: `${readme}:${linesBefore}`,
      file: `${readme.replaceAll('/', '__')}-${linesBefore}.ts`,
      code: '\n'.repeat(linesBefore) + code,
      isWhole: /^import /m.test(code) && !/from '(vitest|.*\/conformance.*)'/.test(code),
    };
  });
}

/** What `readme-stand-ins.ts` puts into an example's world, for the compiler. */
export const standInTypes: string = `
  declare const clock: import('@prate/runtime').ManualClock;
  declare const market: import('@prate/market-data-port').MarketDataPort;
  declare const candles: import('@prate/candle-aggregator').CandleAggregator;
  declare const execution: import('@prate/execution-port').ExecutionPort;
  declare const log: import('@prate/runtime').Logger;
`;
