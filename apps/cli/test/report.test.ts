import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { Draw } from '../../../tooling/test-support/draw.ts';
import type { ReportDocument } from '../src/report/report-document.ts';
import { reportPage } from '../src/report/report-page.ts';
import { reportPicture } from '../src/report/report-picture.ts';
import { reportName } from '../src/report/write-report.ts';
import { KLINES_HEADER, kline, lines, MINUTE, START } from './support/data.ts';
import { Desk } from './support/desk.ts';

const MINUTES = 400;
/** Minutes whose averages cross now and then. */
const wave = lines(
  KLINES_HEADER,
  ...Array.from({ length: MINUTES }, (_, i) => {
    const price = (at: number): string => (100 + Math.abs((at % 60) - 30)).toFixed(2);
    const [open, close] = [price(i), price(i + 1)];
    const [high, low] = open > close ? [open, close] : [close, open];
    return kline(i, { open, close, high, low });
  }),
);

async function desk(files: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const at = new Desk().write({ 'wave.csv': wave, ...files });
  await at.output('candles import wave.csv --symbol S');
  return at;
}

const reportsOf = (at: Desk): string[] => {
  const folder = join(at.folder, 'data/reports');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

// biome-ignore lint/suspicious/noExplicitAny: JSON as it is read
const documentAt = (path: string): any => JSON.parse(readFileSync(path, 'utf8'));

const stamp = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.000/g, '');
const NAME = `ma-cross-S-${stamp(START)}-${stamp(START + MINUTES * MINUTE)}`;

describe('the files of a replay', () => {
  it('lie beside the database under the name of the run; the same run again changes nothing, another gets a number', async () => {
    using at = await desk();
    const said = await at.output('replay --symbol S');
    expect(said).toContain(`report           data/reports/${NAME}.html\n`);
    expect(said).toContain(`as JSON          data/reports/${NAME}.json\n`);
    expect(reportsOf(at)).toEqual([`${NAME}.html`, `${NAME}.json`]);
    expect(await at.output('replay --symbol S')).toBe(said);
    expect(reportsOf(at)).toHaveLength(2);
    const first = readFileSync(join(at.folder, `data/reports/${NAME}.json`), 'utf8');
    expect(await at.output('replay --symbol S --balance 20000')).toContain(`data/reports/${NAME}-2.html`);
    expect(await at.output('replay --symbol S --balance 20000')).toContain(`data/reports/${NAME}-2.html`);
    expect(reportsOf(at)).toHaveLength(4);
    expect(readFileSync(join(at.folder, `data/reports/${NAME}.json`), 'utf8')).toBe(first);
  });

  it('are where --report says, in the place of what was there, or nowhere', async () => {
    using at = await desk();
    writeFileSync(join(at.folder, 'mine.html'), 'old');
    expect(await at.output('replay --symbol S --report mine.html')).toContain('report           mine.html\n');
    expect(readFileSync(join(at.folder, 'mine.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(documentAt(join(at.folder, 'mine.json')).format).toBe('prate report');
    expect(await at.output('replay --symbol S --no-report')).not.toContain('report ');
    expect(reportsOf(at)).toEqual([]);
    expect(await at.run('replay --symbol S --report mine.txt')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('.html'),
    });
    expect(await at.run('replay --symbol S --report no/where.html')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no folder .*no; make it/),
    });
  });

  it('--json: one document, which says where they are', async () => {
    using at = await desk();
    const { reportFiles, fills } = await at.json<{ reportFiles: { page: string; json: string }; fills: number }>(
      'replay --symbol S',
    );
    expect(reportFiles.page).toBe(join(at.folder, `data/reports/${NAME}.html`));
    expect(documentAt(reportFiles.json).report.fills).toBe(fills);
    expect((await at.json<{ reportFiles: null }>('replay --symbol S --no-report')).reportFiles).toBeNull();
  });

  it('a folder that takes none is told, and is no failure of the replay', async () => {
    using at = await desk();
    writeFileSync(join(at.folder, 'data/reports'), 'a file');
    const { code, stdout, stderr } = await at.run('replay --symbol S');
    expect(code).toBe(0);
    expect(stdout).not.toContain('report ');
    expect(stderr).toMatch(/no report can be written to .*--no-report/);
  });

  it('a strategy that throws leaves a report of what it came to', async () => {
    const name = '../../"><script>alert(1)</script>';
    using at = await desk({
      'bad.mjs': `export default { name: ${JSON.stringify(name)}, onCandle({ openTime }) {
        if (openTime >= ${START + 100 * MINUTE}) throw new Error('</script><script>alert(2)</script>');
      } };`,
    });
    const { code, stderr } = await at.run('replay --symbol S --strategy bad.mjs');
    expect(code).toBe(1);
    const files = reportsOf(at);
    expect(files.map((file) => file.replace(/\..*/, ''))).toEqual(Array(2).fill(expect.stringMatching(/^[\w-]+$/)));
    expect(stderr).toContain(`report: data/reports/${files[0]}`);
    const { report } = documentAt(join(at.folder, 'data/reports', String(files[1])));
    expect(report).toMatchObject({
      candles: 101,
      reason: 'the strategy failed',
      errors: [{ code: 'STRATEGY_FAILED' }],
    });
    const page = readFileSync(join(at.folder, 'data/reports', String(files[0])), 'utf8');
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&#60;script&#62;alert(2)');
  });
});

