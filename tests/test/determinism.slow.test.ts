import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FixtureTree, finish, repository } from '../../tooling/test-support/fixture-tree.ts';
import { klinesCsv } from './support/csv.ts';
import { CommandLine } from './support/prate.ts';
import { type PlayedSession, playSession } from './support/sessions.ts';
import { importFile } from './support/stored-candles.ts';
import { busyMinutes } from './support/twins.ts';

const LONG = process.env['PRATE_LONG'] === '1';
const MINUTES = 60_000;

const hashOf = ({ log, report }: PlayedSession): string =>
  createHash('sha256')
    .update([...log, JSON.stringify(report)].join('\n'))
    .digest('hex');

describe('one seed, one session', { timeout: 5 * MINUTES }, () => {
  const tree = new FixtureTree();
  afterAll(() => tree[Symbol.dispose]());
  const play = (name: string, seed: number): Promise<PlayedSession> =>
    playSession({ db: join(tree.folder, `${name}.db`), seed, minutes: LONG ? 600 : 20 });

  it('tells the same events, candles and report, to the last digit; another seed tells others', async () => {
    const first = await play('first', 5);
    expect(first.report.fills).toBeGreaterThan(2);
    expect(first.log.length).toBeGreaterThan(200);
    const second = await play('second', 5);
    expect(second.log).toEqual(first.log);
    expect(hashOf(second)).toBe(hashOf(first));
    expect(hashOf(await play('third', 6))).not.toBe(hashOf(first));
  });
});

describe('one file, one replay', { timeout: 5 * MINUTES }, () => {
  const prate = new CommandLine();
  afterAll(() => prate[Symbol.dispose]());
  const minutes = busyMinutes(8, LONG ? 44_640 : 5_000);
  beforeAll(async () => {
    writeFileSync(join(prate.folder, 'minutes.csv'), klinesCsv(minutes));
    await importFile(prate, 'minutes.csv', 'X_USDT');
  });
  const symbol = ['--symbol', 'X_USDT'];
  const replay = ['replay', ...symbol, '--from', '2023-05-01', '--to', '2023-06-01', '--db', 'x.db'];

  it('gives the same report of ma-cross twice', async () => {
    const first = await prate.must([...replay, '--json']);
    const report = JSON.parse(first) as { readonly candles: number; readonly fills: number };
    expect(report.candles).toBe(minutes.length);
    expect(report.fills).toBeGreaterThan(20);
    expect(await prate.must([...replay, '--json'])).toBe(first);
  });

  const worlds = [
    { TZ: 'UTC', LC_ALL: 'C' },
    { TZ: 'Asia/Kathmandu', LC_ALL: 'ar_EG.UTF-8' },
  ];
  const range = ['--from', '2023-05-01T10:00', '--to', '2023-05-01 12:00'];
  it.each([
    { name: 'a table between two times', args: ['candles', 'query', ...symbol, '--interval', '90s', ...range] },
    { name: 'a week as JSON', args: ['candles', 'query', ...symbol, '--interval', '1w', '--json'] },
    { name: 'a month as CSV', args: ['candles', 'query', ...symbol, '--interval', '1M', '--format', 'csv'] },
    { name: 'what is stored', args: ['candles', 'status'] },
    { name: 'a replay', args: ['replay', ...symbol, '--from', '2023-05-01', '--to', '2023-05-03T08:00'] },
  ])('$name: is the same in any time zone and language', async ({ args }) => {
    const main = join(repository, 'apps/cli/src/main.ts');
    const command = ['--conditions=@prate/source', main, ...args, '--db', 'x.db'];
    const said: string[] = [];
    for (const world of worlds) {
      const env = { ...process.env, ...world, LANG: world.LC_ALL, PRATE_CWD: prate.folder };
      const { code, stdout, stderr } = await finish(process.execPath, command, { cwd: prate.folder, env });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      said.push(stdout);
    }
    expect(said[0]?.length).toBeGreaterThan(100);
    expect(said[1]).toBe(said[0]);
  });
});
