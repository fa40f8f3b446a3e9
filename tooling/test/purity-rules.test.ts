import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FixtureTree, finish, repository, tool } from '../test-support/fixture-tree.ts';

interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

const GLOBALS = 'lint/style/noRestrictedGlobals';
const PLUGIN = 'plugin'; // tooling/lint/no-hidden-time-or-chance.grit

/** One line each; every line of them is forbidden where code must be replayable. */
const hidden: readonly (readonly [text: string, reportedBy: string])[] = [
  ['Date.now()', PLUGIN],
  ['globalThis.Date.now()', PLUGIN],
  ['[1].map(Date.now)', PLUGIN],
  ['new Date()', PLUGIN],
  ['Date()', PLUGIN],
  ['Math.random()', PLUGIN],
  ['AbortSignal.timeout(5)', PLUGIN],
  ['performance.now()', GLOBALS],
  ['setTimeout(() => {}, 5)', GLOBALS],
  ['setInterval(() => {}, 5)', GLOBALS],
  ['setImmediate(() => {})', GLOBALS],
  ['crypto.randomUUID()', GLOBALS],
  ["process.env['HOME']", GLOBALS],
  ['process.hrtime()', GLOBALS],
  ["fetch('https://example.com')", GLOBALS],
  ["new WebSocket('wss://example.com')", GLOBALS],
];
const innocent = [
  'new Date(5).toISOString()',
  "Date.parse('2026-01-01')",
  'Date.UTC(2026, 1)',
  'Math.floor(1.5)',
  '{ fetch: 1 }',
];

const linesOf = (expressions: readonly string[]): string =>
  expressions.map((expression, i) => `export const value${i} = ${expression};\n`).join('');

/** `path:line category` of every finding of the two rules, under a copy of the repository's own configuration. */
async function findings(tree: FixtureTree): Promise<ReadonlySet<string>> {
  for (const path of ['biome.json', 'tooling/lint']) {
    cpSync(join(repository, path), join(tree.folder, path), { recursive: true });
  }
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', 'packages', 'apps'];
  const { stdout, stderr } = await finish(tool('biome'), args, { cwd: tree.folder });
  if (stdout === '') throw new Error(stderr);
  const { diagnostics } = JSON.parse(stdout) as Report;
  const ours = diagnostics.filter(({ category }) => category === PLUGIN || category === GLOBALS);
  return new Set(ours.map(({ category, location }) => `${location.path}:${location.start.line} ${category}`));
}

describe('purity rules: time, chance and I/O come in through constructors', () => {
  it.each([
    'packages/domain/src/bad.ts',
    'packages/domain/src/candles/bad.ts',
    'packages/runtime/src/bad.ts',
    'packages/ports/execution-port/src/conformance/bad.ts',
    'packages/application/strategy-runner/src/bad.ts',
  ])('each hidden source is reported in %s', async (file) => {
    using tree = new FixtureTree().write({ 'apps/empty.ts': '', [file]: linesOf(hidden.map(([text]) => text)) });
    const expected = hidden.map(([, reportedBy], i) => `${file}:${i + 1} ${reportedBy}`);
    expect(await findings(tree)).toEqual(new Set(expected));
  });

  it('what only looks like one passes, and so does all of it in adapters, apps, tests and the system clock', async () => {
    const all = linesOf(hidden.map(([text]) => text));
    using tree = new FixtureTree().write({
      'packages/domain/src/good.ts': linesOf(innocent),
      'packages/domain/test/good.ts': all,
      'packages/runtime/src/clock.ts': all,
      'packages/adapters/sqlite-store/src/good.ts': all,
      'apps/cli/src/good.ts': all,
    });
    expect(await findings(tree)).toEqual(new Set());
  });
});
