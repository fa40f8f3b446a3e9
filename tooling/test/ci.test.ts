import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Finished, FixtureTree, finish, repository, tool } from '../test-support/fixture-tree.ts';

const lastLine = ({ stdout }: Finished): string | undefined => stdout.trimEnd().split('\n').at(-1);

describe('the closing line of a test run', () => {
  it('counts a file that does not load, a broken set-up and an error outside all tests as failures', async () => {
    using tree = new FixtureTree().write({
      'package.json': '{ "type": "module" }',
      'tests/test/good.test.ts':
        "import { it } from 'vitest'; it('passes', () => {}); it.skip('is skipped', () => {});",
      'tests/test/missing.test.ts': "import './no-such-file.ts';",
      'tests/test/set-up.test.ts': `
        import { beforeAll, describe, it } from 'vitest';
        describe('a', () => { beforeAll(() => { throw new Error('set-up'); }); it('never runs', () => {}); });`,
      'tests/test/stray.test.ts': `
        import { it } from 'vitest';
        it('leaves a rejection behind', () => { void Promise.reject(new Error('stray')); });`,
    });
    mkdirSync(join(tree.folder, 'node_modules'));
    symlinkSync(join(repository, 'node_modules/vitest'), join(tree.folder, 'node_modules/vitest'));
    for (const file of ['vitest.config.ts', 'tooling/test-support/keep-type-stripper.ts']) {
      cpSync(join(repository, file), join(tree.folder, file));
    }
    const run = await finish(tool('vitest'), ['run'], { cwd: tree.folder });
    expect([run.code, lastLine(run)]).toEqual([1, '2 passed, 3 failed, 2 skipped']);
  });
});

describe('.ci/run', () => {
  /** Runs it where `npm test`, `npm run -s test:packed` and `npm run -s kernel` are these lines of shell. */
  async function ci(test: string, packed: string, kernel = 'exit 0'): Promise<readonly [number, string | undefined]> {
    using tree = new FixtureTree().write({
      'bin/npm': `#!/bin/sh\ncase "$*" in test) ${test};; *packed) ${packed};; *) ${kernel};; esac\n`,
    });
    chmodSync(join(tree.folder, 'bin/npm'), 0o755);
    cpSync(join(repository, '.ci'), join(tree.folder, '.ci'), { recursive: true });
    const env = { ...process.env, PATH: `${join(tree.folder, 'bin')}:${process.env['PATH']}` };
    const run = await finish(join(tree.folder, '.ci/run'), [], { cwd: tree.folder, env });
    return [run.code, lastLine(run)];
  }
  const counted = (line: string): string => `echo "${line}" >> "$PRATE_COUNTS_FILE"`;

  it('adds up what both runs passed', async () => {
    const outcome = await ci(counted('10 passed, 0 failed, 2 skipped'), counted('5 passed, 0 failed, 0 skipped'));
    expect(outcome).toEqual([0, '15 passed, 0 failed']);
  });

  it('fails where the kernel is not what its source compiles to', async () => {
    const tests = counted('10 passed, 0 failed, 2 skipped');
    expect(await ci(tests, 'exit 0', 'exit 1')).toEqual([1, '10 passed, 1 failed']);
  });

  it('fails with the tests, and then leaves the packed packages alone', async () => {
    const outcome = await ci(
      `${counted('10 passed, 3 failed, 2 skipped')}; exit 1`,
      counted('5 passed, 0 failed, 0 skipped'),
    );
    expect(outcome).toEqual([1, '10 passed, 3 failed']);
  });

  it('a run that died before its tests is one failure', async () => {
    expect(await ci('exit 2', 'exit 0')).toEqual([2, '0 passed, 1 failed']);
  });

  it('packed packages that died are one failure more', async () => {
    expect(await ci(counted('10 passed, 0 failed, 0 skipped'), 'exit 4')).toEqual([4, '10 passed, 1 failed']);
  });

  it('a run without a single test is no success', async () => {
    expect(await ci('exit 0', 'exit 0')).toEqual([1, '0 passed, 1 failed']);
  });

  it('counts that tell of failures fail it, whatever the exit code says', async () => {
    expect(await ci(counted('10 passed, 1 failed, 0 skipped'), 'exit 0')).toEqual([1, '10 passed, 1 failed']);
  });
});
