import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { CandleAggregator } from '@prate/candle-aggregator';
import { CandleSource, MarginMode, OrderType, PositionSide, Side } from '@prate/domain';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import { ManualClock, seededRandom } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FixtureTree, finish, repository, tool } from '../../tooling/test-support/fixture-tree.ts';
import { klinesCsv } from './support/csv.ts';
import { examplesOf, readmes, standInTypes } from './support/readme-examples.ts';
import { busyMinutes, thinTape, tradesCsv } from './support/twins.ts';

/** Names from the text around an example that is not whole, and parameters whose types come with them. */
const FROM_THE_TEXT = /error TS(2304|2552|18004|7006|7031):/;
const standIns = fileURLToPath(new URL('./support/readme-stand-ins.ts', import.meta.url));

const examples = readmes().flatMap(examplesOf);

describe('the examples of the READMEs', () => {
  const tree = new FixtureTree();
  afterAll(() => tree[Symbol.dispose]());
  let problems: readonly string[] = [];

  beforeAll(async () => {
    linkPackages(tree);
    tree.write({
      ...Object.fromEntries(examples.map(({ file, code }) => [file, code])),
      'stand-ins.d.ts': standInTypes,
      'planted.ts': "\n\nimport { toInterval } from '@prate/domain';\nthrow new Error(toInterval('5s').nothing);\n",
      'package.json': '{ "type": "module" }',
      // as the repository's own code is compiled
      'tsconfig.json': JSON.stringify({ extends: join(repository, 'tsconfig.json'), include: ['*.ts'] }),
    });
    const { stdout } = await finish(tool('tsc'), ['-p', '.', '--pretty', 'false'], { cwd: tree.folder });
    problems = stdout.split('\n').filter((line) => line.includes('error TS'));
  });

  const problemsOf = (file: string): readonly string[] => problems.filter((line) => line.startsWith(file));

  it('every README is looked at, and one that is wrong is named', async () => {
    expect(readmes()).toContain('packages/runtime/README.md');
    expect(examples.length).toBeGreaterThan(5);
    expect(problemsOf('planted.ts')).toEqual([expect.stringMatching(/^planted\.ts\(4,\d+\): error TS2339/)]);
    expect(
      problems
        .filter((line) => !line.startsWith('planted.ts') && !examples.some(({ file }) => line.startsWith(file)))
        .slice(0, 5),
    ).toEqual([]);
    const ran = await runExample(join(tree.folder, 'planted.ts'), worldOf(tree, 'planted.ts'));
    expect(ran.code).toBe(1);
    expect(ran.output).toContain('planted.ts:4');
  });

  it.each(examples.map((example) => [example.where, example] as const))('%s compiles', (where, example) => {
    const readme = where.slice(0, where.lastIndexOf(':'));
    const own = problemsOf(example.file).filter((line) => example.isWhole || !FROM_THE_TEXT.test(line));
    expect(own.map((line) => line.replace(example.file, readme))).toEqual([]);
  });

  const runnable = examples.filter(({ isWhole }) => isWhole);
  it.each(runnable.map((example) => [example.where, example] as const))('%s runs', async (where, example) => {
    const folder = worldOf(tree, example.file);
    const { code, output } = await runExample(join(tree.folder, example.file), folder);
    expect({ where, code, output: code === 0 ? '' : output }).toEqual({ where, code: 0, output: '' });
  });
});

/** What a project of its own would find under node_modules. */
function linkPackages(tree: FixtureTree): void {
  const links = {
    '@prate': 'tests/node_modules/@prate',
    '@types': 'node_modules/@types',
    inversify: 'apps/cli/node_modules/inversify',
    'prate-sandbox': 'apps/sandbox',
    vitest: 'node_modules/vitest',
  };
  mkdirSync(join(tree.folder, 'node_modules'));
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(join(repository, target), join(tree.folder, 'node_modules', name));
  }
}

