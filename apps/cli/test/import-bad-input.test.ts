import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { KLINES_HEADER, kline, klinesCsv, lines, MINUTE, START, TRADES_HEADER, tradesCsv } from './support/data.ts';
import { Desk } from './support/desk.ts';

/** Eight good minutes with one bad line at place 5 of the file. */
const withLine5 = (bad: string): string =>
  lines(KLINES_HEADER, ...[0, 1, 2].map((i) => kline(i)), bad, ...[4, 5, 6, 7].map((i) => kline(i)));

const BAD_ROWS: readonly (readonly [rule: string, line: string, message: RegExp])[] = [
  ['a malformed row', 'these are words', /too few fields, 1; the header has 9/],
  ['a short row', `${START + 3 * MINUTE},10,11,9`, /too few fields, 4/],
  ['a long row', `${kline(3)},1,2`, /too many fields, 11/],
  ['a price that is NaN', kline(3, { open: 'NaN' }), /open must be a number such as 0.25, not 'NaN'/],
  ['an infinite price', kline(3, { high: 'Infinity' }), /high must be a number/],
  ['a price that is missing', kline(3, { close: '' }), /close must be a number/],
  ['a negative price', kline(3, { low: '-1' }), /low must be above 0, not -1/],
  ['a price of zero', kline(3, { open: '0' }), /open must be above 0, not 0/],
  ['a negative volume', kline(3, { volume: '-0.5' }), /volume must be at or above 0/],
  ['high below low', kline(3, { high: '90', low: '110' }), /high 90.* is below low 110/],
  ['an open above the high', kline(3, { open: '200' }), /open 200.* lies outside/],
  ['a time out of order', kline(1), /open_time_ms \d+ comes after \d+; times that ascend/],
  ['a time that comes twice', kline(2), /open_time_ms \d+ comes twice/],
  ['a time that is no number', kline(3, { open_time_ms: '2024-05-01' }), /whole number of epoch milliseconds/],
  [
    'a time in seconds',
    kline(3, { open_time_ms: `${START / 1000}` }),
    /looks like seconds; epoch milliseconds would be right: /,
  ],
  ['a time in microseconds', kline(3, { open_time_ms: `${START}000` }), /after the year 5138/],
  ['an open time off the grid', kline(3, { open_time_ms: String(START + 3 * MINUTE + 500) }), /500/],
  ['trades without volume', kline(3, { volume: '0', turnover: '0' }), /\d trades without volume/],
  ['volume without trades', kline(3, { trades: '0' }), /volume without trades/],
  ['a part of a trade', kline(3, { trades: '1.5' }), /trades must be a whole number/],
  ['a row that says INTERPOLATED', kline(3, { source: 'INTERPOLATED' }), /the row is INTERPOLATED/],
  ['a source that is none', kline(3, { source: 'GUESS' }), /source must be TRADES or EXCHANGE, not 'GUESS'/],
];

const BAD_FILES: readonly (readonly [rule: string, name: string, content: string | Buffer | null, message: RegExp])[] =
  [
    ['a gzip that was cut off', 'a.csv.gz', gzipSync(klinesCsv(2000)).subarray(0, 5000), /cut off/],
    ['a .gz that is no gzip', 'a.csv.gz', klinesCsv(3), /not gzip data/],
    ['a damaged gzip', 'a.csv.gz', damaged(gzipSync(klinesCsv(2000))), /gzip data is damaged|UTF-8|cut off/],
    ['a wrong header', 'a.csv', 'a,b,c\n1,2,3\n', /a\.csv:1: columns missing: open_time_ms, .*found: a, b, c/],
    ['a header without volume', 'a.csv', 'open_time_ms,open,high,low,close\n', /a\.csv:1: columns missing: volume/],
    ['a column twice', 'a.csv', `${KLINES_HEADER},open\n${kline(0)},1\n`, /a\.csv:1: column open comes twice/],
    ['no header', 'a.csv', lines(kline(0), kline(1)), /a\.csv:1: columns missing/],
    ['an empty file', 'a.csv', '', /the file is empty; a header line/],
    ['a header and no rows', 'a.csv', `${KLINES_HEADER}\n`, /a header and no rows/],
    ['a header of trades and no rows', 'a.csv', `${TRADES_HEADER}\n`, /a header and no rows/],
    ['a folder', 'a.csv', null, /this is a folder/],
    ['binary garbage', 'a.csv', Buffer.from([...Array(2000).keys()].map((i) => (i * 151 + 7) % 256)), /not UTF-8 text/],
    ['zeros', 'a.csv', Buffer.alloc(1000), /a\.csv:1: columns missing/],
  ];

