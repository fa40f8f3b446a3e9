import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Finished, FixtureTree, finish, repository, tool } from '../test-support/fixture-tree.ts';

const generate = (...args: string[]): Promise<Finished> =>
  finish(process.execPath, [join(repository, 'tooling/new-adapter.mjs'), ...args], { cwd: repository });

/** A house with the rooms that an adapter leans on. */
function workspace(): FixtureTree {
  const tree = new FixtureTree();
  const modules = join(tree.folder, 'node_modules');
  mkdirSync(join(modules, '@prate'), { recursive: true });
  const linked = {
    '@prate/domain': 'packages/domain',
    '@prate/runtime': 'packages/runtime',
    '@prate/execution-port': 'packages/ports/execution-port',
    '@prate/market-data-port': 'packages/ports/market-data-port',
    '@types': 'node_modules/@types',
    vitest: 'node_modules/vitest',
    inversify: 'packages/runtime/node_modules/inversify',
  };
  for (const [name, folder] of Object.entries(linked)) symlinkSync(join(repository, folder), join(modules, name));
  mkdirSync(join(tree.folder, 'packages'));
  for (const room of ['domain', 'runtime', 'ports']) {
    symlinkSync(join(repository, 'packages', room), join(tree.folder, 'packages', room));
  }
  return tree;
}

describe('npm run new-adapter', () => {
  it('lays out a package that compiles, and whose tests name the rules that are left', async () => {
    using tree = workspace();
    const { code, stderr, stdout } = await generate('my-exchange-2', '--into', join(tree.folder, 'packages/adapters'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('each failing case names a rule');
    const folder = join(tree.folder, 'packages/adapters/my-exchange-2');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toContain(join('src', 'my-exchange-2-execution.ts'));
    expect(files.filter((file) => /tmpl|__/.test(file))).toEqual([]);

    const { composite, incremental, ...others } = { composite: false, incremental: false, noEmit: true };
    tree.write({
      'tsconfig.json': JSON.stringify({
        extends: join(repository, 'tsconfig.json'),
        compilerOptions: { composite, incremental, ...others, typeRoots: [join(repository, 'node_modules/@types')] },
        include: ['packages/adapters'],
      }),
      'vitest.config.mjs': `const conditions = ['@prate/source', 'node'];
export default { resolve: { conditions }, ssr: { resolve: { conditions } } };`,
      '.gitignore': 'node_modules/',
      'tsconfig.base.json': readFileSync(join(repository, 'tsconfig.base.json'), 'utf8'),
      'biome.json': readFileSync(join(repository, 'biome.json'), 'utf8').replaceAll(
        './tooling',
        `${repository}tooling`,
      ),
    });
    const types = await finish(tool('tsc'), ['-p', '.'], { cwd: tree.folder });
    expect(types).toEqual({ code: 0, stdout: '', stderr: '' });
    const style = await finish(tool('biome'), ['lint', '--error-on-warnings', folder], { cwd: tree.folder });
    expect(style.code, style.stderr).toBe(0);
    const report = join(tree.folder, 'report.json');
    await finish(tool('vitest'), ['run', 'packages/adapters', '--reporter=json', `--outputFile=${report}`], {
      cwd: tree.folder,
    });
    const { numFailedTests, numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      readonly numFailedTests: number;
      readonly numPassedTests: number;
      readonly testResults: readonly { readonly message: string }[];
    };
    expect(testResults.map(({ message }) => message)).toEqual(['', '']);
    expect(numFailedTests).toBeGreaterThan(0);
    expect(numPassedTests).toBeGreaterThan(0);
  });

  it.each([
    [[], 'e.g. bybit-futures, not nothing'],
    [['Bybit'], "e.g. bybit-futures, not 'Bybit'"],
    [['../evil'], "not '../evil'"],
    [['a', 'b'], "not 'a b'"],
    [['sqlite-store'], 'is there already'],
    [['--nope'], '--nope'],
  ])('refuses %j, and says what would be right', async (args, message) => {
    const { code, stderr } = await generate(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(repository, 'packages/evil'))).toBe(false);
  });
});
