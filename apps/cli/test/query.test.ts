import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KLINES_HEADER, kline, klinesCsv, lines, MINUTE, START } from './support/data.ts';
import { Desk } from './support/desk.ts';

const HEADER = 'open_time_ms,open,high,low,close,volume,turnover,trades,source,coverage';
const HOURS = 3;
const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));

let desk: Desk;
beforeAll(async () => {
  desk = new Desk().write({ 'k.csv': klinesCsv(HOURS * 60) });
  await desk.output('candles import k.csv --symbol S');
});
afterAll(() => desk[Symbol.dispose]());

const query = (flags: string): Promise<string> => desk.output(`candles query --symbol S ${flags}`);
const csv = async (flags: string): Promise<string[][]> => rowsOf(await query(`${flags} --format csv`));

describe('query: formats', () => {
  it('csv: the columns by name, exact decimals, a row a candle', async () => {
    const text = await query('--interval 1m --format csv');
    expect(text.split('\n')[0]).toBe(HEADER);
    const plain = (field: string | undefined): string | undefined =>
      field?.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
    const expected = Array.from({ length: HOURS * 60 }, (_, i) => kline(i).split(','));
    expect(rowsOf(text).map((row) => row.slice(0, 9).map((f, c) => (c > 0 && c < 7 ? plain(f) : f)))).toEqual(
      expected.map((row) => row.map((f, c) => (c > 0 && c < 7 ? plain(f) : f))),
    );
  });

  it('ndjson: a JSON document a line, with the same decimals', async () => {
    const rows = (await query('--interval 7s --format ndjson')).trimEnd().split('\n');
    const expected = await csv('--interval 7s');
    expect(rows).toHaveLength(expected.length);
    const [first] = expected as [string[]];
    expect(rows[0]).toBe(
      `{${HEADER.split(',')
        .map((name, c) => `"${name}":${name === 'source' ? `"${first[c]}"` : first[c]}`)
        .join(',')}}`,
    );
    for (const row of rows) expect(Object.keys(JSON.parse(row)).join(',')).toBe(HEADER);
  });

  it('json: one document with the series and its candles; --json is the same', async () => {
    const text = await query('--interval 90s --format json');
    const { venue, symbol, interval, candles } = JSON.parse(text);
    expect({ venue, symbol, interval }).toEqual({ venue: 'default', symbol: 'S', interval: '90s' });
    expect(candles).toHaveLength(HOURS * 40);
    expect(await query('--interval 90s --json')).toBe(text);
  });

  it('table: at most 50 rows, and how many more there are', async () => {
    const text = await query('--interval 1m');
    expect(text).toMatch(/^S · 1m · venue default · times in UTC\n/);
    expect(text.match(/^│ 2024-/gm)).toHaveLength(50);
    expect(text).toMatch(/\n… and 130 more; --format csv prints them all\n$/);
    const short = await query('--interval 1h');
    expect(short.match(/^│ 2024-/gm)).toHaveLength(3);
    expect(short).not.toContain('more');
  });

  it('what is unknown is empty in csv and null in JSON', async () => {
    using other = new Desk().write({
      'k.csv': 'open_time_ms,open,high,low,close,volume\n0,1,1,1,1,1\n60000,1,1,1,1,1\n',
    });
    await other.output('candles import k.csv --symbol S');
    const flags = 'candles query --symbol S --interval 2m --format';
    expect(rowsOf(await other.output(`${flags} csv`))).toEqual([
      ['0', '1', '1', '1', '1', '2', '', '', 'EXCHANGE', '1.0000'],
    ]);
    expect(JSON.parse(await other.output(`${flags} ndjson`))).toMatchObject({ turnover: null, trades: null });
  });
});