it('a secret in the error of a strategy is in no report', async () => {
  const secret = 'CANARYSECRET5e8d0c2b7a6f4e3d';
  using at = await desk({
    'tells.mjs': `export default { name: 'tells', onCandle() { throw new Error('signing with ${secret} failed'); } };`,
  });
  const { stderr } = await at.run('replay --symbol S --strategy tells.mjs', { env: { MEXC_SECRET_KEY: secret } });
  const reports = reportsOf(at).map((file) => readFileSync(join(at.folder, 'data/reports', file), 'utf8'));
  expect(reports).toHaveLength(2);
  for (const text of [stderr, ...reports]) {
    expect(text).toContain('signing with [hidden] failed');
    expect(text).not.toContain(secret);
  }
});

it('the JSON document: its curves end where the report does, and reach its deepest fall', async () => {
  using at = await desk();
  await at.output('replay --symbol S --report a.html');
  const { report, curves, lists, ...rest } = documentAt(join(at.folder, 'a.json'));
  expect(rest).toMatchObject({
    ...{ format: 'prate report', version: 1, kind: 'replay', warnings: [] },
    source: { venue: 'default', description: expect.stringContaining('1m candles of S') },
  });
  expect(curves.equity[0]).toEqual([START, report.startEquity]);
  expect(curves.equity.at(-1)).toEqual([report.to, report.endEquity]);
  const falls: number[] = curves.drawdown.map(([, fall]: [number, number]) => fall);
  expect(Math.max(...falls)).toBeCloseTo(report.maxDrawdown, 12);
  expect(curves.hold.at(-1)[1]).toBeCloseTo(1 + report.holdReturn, 12);
  expect(lists.fills).toMatchObject({ count: report.fills, rows: { length: report.fills } });
  expect(lists.trips.count).toBe(report.trips.count);
  expect(report.trips.count).toBeGreaterThan(3);
  const results = lists.trips.rows.reduce(
    (sum: Decimal, { result }: { result: string }) => sum.plus(result),
    new Decimal(0),
  );
  // each trip is a buy and a sell; what is open at the end is a buy alone
  expect(report.fills).toBe(2 * lists.trips.count + (report.fills % 2));
  if (report.fills % 2 === 0) expect(results.toString()).toBe(report.netPnl);
});

const document = async (): Promise<ReportDocument> => {
  using at = await desk();
  await at.output('replay --symbol S --report a.html');
  const { report, curves, ...rest } = documentAt(join(at.folder, 'a.json'));
  const revived = (value: unknown): unknown => {
    if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return new Decimal(value);
    if (Array.isArray(value)) return value.map(revived);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revived(each)]));
  };
  return revived({ report, curves, ...rest }) as ReportDocument;
};

