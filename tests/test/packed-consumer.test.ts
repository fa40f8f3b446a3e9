import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, FixtureTree, finish, repository } from '../../tooling/test-support/fixture-tree.ts';

/**
 * What npm would publish, in the hands of a stranger: every package is packed, installed from its tarball with npm into
 * projects outside the repository, compiled there with TypeScript 5.9 and 7, and run. It wants the packages built, takes a
 * minute or two and the npm registry, and so runs in CI and by `pnpm run test:packed`, not in the short mode.
 */
interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
interface Packed {
  readonly manifest: Manifest;
  readonly tarball: string;
  readonly files: readonly string[];
  /** `@prate/x`, `@prate/x/inversify`, …: all that can be imported as code. */
  readonly entries: readonly string[];
  /** What is no module, such as a page: it is found by its name, and read. */
  readonly found: readonly string[];
}

const TYPESCRIPT_5 = '5.9.3';
const MINUTES = 60_000;
const typescript7 = join(repository, 'node_modules/typescript/bin/tsc');

/** The environment without what an outer `npm run` put there for itself. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(
    ([key]) =>
      !/^(npm_(?!config_(registry|cafile|.*proxy)$)|INIT_CWD|VITEST|NODE_)/i.test(key) || key === 'NODE_EXTRA_CA_CERTS',
  ),
);

async function must(command: string, args: readonly string[], cwd: string): Promise<Finished> {
  const finished = await finish(command, args, { cwd, env: outside });
  if (finished.code === 0) return finished;
  throw new Error(`${command} ${args.join(' ')} ended with ${finished.code}:\n${finished.stdout}\n${finished.stderr}`);
}

async function packEach(destination: string): Promise<readonly Packed[]> {
  const { stdout } = await must('pnpm', ['ls', '--recursive', '--depth', '-1', '--json'], repository);
  const workspace = JSON.parse(stdout) as readonly { readonly path: string; readonly private?: boolean }[];
  const packed: Packed[] = [];
  for (const { path } of workspace.filter((project) => project.private !== true)) {
    const pack = await must('pnpm', ['pack', '--json', '--pack-destination', destination], path);
    const { filename } = JSON.parse(pack.stdout) as { readonly filename: string };
    const tarball = filename.startsWith('/') ? filename : join(destination, filename);
    const list = await must('tar', ['-tzf', tarball], destination);
    const text = await must('tar', ['-xzOf', tarball, 'package/package.json'], destination);
    const manifest = JSON.parse(text.stdout) as Manifest;
    const paths = Object.keys(manifest.exports ?? {}).filter((entry) => entry !== './package.json');
    packed.push({
      manifest,
      tarball,
      files: list.stdout.split('\n').map((file) => file.replace('package/', '')),
      entries: paths.filter((entry) => !isFile(entry)).map((entry) => manifest.name + entry.slice(1)),
      found: paths.filter(isFile).map((entry) => manifest.name + entry.slice(1)),
    });
  }
  return packed;
}

function isFile(entry: string): boolean {
  return entry.endsWith('.html');
}

/** A project of its own with these dependencies, installed by npm. */
async function project(
  tree: FixtureTree,
  name: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(tree.folder, name);
  tree.write({ [`${name}/package.json`]: JSON.stringify({ name, private: true, type: 'module', dependencies }) });
  await must('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], folder);
  return folder;
}

const tree = new FixtureTree();
const packed: readonly Packed[] = await packEach(tree.folder);
const named = new Map(packed.map((one) => [one.manifest.name, one]));

/** A package and those of ours that it depends on, as dependencies by file. */
function closure(name: string, found: Record<string, string> = {}): Readonly<Record<string, string>> {
  const one = named.get(name);
  if (one === undefined || name in found) return found;
  found[name] = `file:${one.tarball}`;
  for (const dependency of Object.keys(one.manifest.dependencies ?? {})) closure(dependency, found);
  return found;
}

afterAll(() => tree[Symbol.dispose]());

describe('every tarball', () => {
  it('there are as many as the house has rooms', () => {
    expect(packed.length).toBeGreaterThanOrEqual(11);
  });

  it.each(packed.map((one) => [one.manifest.name, one] as const))(
    '%s: carries its licence, README and build',
    (_, one) => {
      expect(['LICENSE', 'README.md'].filter((file) => !one.files.includes(file))).toEqual([]);
      expect(one.files.some((file) => file.startsWith('dist/') && file.endsWith('.js'))).toBe(true);
      expect(one.files.filter((file) => /tsbuildinfo|(^|\/)test\/|node_modules|\.turbo/.test(file))).toEqual([]);
      expect(JSON.stringify(one.manifest)).not.toMatch(/workspace:|catalog:|@prate\/source/);
    },
  );
});

const example = `
import { CandleAggregator } from '@prate/candle-aggregator';
import { SqliteCandleStore } from '@prate/sqlite-store';

const startMs = Date.UTC(2026, 0, 1);
const endMs = startMs + 120_000;
const minuteCandles = [
  { openTime: startMs, open: 100, high: 110.5, low: 95, close: 105, volume: 12 },
  { openTime: startMs + 60_000, open: 105, high: 106, low: 104, close: 104.5, volume: 3.25 },
];
const store = SqliteCandleStore.open('candles.db');
const candles = new CandleAggregator({ store });
await candles.processAndStore(minuteCandles, 'BTC_USDT');
const fiveSeconds = await candles.getAggregatedCandles('BTC_USDT', startMs, endMs, 5);
const again = await candles.getAggregatedCandles('BTC_USDT', startMs, endMs, '5s');
const minutes = await candles.getAggregatedCandles('BTC_USDT', startMs, endMs, '1m');
console.log(JSON.stringify({
  count: fiveSeconds.length,
  again: JSON.stringify(again) === JSON.stringify(fiveSeconds),
  opens: fiveSeconds.slice(0, 3).map((candle) => candle.openTime - startMs),
  open: fiveSeconds[0]?.open,
  high: Math.max(...fiveSeconds.map((candle) => candle.high)),
  low: Math.min(...fiveSeconds.map((candle) => candle.low)),
  close: fiveSeconds.at(-1)?.close,
  volume: Number(fiveSeconds.reduce((sum, candle) => sum + candle.volume, 0).toFixed(9)),
  minutes: minutes.map(({ openTime, open, high, low, close, volume }) => [openTime - startMs, open, high, low, close, volume]),
}));
await store.close();
`;
const printed = {
  count: 24,
  again: true,
  opens: [0, 5_000, 10_000],
  open: 100,
  high: 110.5,
  low: 95,
  close: 104.5,
  volume: 15.25,
  minutes: [
    [0, 100, 110.5, 95, 105, 12],
    [60_000, 105, 106, 104, 104.5, 3.25],
  ],
};

describe('a project that installs all of them', () => {
  let folder: string;
  const entries = packed.flatMap((one) => one.entries);
  const configuration = (files: readonly string[]): string =>
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        outDir: 'out',
        rootDir: '.',
      },
      files,
    });

  beforeAll(async () => {
    const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    folder = await project(tree, 'all', {
      ...Object.assign({}, ...packed.map((one) => one.manifest.peerDependencies)), // the optional ones: npm brings the others
      ...Object.fromEntries(packed.map((one) => [one.manifest.name, `file:${one.tarball}`])),
      '@types/node': devDependencies['@types/node'] ?? '24',
      typescript: TYPESCRIPT_5,
    });
    const imports = entries.map((entry, i) => `import * as entry${i} from '${entry}';`).join('\n');
    const table = entries.map((entry, i) => `  '${entry}': Object.keys(entry${i}).length,`).join('\n');
    tree.write({
      'all/entries.ts': `${imports}\nconsole.log(JSON.stringify({\n${table}\n}));\n`,
      'all/example.ts': example,
      'all/tsconfig.entries.json': configuration(['entries.ts']),
      'all/tsconfig.example.json': configuration(['example.ts']),
    });
  }, 5 * MINUTES);

  describe.each([
    ['TypeScript 5.9', (): string => join(folder, 'node_modules/typescript/bin/tsc')],
    ['TypeScript 7', (): string => typescript7],
  ])('%s', (_, compiler) => {
    it(
      'compiles every entry with full checks of the libraries, and each has something to offer when run',
      async () => {
        await must(process.execPath, [compiler(), '-p', 'tsconfig.entries.json'], folder);
        const { stdout } = await must(process.execPath, ['out/entries.js'], folder);
        const exported = JSON.parse(stdout) as Readonly<Record<string, number>>;
        expect(Object.keys(exported)).toEqual(entries);
        expect(Object.entries(exported).filter(([, count]) => count === 0)).toEqual([]);
      },
      2 * MINUTES,
    );

    it(
      'compiles the example of the guide, which prints what it promises',
      async () => {
        await must(process.execPath, [compiler(), '-p', 'tsconfig.example.json'], folder);
        const { stdout } = await must(process.execPath, ['out/example.js'], folder);
        expect(JSON.parse(stdout)).toEqual(printed);
      },
      2 * MINUTES,
    );
  });
});