function damaged(data: Buffer): Buffer {
  const copy = Buffer.from(data);
  copy.fill(0xff, 3000, 3100);
  return copy;
}

async function deskWithData(): Promise<Desk> {
  const desk = new Desk().write({
    'before.csv': lines(
      KLINES_HEADER,
      ...[0, 2, 9].map((i) => kline(i, { close: '100.01', open: '100.01', high: '100.02', low: '100' })),
    ),
  });
  await desk.output('candles import before.csv --symbol S --interval 1m');
  return desk;
}

async function expectRefused(desk: Desk, args: string, code: number): Promise<string> {
  const before = await desk.stored();
  const { code: found, stdout, stderr } = await desk.run(args);
  expect(found).toBe(code);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^prate: /);
  expect(stderr).not.toMatch(/\n\s+at |unexpected error/);
  expect(await desk.stored()).toBe(before);
  return stderr;
}

describe('import: what is refused names file and line, and the store holds what it held', () => {
  it.each(BAD_ROWS)('%s', async (_rule, line, message) => {
    using desk = await deskWithData();
    desk.write({ 'bad.csv': withLine5(line) });
    const stderr = await expectRefused(desk, 'candles import bad.csv --symbol S', 1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(`${join(desk.folder, 'bad.csv')}:5: `);
  });

  it.each(BAD_ROWS)('with --skip-invalid all but it is kept, counted and exits with 3: %s', async (_rule, line) => {
    using desk = new Desk().write({ 'bad.csv': withLine5(line) });
    const { code, stdout, stderr } = await desk.run('candles import bad.csv --symbol S --skip-invalid --json');
    expect(code).toBe(3);
    const { rows, invalid, added, gaps, problems, file, from, to } = JSON.parse(stdout);
    expect({ rows, invalid, added, gaps, file }).toEqual({ rows: 7, invalid: 1, added: 7, gaps: 1, file: 'bad.csv' });
    expect({ from, to }).toEqual({ from: START, to: START + 8 * MINUTE });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('bad.csv:5: ');
    expect(stderr).toBe('');
    const minutes = await desk.output('candles query --symbol S --interval 1m --format csv');
    expect(
      minutes
        .split('\n')
        .slice(1, -1)
        .map((row) => Number(row.split(',')[0])),
    ).toEqual([0, 1, 2, 4, 5, 6, 7].map((i) => START + i * MINUTE));
  });

  it.each(BAD_FILES)('%s', async (_rule, name, content, message) => {
    using desk = await deskWithData();
    if (content === null) mkdirSync(join(desk.folder, name));
    else writeFileSync(join(desk.folder, name), content);
    for (const flag of ['', ' --skip-invalid']) {
      const stderr = await expectRefused(desk, `candles import ${name} --symbol S${flag}`, 1);
      expect(stderr).toMatch(message);
      expect(stderr).toContain(join(desk.folder, name));
    }
  });

  it.each([
    ['a damaged page', (file: Buffer) => file.fill(0xff, 60, 90), /k\.parquet: .*\(column open_time of row group 1: /],
    ['a damaged footer', (file: Buffer) => file.fill(0xff, file.length - 90, file.length - 60), /k\.parquet: /],
    ['an end that was cut off', (file: Buffer) => file.subarray(0, file.length - 1), /k\.parquet: .*PAR1/],
  ])('Parquet: %s', async (_rule, damage, message) => {
    using desk = await deskWithData();
    desk.write({ 'k.csv': klinesCsv(500) });
    await desk.output('candles import k.csv --symbol T --db other.db');
    await desk.output('candles export --symbol T --interval 1m --db other.db --output k.parquet');
    const path = join(desk.folder, 'k.parquet');
    writeFileSync(path, damage(readFileSync(path)));
    for (const flag of ['', ' --skip-invalid']) {
      expect(await expectRefused(desk, `candles import k.parquet --symbol S${flag}`, 1)).toMatch(message);
    }
  });

  it('a missing file, which makes no database either', async () => {
    using desk = await deskWithData();
    expect(await expectRefused(desk, 'candles import none.csv --symbol S', 1)).toMatch(/none\.csv: no such file/);
    const fresh = await desk.run('candles import none.csv --symbol S --db other/new.db');
    expect(fresh.code).toBe(1);
    expect((await desk.run('candles status --db other/new.db')).stderr).toContain('there is no database');
  });

  const TRADE = `${START + 2000},100,1,buy,3,MARKET`;
  it.each([
    ['a price of zero', `${START + 1000},0,1,buy,2,MARKET`, /price must be above 0/],
    ['a quantity of zero', `${START + 1000},100,0,buy,2,`, /quantity must be above 0/],
    ['a side that is none', `${START + 1000},100,1,long,2,`, /side must be buy or sell, not 'long'/],
    ['a time before the last', `${START - 1},100,1,buy,2,`, /times that never descend/],
    ['a short row', `${START + 1000},100`, /too few fields/],
  ])('of trades: %s', async (_rule, line, message) => {
    using desk = await deskWithData();
    desk.write({ 't.csv': lines(TRADES_HEADER, `${START},100,1,buy,1,MARKET`, line, TRADE) });
    const stderr = await expectRefused(desk, 'candles import t.csv --symbol S', 1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('t.csv:3: ');
    const skipped = await desk.run('candles import t.csv --symbol T --skip-invalid --json');
    expect(skipped.code).toBe(3);
    expect(JSON.parse(skipped.stdout)).toMatchObject({ rows: 2, invalid: 1, leftOut: 0, added: 2 });
  });

  it('a file whose rows are all bad, with --skip-invalid: nothing is kept, and it says so', async () => {
    using desk = new Desk().write({ 'bad.csv': lines(KLINES_HEADER, 'x', 'y') });
    const { code, stdout, stderr } = await desk.run('candles import bad.csv --symbol S --skip-invalid --interval 1m');
    expect(code).toBe(3);
    expect(stdout).toContain('0 candles of 1m read for S (venue default), 2 invalid rows left out');
    expect(stderr).toContain('left out: ');
  });

  it('--skip-invalid shows the first ten problems, and how many more there are', async () => {
    using desk = new Desk().write({ 'bad.csv': klinesCsv(5) + 'x\n'.repeat(12) });
    const { code, stderr } = await desk.run('candles import bad.csv --symbol S --skip-invalid');
    expect(code).toBe(3);
    expect(stderr.match(/left out: /g)).toHaveLength(10);
    expect(stderr).toContain('… and 2 more');
  });
});

describe('import: flags that cannot be meant exit with 2 and change nothing', () => {
  it.each([
    ['an unknown flag', '--symbol S --nope', /unknown option '--nope'/],
    ['no symbol', '', /required option '--symbol/],
    ['an empty symbol', '--symbol ', /symbol must be 1 to 64 visible characters/],
    ['a symbol with a slash', '--symbol A/B', /symbol must be/],
    ['an interval that is none', '--symbol S --interval 5x', /interval must be a whole number of seconds/],
    ['an interval of zero', '--symbol S --interval 0', /interval must be/],
    ['a kind that is none', '--symbol S --kind candles', /Allowed choices are klines, trades/],
    ['a contract size of zero', '--symbol S --contract-size 0', /contract size must be above 0/],
    ['a contract size that is no number', '--symbol S --contract-size much', /contract size/],
    ['a negative contract size', '--symbol S --contract-size=-1', /contract size must be above 0/],
    ['a meaning of missing rows that is none', '--symbol S --missing zero', /Allowed choices are unobserved, quiet/],
    ['two files', 'more.csv --symbol S', /too many arguments/],
  ])('%s', async (_rule, flags, message) => {
    using desk = await deskWithData();
    desk.write({ 'good.csv': klinesCsv(3) });
    const stderr = await expectRefused(
      desk,
      flags === '' ? 'candles import good.csv' : `candles import good.csv ${flags}`,
      2,
    );
    expect(stderr).toMatch(message);
    expect(stderr).toContain('--help');
  });

  it.each([
    ['trade ids of klines', 'k.csv', '--no-id-gaps', /--no-id-gaps is for trades/],
    ['the same, of a kind that is named', 'k.csv', '--kind klines --no-id-gaps', /--no-id-gaps is for trades/],
    ['missing rows of trades', 't.csv', '--missing quiet', /--missing is for klines/],
    ['the same, as it is by default', 't.csv', '--missing unobserved', /--missing is for klines/],
  ])('%s', async (_rule, file, flags, message) => {
    using desk = await deskWithData();
    desk.write({ 't.csv': tradesCsv(3), 'k.csv': klinesCsv(3) });
    expect(await expectRefused(desk, `candles import ${file} --symbol S ${flags}`, 2)).toMatch(message);
  });

  it('an interval for trades', async () => {
    using desk = await deskWithData();
    desk.write({ 't.csv': tradesCsv(3) });
    expect(await expectRefused(desk, 'candles import t.csv --symbol S --interval 1m', 2)).toMatch(
      /--interval is for klines/,
    );
  });
});