describe('the page', () => {
  it('loads nothing, and lets run only what its policy names', async () => {
    const page = reportPage(await document());
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page).not.toMatch(/<(script|img|link|iframe|object|embed|video|audio)\b[^>]*\b(src|href|data)=/);
    const texts = [...page.matchAll(/<(?:script|style)>(.*?)<\/(?:script|style)>/gs)].map(([, text]) => text as string);
    expect(texts).toHaveLength(3);
    for (const text of texts)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    expect(page.replace(/<script>.*?<\/script>/gs, '')).not.toMatch(/url\(|@import|\son[a-z]+=/);
  });

  it('has its headings in order, a caption on each table, and nothing but text from outside', async () => {
    const attack = `"'><img src=x onerror=alert(1)><script>alert(1)</script></script>&amp;`;
    const good = await document();
    const report = {
      ...good.report,
      ...{ strategy: attack, symbols: [attack, 'B'], asset: attack, reason: attack },
      errors: [{ code: attack, message: attack }],
      otherFees: [{ asset: attack, amount: new Decimal(1) }],
    };
    const lists = {
      ...good.lists,
      trips: { count: 9, rows: good.lists.trips.rows.map((trip) => ({ ...trip, symbol: attack })) },
      gaps: { count: 1, rows: [{ feed: attack as 'market', from: 0, to: 5000 }] },
    };
    const source = { description: attack, venue: attack };
    const page = reportPage({ ...good, report, lists, source, warnings: [attack] });
    const shown = page.replace(/<script>.*?<\/script>/gs, '');
    expect(shown).not.toMatch(/<img|<script>|&amp;/);
    expect(shown.split('&#60;img src=x').length).toBeGreaterThan(10);
    expect([...shown.matchAll(/<h1\b/g)]).toHaveLength(1);
    expect([...shown.matchAll(/<table\b/g)]).toHaveLength([...shown.matchAll(/<caption>/g)].length);
  });

  it('shows at most 300 round trips, and how many more there are', async () => {
    const good = await document();
    const [trip] = good.lists.trips.rows;
    const rows = Array.from({ length: 2000 }, () => trip as NonNullable<typeof trip>);
    const page = reportPage({ ...good, lists: { ...good.lists, trips: { count: 12_345, rows } } });
    expect(page).toContain('The newest 300 of 12,345');
    expect(page.length - reportPage(good).length).toBeLessThan(100_000);
  });

  it('of a run without a candle says so', async () => {
    const { report, ...good } = await document();
    const page = reportPage({
      ...good,
      report: { ...report, from: null, to: null, candles: 0, hold: null, deepestFall: null },
      curves: { equity: [], drawdown: [], hold: [] },
    });
    expect(page).toContain('The market told no candle');
    expect(page).not.toContain('id="equity"');
  });
});

describe('the picture', () => {
  it('of any curve: even times, each extreme of it, and the end', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 5000 }), (seed, count) => {
        const draw = new Draw(seed, count);
        const step = draw.of([1000, 5000, MINUTE]);
        let time = START;
        const equity = Array.from({ length: count }, () => {
          time += draw.once(30) ? step * (1 + draw.below(50)) : step;
          return [time, new Decimal(900 + draw.below(200))] as const;
        });
        const hold = equity.map(([at, value]) => [at, value.toNumber() / 1000] as const);
        const picture = reportPicture({
          report: { from: START, to: time, interval: `${step / 1000}s`, startEquity: new Decimal(1000) },
          curves: { equity: [[START, new Decimal(1000)], ...equity], drawdown: [], hold },
        } as unknown as ReportDocument);
        const { times } = picture;
        expect(times.length).toBeLessThanOrEqual(1801);
        for (const [i, each] of times.entries()) if (i > 0) expect(each).toBeGreaterThan(times[i - 1] as number);
        for (const values of [picture.equity, picture.hold, picture.drawdown])
          expect(values).toHaveLength(times.length);
        const all = equity.map(([, value]) => value.toNumber());
        expect(Math.max(...picture.equity)).toBe(Math.max(1000, ...all));
        expect(Math.min(...picture.equity)).toBe(Math.min(1000, ...all));
        expect(picture.equity[0]).toBe(1000);
        expect(picture.equity.at(-1)).toBe(all.at(-1));
        expect(picture.hold.at(-1)).toBeCloseTo(all.at(-1) as number, 9);
      }),
      cases(60),
    );
  });
});

it('the name of a report is one of a file, whatever the strategy is called', () => {
  const nameOf = (strategy: string, symbols: readonly string[]): string =>
    reportName({ report: { strategy, symbols, from: START, to: START + MINUTE } } as unknown as ReportDocument);
  const time = `${stamp(START)}-${stamp(START + MINUTE)}`;
  expect(nameOf('../../etc/passwd', ['A_USDT'])).toBe(`etc-passwd-A_USDT-${time}`);
  expect(nameOf('…', ['A', 'B', 'C'])).toBe(`run-A-and-2-more-${time}`);
  expect(nameOf('x'.repeat(500), ['A']).length).toBeLessThan(120);
});
