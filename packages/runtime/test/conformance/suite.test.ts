import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FixtureTree, finish, repository, tool } from '../../../../tooling/test-support/fixture-tree.ts';
import {
  type ConformanceCase,
  type ConformanceHarness,
  missingCapability,
  runCase,
} from '../../src/conformance/index.ts';

type Log = string[];
const logged = (log: Log): ConformanceHarness<Log> => ({
  capabilities: ['faults'],
  async setup() {
    log.push('setup');
    return log;
  },
  async teardown() {
    log.push('teardown');
  },
});
const caseOf = (run: (log: Log) => Promise<void>, requires?: readonly string[]): ConformanceCase<Log> => ({
  id: 'X-10',
  rule: 'a rule',
  ...(requires === undefined ? {} : { requires }),
  run,
});

describe('conformance suites', () => {
  it('a case runs between its own set-up and tear-down', async () => {
    const log: Log = [];
    const run = async (context: Log): Promise<void> => {
      context.push('run');
    };
    await runCase(caseOf(run), logged(log));
    await runCase(caseOf(run), logged(log));
    expect(log).toEqual(['setup', 'run', 'teardown', 'setup', 'run', 'teardown']);
  });

  it('a broken rule is torn down too, and stays the news where that fails as well', async () => {
    const log: Log = [];
    const broken = caseOf(() => Promise.reject(new Error('broken rule')));
    await expect(runCase(broken, logged(log))).rejects.toThrow('broken rule');
    expect(log).toEqual(['setup', 'teardown']);
    const untidy = { ...logged(log), teardown: (): Promise<void> => Promise.reject(new Error('untidy')) };
    await expect(runCase(broken, untidy)).rejects.toThrow('broken rule');
    await expect(
      runCase(
        caseOf(async () => {}),
        untidy,
      ),
    ).rejects.toThrow('untidy');
  });

  it('a case applies where every capability that it needs is declared', () => {
    const harness = logged([]);
    const run = async (): Promise<void> => {};
    expect(missingCapability(caseOf(run), harness)).toBeNull();
    expect(missingCapability(caseOf(run, ['faults']), harness)).toBeNull();
    expect(missingCapability(caseOf(run, ['faults', 'hedge']), harness)).toBe('hedge');
  });

  it('describeConformance: one vitest test a case, failed where the rule is broken, skipped by the name of what lacks', async () => {
    const binding = join(repository, 'packages/runtime/src/conformance/vitest.ts');
    using tree = new FixtureTree().write({
      'package.json': '{ "type": "module" }',
      'suite.test.ts': `
        import { describeConformance } from ${JSON.stringify(binding)};
        describeConformance('fake', [
          { id: 'X-10', rule: 'holds', async run() {} },
          { id: 'X-20', rule: 'breaks', async run() { throw new Error('broken rule'); } },
          { id: 'X-30', rule: 'lacks', requires: ['hedge'], async run() { throw new Error('must not run'); } },
        ], { capabilities: [], async setup() { return null; } });
      `,
    });
    mkdirSync(join(tree.folder, 'node_modules'));
    symlinkSync(join(repository, 'node_modules/vitest'), join(tree.folder, 'node_modules/vitest'));
    const args = ['run', '--reporter=json', '--outputFile=report.json'];
    const { code } = await finish(tool('vitest'), args, { cwd: tree.folder });
    const report = JSON.parse(readFileSync(join(tree.folder, 'report.json'), 'utf8')) as {
      readonly testResults: readonly {
        readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
      }[];
    };
    expect(code).toBe(1);
    expect(report.testResults[0]?.assertionResults.map(({ fullName, status }) => `${status} ${fullName}`)).toEqual([
      'passed conformance: fake X-10 holds',
      'failed conformance: fake X-20 breaks',
      'skipped conformance: fake X-30 lacks (needs hedge)',
    ]);
  });
});