describe('query: ranges', () => {
  const times = async (flags: string): Promise<number[]> =>
    (await csv(`--interval 1m ${flags}`)).map(([time]) => (Number(time) - START) / MINUTE);

  it.each([
    ['epoch milliseconds', `--from ${START + MINUTE} --to ${START + 3 * MINUTE}`],
    ['ISO 8601 with Z', '--from 2024-05-01T00:01:00Z --to 2024-05-01T00:03:00.000Z'],
    ['ISO 8601 without a zone, which is UTC', '--from 2024-05-01T00:01 --to 2024-05-01T00:03:00'],
    ['another zone', '--from 2024-05-01T02:01:00+02:00 --to 2024-05-01T05:33:00+05:30'],
    ['between two opens', `--from ${START + 1} --to ${START + 2 * MINUTE + 1}`],
  ])('%s: from is in, to is out', async (_rule, flags) => {
    expect(await times(flags)).toEqual([1, 2]);
  });

  it('a day, and a time with a blank', async () => {
    expect(await times('--from 2024-05-01 --to 2024-05-02')).toHaveLength(HOURS * 60);
    const args = [
      'candles',
      'query',
      '--symbol',
      'S',
      '--interval',
      '1h',
      '--format',
      'csv',
      '--from',
      '2024-05-01 02:00',
    ];
    expect(rowsOf(await desk.output(args))).toHaveLength(1);
  });

  it('--last counts back from the newest candle, or from --to', async () => {
    expect(await times('--last 3m')).toEqual([177, 178, 179]);
    expect(await times(`--last 2m --to ${START + 10 * MINUTE}`)).toEqual([8, 9]);
  });

  it('without a range: all that is stored', async () => {
    expect(await csv('--interval 1s')).toHaveLength(HOURS * 3600);
  });

  it('a range as wide as can be, of calendar months too', async () => {
    expect(await csv(`--interval 1M --from -${8.64e15} --to ${8.64e15}`)).toHaveLength(1);
  });

  it('a range without candles is no error', async () => {
    expect(await query('--interval 1m --from 2020-01-01 --to 2021-01-01 --format csv')).toBe(`${HEADER}\n`);
    expect(JSON.parse(await query('--interval 1m --from 2030-01-01 --json')).candles).toEqual([]);
    expect(await query('--interval 1m --from 2030-01-01 --format ndjson')).toBe('');
    expect(await query('--interval 1m --from 2030-01-01')).toContain('no candles in this range');
    expect(await times(`--from ${START} --to ${START}`)).toEqual([]);
  });

  it.each([
    ['from after to', '--interval 1m --from 2024-05-02 --to 2024-05-01', /--from lies after --to/],
    ['--last with --from', '--interval 1m --from 2024-05-02 --last 1d', /leave --from out/],
    ['a time that is none', '--interval 1m --from yesterday', /'yesterday' is no time: use ISO 8601/],
    ['a time that no calendar has', `--interval 1m --from ${8.64e15 + 1}`, /is no time/],
    ['a day that no calendar has', '--interval 1m --from 2024-02-30', /'2024-02-30' is no time/],
    ['a duration that is none', '--interval 1m --last day', /'day' is no duration/],
    ['no interval', '', /required option '--interval/],
    ['an interval that is none', '--interval 2w', /interval must be/],
    ['a format that is none', '--interval 1m --format xml', /Allowed choices are table, json, ndjson, csv/],
    ['a fill that is none', '--interval 1m --fill zero', /Allowed choices are none, flat/],
  ])('%s exits with 2', async (_rule, flags, message) => {
    const { code, stdout, stderr } = await desk.run(`candles query --symbol S ${flags}`.trim());
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('an unknown series exits with 1 and says what there is', async () => {
    const { code, stderr } = await desk.run('candles query --symbol S --venue mexc --interval 1m');
    expect(stderr).toBe(
      'prate: no candles of S at venue mexc in this database; stored are: --symbol S --venue default\n',
    );
    expect(code).toBe(1);
  });
});

describe('query: intervals', () => {
  it.each([
    ['7', 7], // as it is written in the help
    ['7s', 7],
    ['90s', 90],
    ['5m', 300],
    ['1h', 3600],
  ])('%s: buckets align to the epoch, and add up to the whole', async (interval, seconds) => {
    const rows = await csv(`--interval ${interval}`);
    for (const [time] of rows) expect(Number(time) % (seconds * 1000)).toBe(0);
    const volume = (all: string[][]): number => all.reduce((sum, row) => sum + Math.round(Number(row[5]) * 1e12), 0);
    expect(volume(rows)).toBe(volume(await csv('--interval 1m')));
  });

  it('1w and 1M: Monday and the first of the month, with the share that was watched', async () => {
    const share = ((HOURS * 3600) / (7 * 86_400)).toFixed(4);
    expect((await csv('--interval 1w')).map((row) => [row[0], row[9]])).toEqual([
      [String(Date.UTC(2024, 3, 29)), share],
    ]);
    expect((await csv('--interval 1M')).map((row) => [row[0], row[9]])).toEqual([
      [String(START), ((HOURS * 3600) / (31 * 86_400)).toFixed(4)],
    ]);
  });

  it('seconds of minutes are INTERPOLATED; --observed-only leaves them out', async () => {
    const seconds = await csv('--interval 1s --last 1m');
    expect(new Set(seconds.map((row) => row[8]))).toEqual(new Set(['INTERPOLATED']));
    expect(await csv('--interval 1s --last 1m --observed-only')).toEqual([]);
    expect(await csv('--interval 1m --last 3m --observed-only')).toHaveLength(3);
  });

  it('--model and --seed: other seconds, the same minutes', async () => {
    const seconds = (flags: string): Promise<string[][]> => csv(`--interval 1s --last 3m ${flags}`);
    const bridge = await seconds('--model bridge');
    expect(await seconds('--model bridge --seed 1')).toEqual(bridge);
    expect(await seconds('--model bridge --seed 2')).not.toEqual(bridge);
    expect(await seconds('--model linear')).not.toEqual(bridge);
    expect(await seconds('--model linear')).toEqual(await csv('--interval 1s --last 3m'));
    expect(bridge.filter((_, i) => i % 60 === 59).map((row) => row[4])).toEqual(
      (await csv('--interval 1m --last 3m')).map((row) => row[4]),
    );
    await desk.output('candles export --symbol S --interval 1s --last 3m --model bridge --output bridge.csv');
    expect(rowsOf(readFileSync(join(desk.folder, 'bridge.csv'), 'utf8'))).toEqual(bridge);
  });

  it('--fill flat: a watched second without a trade is a row at the last price', async () => {
    using other = new Desk().write({ 't.csv': 'time_ms,price,quantity,side\n1000,5,1,buy\n4000,6,1,sell\n' });
    await other.output('candles import t.csv --symbol S');
    const all = await other.output('candles query --symbol S --interval 1s --fill flat --format csv');
    expect(rowsOf(all).map(([time, , , , close, volume, , trades]) => [time, close, volume, trades])).toEqual([
      ['1000', '5', '1', '1'],
      ['2000', '5', '0', '0'],
      ['3000', '5', '0', '0'],
      ['4000', '6', '1', '1'],
    ]);
  });
});

describe('export', () => {
  const EXPORT = 'candles export --symbol S --interval 1m';

  it('writes what a query prints, in every format', async () => {
    for (const format of ['csv', 'json', 'ndjson']) {
      const said = await desk.output(`${EXPORT} --format ${format} --output out.${format}`);
      expect(said).toBe(`180 candles of 1m written to ${join(desk.folder, `out.${format}`)}\n`);
      const text = readFileSync(join(desk.folder, `out.${format}`), 'utf8');
      expect(text).toBe(await query(`--interval 1m --format ${format}`));
      expect(await desk.output(`${EXPORT} --format ${format} --output -`)).toBe(text);
    }
  });

  it('what was exported can be imported, and is the same', async () => {
    await desk.output(`${EXPORT} --output again.csv`);
    await desk.output('candles import again.csv --symbol S --db again.db');
    expect(await query('--interval 7s --format csv --db again.db')).toBe(await query('--interval 7s --format csv'));
  });

  it('--json: a summary on standard output', async () => {
    const file = join(desk.folder, 'x.csv');
    expect(await desk.json(`${EXPORT} --output x.csv`)).toEqual({
      ...{ file, rows: 180, format: 'csv', venue: 'default', symbol: 'S', interval: '1m' },
    });
  });

  it('a failure leaves no part of a file, and the old one as it was', async () => {
    const folder = join(desk.folder, 'out');
    mkdirSync(folder);
    writeFileSync(join(folder, 'old.csv'), 'old');
    const stopped = new AbortController();
    stopped.abort();
    const { code, stderr } = await desk.run(`${EXPORT} --output out/old.csv`, { signal: stopped.signal });
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted\n' });
    expect(readFileSync(join(folder, 'old.csv'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['old.csv']);
    for (const [output, message] of [
      ['nowhere/x.csv', /nowhere\/x\.csv cannot be written: the folder .*nowhere does not exist/],
      ['out', /out cannot be written: it is a folder; a name inside it would be right/],
      [
        'data/prate.db',
        /prate\.db cannot be written: it is a database, which nothing replaces; another name would be right/,
      ],
    ] as const) {
      const ran = await desk.run(`${EXPORT} --output ${output}`);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(message);
    }
    expect(readdirSync(desk.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(existsSync(join(desk.folder, 'nowhere'))).toBe(false);
  });

  it('a link is followed, and a file keeps its mode', async () => {
    const kept = join(desk.folder, 'kept.csv');
    writeFileSync(kept, 'old', { mode: 0o600 });
    symlinkSync(kept, join(desk.folder, 'link.csv'));
    await desk.output(`${EXPORT} --output link.csv`);
    expect(lstatSync(join(desk.folder, 'link.csv')).isSymbolicLink()).toBe(true);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(readFileSync(kept, 'utf8')).toBe(await query('--interval 1m --format csv'));
  });

  it.skipIf(process.platform === 'win32')('into a pipe it goes as it comes', async () => {
    const pipe = join(desk.folder, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    const read = readFile(pipe, 'utf8');
    await desk.output(`${EXPORT} --output pipe.csv`);
    expect(await read).toBe(await query('--interval 1m --format csv'));
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });
});

describe('status and verify', () => {
  it('status: per series and step, what is stored', async () => {
    using other = new Desk().write({ 'k.csv': lines(KLINES_HEADER, ...[0, 1, 4].map((i) => kline(i))) });
    await other.output('candles import k.csv --symbol S --interval 1m --venue a');
    await other.output('candles import k.csv --symbol T --interval 1m --venue b');
    const text = await other.output('candles status');
    expect(text).toMatch(/│ a\/S +│ 1m +│ 2024-05-01 00:00:00 │ 2024-05-01 00:05:00 │ +3 │ +180 │ +1 │/);
    const { rows, series, stored } = await other.json<Record<string, unknown>>('candles status --venue b');
    expect({ rows, series }).toEqual({ rows: 6, series: 2 });
    const [from, to] = [START, START + 5 * MINUTE];
    expect(stored).toEqual([
      { venue: 'b', symbol: 'T', interval: '1m', rows: 3, from, to, observedSeconds: 180, gaps: 1 },
    ]);
    expect(await other.output('candles status --symbol X')).toContain('nothing is stored of this symbol or venue');
  });

  it('verify: a sound database exits with 0', async () => {
    expect(await desk.output('candles verify')).toMatch(/: \d+ blocks? with 180 rows read, 0 faults\n$/);
    expect(await desk.json('candles verify')).toMatchObject({ rows: 180, faults: [] });
  });

  it('verify: names the series and the time of a damaged block and exits with 3; the rest stays readable', async () => {
    using other = new Desk().write({ 'k.csv': klinesCsv(3000), 'one.csv': klinesCsv(30) });
    await other.output('candles import k.csv --symbol S');
    await other.output('candles import one.csv --symbol T');
    const { damagedFrom } = damageLastBody(join(other.folder, 'data/prate.db'));
    expect(damagedFrom).toBeGreaterThan(0);
    const { code, stdout } = await other.run('candles verify');
    expect(stdout).toMatch(
      /1 fault\n {2}default\/[ST]: the block of 1(m candles|h level) from 2024-\S+ to 2024-\S+ is damaged/,
    );
    expect(code).toBe(3);
    const report = JSON.parse((await other.run('candles verify --json')).stdout);
    expect(report.faults[0]).toMatchObject({ series: { venue: 'default' } });
    const [bad, step] = [report.faults[0].series.symbol, report.faults[0].step.text];
    const query = await other.run(`candles query --symbol ${bad} --interval ${step} --format csv`);
    expect(query.code).toBe(1);
    expect(query.stderr).toMatch(/^prate: default\/[ST]: the block of 1\w .* is damaged/);
    await other.output(`candles query --symbol ${bad} --interval ${step === '1h' ? '1m' : '1h'} --format csv`);
    await other.output(`candles query --symbol ${bad === 'S' ? 'T' : 'S'} --interval 1m --format csv`);
  });
});

/** Flips bits in the middle of the last filled page of a database file. */
function damageLastBody(file: string): { readonly damagedFrom: number } {
  const bytes = readFileSync(file);
  const pageBytes = bytes.readUInt16BE(16);
  // bodies lie at the end of a page
  const damagedFrom = bytes.length - Math.min(64, pageBytes);
  for (let at = damagedFrom; at < damagedFrom + 8; at += 1) bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(file, bytes);
  return { damagedFrom };
}
