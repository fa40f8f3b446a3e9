import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FixtureTree, finish, repository, tool } from '../test-support/fixture-tree.ts';

interface Configuration {
  readonly forbidden: readonly { readonly name: string }[];
}
const configFile = join(repository, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(import.meta.url)(configFile) as Configuration;

interface Report {
  readonly modules: readonly unknown[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

/** The rooms of the house, one or two packages in each: name → folder. */
const rooms: Readonly<Record<string, string>> = {
  '@prate/domain': 'packages/domain',
  '@prate/runtime': 'packages/runtime',
  '@prate/a-port': 'packages/ports/a-port',
  '@prate/b-port': 'packages/ports/b-port',
  '@prate/a-service': 'packages/application/a-service',
  '@prate/b-service': 'packages/application/b-service',
  '@prate/a-store': 'packages/adapters/a-store',
  '@prate/b-store': 'packages/adapters/b-store',
  '@prate/mexc-sandbox': 'packages/adapters/mexc-sandbox',
  '@prate/http-api': 'packages/adapters/http-api',
  'an-app': 'apps/an-app',
  'b-app': 'apps/b-app',
};

const importOf = (name: string): string => `import * as imported from '${name}';\nexport const use = imported;\n`;
const typeImportOf = (name: string): string =>
  `import type * as Imported from '${name}';\nexport type Use = typeof Imported;\n`;

function house(): FixtureTree {
  const tree = new FixtureTree();
  for (const [name, folder] of Object.entries({ ...rooms, inversify: 'libs/inversify', vitest: 'libs/vitest' })) {
    const exports = { '.': { '@prate/source': './src/index.ts', default: './dist/index.js' } };
    const manifest = { name, version: '1.0.0', type: 'module', exports };
    const files = { 'package.json': JSON.stringify(manifest), 'src/index.ts': 'export const here = 1;\n' };
    const at = name === 'inversify' || name === 'vitest' ? `node_modules/${name}` : folder;
    tree.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${at}/${path}`, text])));
    if (at === folder) tree.link(name, folder);
  }
  return tree;
}

/** For each rule: files that break it, and the one of them that must be reported. */
const planted: Readonly<Record<string, readonly (readonly [file: string, text: string])[]>> = {
  'domain-imports-nothing-of-ours': [
    ['packages/domain/src/bad.ts', importOf('@prate/runtime')],
    ['packages/domain/src/bad-type.ts', typeImportOf('@prate/a-port')],
    ['packages/domain/test/bad.ts', importOf('@prate/a-store')],
  ],
  'runtime-imports-nothing-of-ours': [
    ['packages/runtime/src/bad.ts', importOf('@prate/domain')],
    ['packages/runtime/src/bad-path.ts', importOf('../../adapters/a-store/src/index.ts')],
  ],
  'ports-import-only-domain-and-runtime': [
    ['packages/ports/a-port/src/bad.ts', importOf('@prate/a-service')],
    ['packages/ports/a-port/src/conformance/bad.ts', importOf('@prate/a-store')],
  ],
  'no-port-imports-another': [['packages/ports/a-port/src/bad-port.ts', typeImportOf('@prate/b-port')]],
  'application-imports-no-adapter': [
    ['packages/application/a-service/src/bad.ts', typeImportOf('@prate/a-store')],
    ['packages/application/a-service/test/bad.ts', importOf('@prate/a-store')],
  ],
  'no-application-package-imports-another': [
    ['packages/application/a-service/src/bad-service.ts', importOf('@prate/b-service')],
  ],
  'no-adapter-imports-another': [
    ['packages/adapters/a-store/src/bad.ts', importOf('@prate/b-store')],
    ['packages/adapters/mexc-sandbox/src/bad.ts', importOf('@prate/a-store')],
    ['packages/adapters/a-store/test/bad.ts', importOf('@prate/mexc-sandbox')],
  ],
  'driven-adapters-import-no-application': [
    ['packages/adapters/a-store/src/bad-service.ts', importOf('@prate/a-service')],
  ],
  'no-package-imports-an-app': [['packages/adapters/http-api/src/bad.ts', importOf('an-app')]],
  'no-app-imports-another': [['apps/an-app/src/bad.ts', importOf('b-app')]],
  'sources-import-no-tests': [
    ['apps/an-app/src/bad-test.ts', importOf('../test/helper.ts')],
    ['packages/adapters/a-store/src/bad-test.ts', importOf('../../../../tooling/test-support/helper.ts')],
  ],
  'no-node-modules-inside-the-hexagon': [
    ['packages/domain/src/bad-core.ts', importOf('node:fs')],
    ['packages/runtime/src/bad-core.ts', importOf('node:crypto')],
    ['packages/ports/a-port/src/bad-core.ts', importOf('node:timers/promises')],
    ['packages/application/a-service/src/deep/bad-core.ts', typeImportOf('node:stream')],
  ],
  'only-inversify-ts-imports-inversify': [
    ['packages/adapters/a-store/src/bad-wiring.ts', importOf('inversify')],
    ['packages/runtime/src/bad-wiring.ts', typeImportOf('inversify')],
  ],
  'only-conformance-vitest-ts-imports-vitest': [
    ['packages/ports/a-port/src/conformance/bad-cases.ts', importOf('vitest')],
    ['packages/adapters/a-store/src/bad-vitest.ts', importOf('vitest')],
  ],
  'no-built-files': [['packages/adapters/a-store/src/bad-built.ts', importOf('../dist/index.js')]],
  'no-unresolvable': [
    ['packages/adapters/a-store/src/bad-name.ts', importOf('@prate/no-such-package')],
    ['packages/adapters/a-store/src/bad-entry.ts', importOf('@prate/domain/no-such-entry')],
  ],
  'no-circular': [['packages/domain/src/bad-circle.ts', importOf('./bad-circle.ts')]],
};

/** What the arrows allow, and so must pass. */
const allowed: Readonly<Record<string, string>> = {
  'packages/ports/a-port/src/good.ts': importOf('@prate/domain') + typeImportOf('@prate/runtime'),
  'packages/application/a-service/src/good.ts': importOf('@prate/a-port') + typeImportOf('@prate/b-port'),
  'packages/adapters/a-store/src/good.ts': importOf('@prate/a-port') + typeImportOf('node:fs'),
  'packages/adapters/a-store/src/inversify.ts': importOf('inversify'),
  'packages/adapters/a-store/test/good.ts': importOf('vitest') + typeImportOf('inversify'),
  'packages/adapters/mexc-sandbox/src/good.ts': importOf('@prate/a-service'),
  'packages/adapters/http-api/src/good.ts': importOf('@prate/a-service'),
  'packages/runtime/src/conformance/vitest.ts': importOf('vitest'),
  'packages/domain/test/good.ts': importOf('../../../tooling/test-support/helper.ts'),
  'apps/an-app/src/good.ts': importOf('@prate/a-store') + typeImportOf('inversify'),
  'apps/an-app/test/helper.ts': 'export const helper = 1;\n',
  'tooling/test-support/helper.ts': 'export const helper = 1;\n',
  'tests/test/good.ts': importOf('an-app') + typeImportOf('@prate/b-store'),
};

/** The rules that each file breaks, as `file: rule`. */
async function findings(tree: FixtureTree): Promise<ReadonlySet<string>> {
  const args = ['packages', 'apps', 'tests', '--config', configFile, '--output-type', 'json'];
  const { stdout, stderr } = await finish(tool('depcruise'), args, { cwd: tree.folder });
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  expect(report.modules.length).toBeGreaterThan(Object.keys(rooms).length); // "0 modules cruised" passes every rule
  return new Set(report.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
}

describe('dependency rules', () => {
  it('what the arrows allow passes', async () => {
    using tree = house().write(allowed);
    expect(await findings(tree)).toEqual(new Set());
  });

  it('every planted violation is reported, by its own rule alone', async () => {
    using tree = house().write(allowed);
    const built = { 'packages/adapters/a-store/dist/index.js': 'export const here = 1;\n' };
    tree.write(built).write(Object.fromEntries(Object.values(planted).flat()));
    const expected = Object.entries(planted).flatMap(([rule, files]) => files.map(([file]) => `${file}: ${rule}`));
    expect(await findings(tree)).toEqual(new Set(expected));
  });

  it('every rule of the configuration has a planted violation', () => {
    expect(new Set(Object.keys(planted))).toEqual(new Set(forbidden.map(({ name }) => name)));
  });
});