/** A folder with the files that examples read. */
function worldOf(tree: FixtureTree, file: string): string {
  const folder = join(tree.folder, `world-of-${file}`);
  mkdirSync(folder);
  const files = { trades: tradesCsv(thinTape(1, 500)), klines: klinesCsv(busyMinutes(1, 100)) };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.csv`), text);
    writeFileSync(join(folder, `${name}.csv.gz`), gzipSync(text));
  }
  return folder;
}

function runExample(file: string, cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const args = ['--conditions=@prate/source', '--import', standIns, file];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd, timeout: 50_000 }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

describe('the example of the design', () => {
  const tree = new FixtureTree();
  afterAll(() => tree[Symbol.dispose]());

  it('candles: minutes in, five seconds out', async () => {
    const startMs = Date.UTC(2024, 0, 1);
    const endMs = startMs + 120_000;
    const minuteCandles = [
      { openTime: startMs, open: 42_000, high: 42_060, low: 41_990, close: 42_031.5, volume: 12.345 },
      { openTime: startMs + 60_000, open: 42_031.5, high: 42_040, low: 42_000, close: 42_010, volume: 0.5 },
    ];
    const store = SqliteCandleStore.open(join(tree.folder, 'candles.db'));
    const candles = new CandleAggregator({ store });
    await candles.processAndStore(minuteCandles, 'BTC_USDT');
    const fiveSeconds = await candles.getAggregatedCandles('BTC_USDT', startMs, endMs, 5);
    expect(await candles.getAggregatedCandles('BTC_USDT', startMs, endMs, '5s')).toEqual(fiveSeconds);
    const minutes = await candles.getAggregatedCandles('BTC_USDT', startMs, endMs, 60);
    await store.close();

    expect(fiveSeconds.map(({ openTime }) => openTime)).toEqual(
      Array.from({ length: 24 }, (_, i) => startMs + i * 5000),
    );
    expect(fiveSeconds.every(({ source, coverage }) => source === CandleSource.INTERPOLATED && coverage === 0)).toBe(
      true,
    );
    expect(minutes).toEqual(
      minuteCandles.map((candle) => ({
        ...candle,
        ...{ turnover: null, trades: null, source: CandleSource.EXCHANGE, coverage: 1 },
      })),
    );
    const [first, last] = [fiveSeconds[0], fiveSeconds[11]];
    expect([first?.open, last?.close]).toEqual([42_000, 42_031.5]);
    expect(Math.max(...fiveSeconds.slice(0, 12).map(({ high }) => high))).toBe(42_060);
  });

  it('trading: an order with leverage on a paper account', async () => {
    const clock = new ManualClock();
    const market = new SyntheticMarket({ seed: 1, symbols: ['BTC_USDT'], clock, start: Date.UTC(2025, 0, 1) });
    const exchange = new InMemoryPaperExecution({ market, clock, random: seededRandom(1), balance: 10_000 });
    await exchange.connect();
    await market.play({ until: clock.nowMs() + 60_000 });
    const result = await exchange.createOrder({
      ...{ symbol: 'BTC_USDT', side: Side.BUY, type: OrderType.MARKET, quantity: '0.001' },
      ...{ leverage: 10, marginMode: MarginMode.ISOLATED },
    });
    expect(result.kind).toBe('accepted');
    if (result.kind === 'accepted') expect(result.order.id).not.toBe('');
    await market.play({ until: clock.nowMs() + 60_000 });

    const positions = await exchange.getPositions();
    expect(positions).toMatchObject([
      { symbol: 'BTC_USDT', positionSide: PositionSide.LONG, leverage: 10, marginMode: MarginMode.ISOLATED },
    ]);
    expect(positions[0]?.quantity.toString()).toBe('0.001');
    const balance = await exchange.getBalance();
    expect(balance.asset).toBe('USDT');
    expect(balance.positionMargin.gt(0)).toBe(true);
    expect(balance.equity.toString()).toBe(balance.total.plus(balance.unrealizedPnl).toString());
    await exchange.disconnect();
    market.close();
  });
});