/** Its worker is a file of the package that no import names. */
const workerExample = `
  import { columnsFromCandles } from '@prate/domain/candles';
  import { toInterval } from '@prate/domain';
  import { WorkerCandleStore } from '@prate/sqlite-store/worker';
  const store = await WorkerCandleStore.open('worker.db');
  const candle = { openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 60 };
  await store.write('BTC_USDT', { columns: columnsFromCandles([candle], toInterval('1m')) });
  const { length } = await store.readColumns({ series: 'BTC_USDT', interval: '1s', from: 0, to: 60_000 });
  await store.close();
  console.log(length);
`;

/** A session of an installed `prate up`, as a stranger runs it: with an empty home, and MEXC where nobody listens. */
describe('the command line, installed in an empty folder', () => {
  let folder: string;
  let prate: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await project(tree, 'stranger', closure('prate'));
    prate = join(folder, 'node_modules/.bin/prate');
    const mexc = { PRATE_MEXC_REST_URL: 'http://127.0.0.1:9', PRATE_MEXC_WS_URL: 'ws://127.0.0.1:9/edge' };
    env = { ...outside, ...mexc, HOME: folder, NO_COLOR: '1' };
  }, 2 * MINUTES);

  it(
    'prate up --for 5s --json: ends by itself with 0 and one document',
    async () => {
      const { code, stdout, stderr } = await finish(prate, words('up --port 0 --for 5s --json'), { cwd: folder, env });
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ source: 'sandbox', isSynthetic: true, symbols: ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'], problems: [] },
        ...{ db: join(folder, 'data/prate.db'), page: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
        ...{ orders: expect.any(Number), fills: expect.any(Number), equity: expect.stringMatching(/^\d/) },
        stored: { TRADES: expect.any(Number), EXCHANGE: expect.any(Number), INTERPOLATED: 0 },
      });
      expect(existsSync(join(folder, 'data/prate.db'))).toBe(true);
    },
    2 * MINUTES,
  );

  it(
    'its page is found and served, with all that it names',
    async () => {
      const line = words('up --port 0 --source sandbox --history none');
      const child = spawn(prate, line, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
      let said = '';
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (text) => {
          said += text;
          const found = /(http:\S+)\/#token=/.exec(said)?.[1];
          if (found !== undefined) resolve(found);
        });
        child.on('close', (code) => reject(new Error(`it ended with ${code} before it had a page: ${said}`)));
      });
      const index = await fetch(`${url}/`);
      expect([index.status, index.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
      const html = await index.text();
      const assets = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, asset]) => new URL(String(asset), url));
      expect(assets.length).toBeGreaterThanOrEqual(2);
      for (const asset of assets) {
        const file = await fetch(asset);
        expect([asset.pathname, file.status, (await file.text()).length > 0]).toEqual([asset.pathname, 200, true]);
      }
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      child.kill('SIGINT');
      expect(await closed).toBe(0);
      expect(said).toContain('The session is over.');
    },
    2 * MINUTES,
  );
});

