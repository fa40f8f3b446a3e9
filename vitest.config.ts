import { writeFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** One plain closing line, which CI counts. A file that did not load, or an error outside all tests, is a failure too. */
const counts: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const n = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const testModule of modules) {
      for (const test of testModule.children.allTests()) n[test.result().state] += 1;
      if (testModule.errors().length > 0) n.failed += 1;
      for (const suite of testModule.children.allSuites()) if (suite.errors().length > 0) n.failed += 1;
    }
    const line = `${n.passed} passed, ${n.failed} failed, ${n.skipped + n.pending} skipped`;
    console.log(line);
    const { PRATE_COUNTS_FILE: file } = process.env;
    if (file) writeFileSync(file, `${line}\n`, { flag: 'a' });
  },
};

/** Minutes of npm installs: `pnpm run test:packed` and CI run it, on its own. */
const packedConsumer = 'tests/test/packed-consumer.test.ts';

/** What takes too long for every `npm test`: `npm run test:slow` and CI run it, and so does the long mode. */
const slow = '**/*.slow.test.ts';
const isSlow = process.env['PRATE_SLOW'] === '1' || process.env['PRATE_LONG'] === '1';

/** They need a browser and the built page: `npm run test:browser` and CI run them. */
const inBrowser = '**/*.browser.slow.test.ts';

/** Workspace packages resolve to their TypeScript sources ("@prate/source" in each one's exports): tests need no build. */
const conditions = ['@prate/source', 'module', 'node', 'development|production'];

/** Properties and whole processes, on a busy machine; in the long mode a law may take an hour. */
const patienceMs = process.env['PRATE_LONG'] === '1' ? 7_200_000 : 60_000;

/** Nothing in these touches the process, so their tests may share one: a worker for each file costs more than most of them. */
const pure = ['domain', 'runtime', 'ports/*', 'application/*'].map((room) => `packages/${room}/test/**/*.test.ts`);
const others = [
  '{packages,apps}/**/test/**/*.test.ts',
  '{tests,tooling,benchmarks}/test/**/*.test.ts',
  ...(process.env['PRATE_CCXT'] ? ['tests/ccxt/test/**/*.test.ts'] : []),
];
const exclude = [
  ...configDefaults.exclude,
  ...(isSlow ? [] : [slow]),
  ...(process.env['PRATE_BROWSER'] ? [] : [inBrowser]),
  ...(process.env['PRATE_PACKED'] ? [] : [packedConsumer]),
];

const setupFiles = ['tooling/test-support/keep-type-stripper.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      { extends: true, test: { name: 'pure', include: pure, exclude, isolate: false } },
      { extends: true, test: { name: 'whole', include: others, exclude: [...exclude, ...pure], setupFiles } },
    ],
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    maxWorkers: '100%', // the default leaves one core idle, of two one half
    env: {
      NO_COLOR: '1',
      TZ: 'Pacific/Auckland', // a zone far from UTC: nothing may depend on it
      PRATE_COUNTS_FILE: '', // a vitest that a test starts is not counted
    },
    reporters: ['default', counts],
  },
});