const words = (line: string): readonly string[] => line.split(' ');

describe('a project that installs one of them, without optional peers', () => {
  it.each(packed.map((one) => [one.manifest.name, one] as const))(
    '%s',
    async (name, one) => {
      const folder = await project(tree, `alone-${name.replaceAll(/\W+/g, '-')}`, closure(name));
      const wantsInversify = 'inversify' in (one.manifest.dependencies ?? {});
      expect(existsSync(join(folder, 'node_modules/inversify'))).toBe(wantsInversify);
      const plain = one.entries.filter((entry) => !/\/(inversify|vitest)$/.test(entry));
      for (const entry of plain) {
        await must(process.execPath, ['--input-type=module', '-e', `await import('${entry}')`], folder);
      }
      for (const file of one.found) {
        const look = `process.stdout.write((await import('node:fs')).readFileSync(new URL(import.meta.resolve('${file}'))))`;
        const { stdout } = await must(process.execPath, ['--input-type=module', '-e', look], folder);
        expect(stdout.length).toBeGreaterThan(0);
      }
      if (name === '@prate/sqlite-store') {
        const { stdout } = await must(process.execPath, ['--input-type=module', '-e', workerExample], folder);
        expect(stdout).toBe('60\n');
      }
      for (const command of Object.keys(one.manifest.bin ?? {})) {
        const { stdout } = await must(join(folder, 'node_modules/.bin', command), ['--help'], folder);
        expect(stdout).toContain(command);
      }
    },
    2 * MINUTES,
  );
});
