import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { KLINES_HEADER, kline, klinesCsv, lines, MINUTE, START, tradesCsv } from './support/data.ts';
import { Desk } from './support/desk.ts';

interface UpJson {
  readonly source: string;
  readonly description: string;
  readonly rows: number;
  readonly candles: Readonly<Record<string, number>>;
  readonly db: string;
  readonly orders: number;
  readonly fills: number;
  readonly equity: string;
  readonly netPnl: string;
  readonly report: { readonly candles: number; readonly interval: string; readonly errors: readonly unknown[] };
}

/** A market that needs no network, and nobody to watch. */
const MADE_UP = '--source synthetic:1 --no-page';

describe('up', () => {
  it('a synthetic market: says that it is made up; candles are stored and can be queried', async () => {
    using desk = new Desk();
    const result = await desk.json<UpJson>(`up ${MADE_UP} --for 3s --symbols BTC_USDT,ETH_USDT`);
    expect(result).toMatchObject({ source: 'synthetic', symbols: ['BTC_USDT', 'ETH_USDT'], venue: 'synthetic-1' });
    expect(result.description).toMatch(/synthetic market, made up from seed 1: no real prices/);
    expect(result.db).toBe(join(desk.folder, 'data/prate.db'));
    const rows = async (interval: string): Promise<number> => {
      const each = await Promise.all(
        ['BTC_USDT', 'ETH_USDT'].map((symbol) =>
          desk.json<{ candles: unknown[] }>(`candles query --symbol ${symbol} --interval ${interval}`),
        ),
      );
      return each.reduce((sum, { candles }) => sum + candles.length, 0);
    };
    expect(await rows('5s')).toBeGreaterThan(0);
    // the last bucket of each symbol had not closed
    const open = (await rows('5s')) - (result.candles['5s'] as number);
    expect(open >= 0 && open <= 2).toBe(true);
    expect(await rows('1s')).toBe(result.candles['1s']);
  });

  it('a file of trades: is played to its end, and says what it read, made and earned, and what to type next', async () => {
    using desk = new Desk().write({ 't.csv': tradesCsv(1500) });
    const text = await desk.output('up --source t.csv --symbols S');
    expect(text).toContain(`trades of ${join(desk.folder, 't.csv')}`);
    expect(text).toContain('read             1,500 trades, 2024-05-01 00:00:00 to 2024-05-01 00:17:3');
    expect(text).toMatch(/candles {10}1,050 of 1 s and 210 of 5 s/);
    expect(text).toMatch(/orders {11}\d+ placed, \d+ fills/);
    expect(text).toMatch(/profit and loss {2}−?[\d,.]+ USDT/);
    const next = /next:\n {2}prate (.*)/.exec(text)?.[1] as string;
    expect(await desk.output(next)).toContain('S · 5s · venue file-t.csv');
    const csv = await desk.output('candles query --symbol S --interval 1s --format csv');
    await desk.output('candles import t.csv --symbol S --venue file-t.csv --db other.db');
    expect(
      await desk.output('candles query --symbol S --venue file-t.csv --interval 1s --format csv --db other.db'),
    ).toBe(csv);
  });

  it('twice the same file is twice the same session', async () => {
    using desk = new Desk();
    writeFileSync(join(desk.folder, 't.csv.gz'), gzipSync(tradesCsv(1500)));
    const play = async (db: string): Promise<object> => ({
      ...(await desk.json<UpJson>(`up --source t.csv.gz --symbols S --db ${db}`)),
      db: '',
    });
    const first = await play('a.db');
    expect(first).toMatchObject({ source: 'trades', rows: 1500 });
    expect((first as UpJson).orders).toBeGreaterThan(0);
    expect(await play('b.db')).toEqual(first);
    expect(await play('a.db')).toEqual(first);
  });

  it('a report that cannot be written: the session says what it came to all the same, and 1', async () => {
    using desk = new Desk().write({ 't.csv': tradesCsv(100), 'told.html/x': 'a folder of that name' });
    const { code, stdout } = await desk.run('up --source t.csv --symbols S --report told.html');
    expect([code, stdout]).toEqual([1, expect.stringContaining('The session is over.')]);
    expect(stdout).toMatch(/problem +.*told\.html cannot be written/);
  });

  it('a file of klines: the strategy gets its candles', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(240) });
    const { source, rows, report, candles } = await desk.json<UpJson>('up --source k.csv --symbols S');
    expect({ source, rows }).toEqual({ source: 'candles', rows: 240 });
    expect(report).toMatchObject({ interval: '1m', candles: 240, errors: [] });
    expect(candles['5s']).toBe(240 * 12);
  });

  it.each([
    [
      'MEXC, which cannot be reached',
      'up --source mexc',
      1,
      /MEXC cannot be reached at http:\/\/127\.0\.0\.1:9: the connection was refused; --source sandbox is/,
    ],
    ['mode live', 'up', 2, /prate up trades on paper alone/],
  ])('%s: says so', async (_rule, args, code, message) => {
    using desk = new Desk();
    const mexc = { PRATE_MEXC_REST_URL: 'http://127.0.0.1:9', PRATE_MEXC_WS_URL: 'ws://127.0.0.1:9/edge' };
    const env = code === 2 ? { PRATE_MODE: 'live' } : mexc;
    const ran = await desk.run(args, { env });
    expect(ran.stderr).toMatch(message);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
  });

  it.each(['t.csv', 'k.csv'])('that is stopped while it reads %s: 0, and it says so', async (file) => {
    using desk = new Desk().write({ 't.csv': tradesCsv(10), 'k.csv': klinesCsv(10) });
    const { code, stderr } = await desk.run(`up --source ${file} --symbols S`, { signal: AbortSignal.abort() });
    expect(stderr).toBe('stopped before the session had begun; nothing was played\n');
    expect(code).toBe(0);
    expect(await desk.json('candles status')).toMatchObject({ rows: 0 });
  });

  it.each([
    ['a source that there is not', 'up --source sandbx', 2, /no source 'sandbx': it is auto, mexc, sandbox, synth/],
    ['a report in no folder', 'up --source t.csv --symbols S --report a/b.html', 2, /there is no folder .*a; make it/],
    ['a file without a symbol', 'up --source t.csv', 2, /a file holds one symbol: say which/],
    ['a file with two symbols', 'up --source t.csv --symbols A,B', 2, /a file holds one symbol/],
    ['a symbol twice', 'up --symbols A,A', 2, /names a symbol twice/],
    ['a duration that is none', 'up --for ever', 2, /'ever' is no duration/],
    ['a speed of zero', 'up --speed 0', 2, /speed must be above 0/],
    ['a balance below zero', 'up --balance=-5', 2, /balance must be above 0/],
    ['a missing file', 'up --source none.csv --symbols S', 1, /none\.csv: no such file/],
    ['a bad row', 'up --source bad.csv --symbols S', 1, /bad\.csv:3: /],
    ['bad klines', 'up --source klines.csv --symbols S', 1, /klines\.csv:4: /],
    ['a header alone', 'up --source header.csv --symbols S', 1, /header\.csv: a header and no rows/],
  ])('%s: says so', async (_rule, args, code, message) => {
    using desk = new Desk().write({
      't.csv': tradesCsv(3),
      'bad.csv': `${tradesCsv(1)}x\n`,
      'klines.csv': `${klinesCsv(2)}x\n`,
      'header.csv': `${KLINES_HEADER}\n`,
    });
    const ran = await desk.run(args);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).not.toMatch(/\n\s+at |unexpected error/);
    expect(ran.code).toBe(code);
  });
});

describe('replay', () => {
  const RANGE = '--from 2024-05-01 --to 2024-05-01T04:00';

  it('plays stored candles and reports; twice the same', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(240) });
    await desk.output('candles import k.csv --symbol S');
    const args = `replay --strategy ma-cross --symbol S ${RANGE}`;
    const report = await desk.json<Record<string, unknown>>(args);
    expect(report).toMatchObject({
      strategy: 'ma-cross',
      candles: 240,
      interval: '1m',
      from: START,
      to: START + 240 * MINUTE,
    });
    expect(await desk.json(args)).toEqual(report);
    expect(await desk.output(args)).toContain('2024-05-01 00:00:00 to 2024-05-01 04:00:00 UTC');
    const before = await desk.stored();
    await desk.output(`${args} --interval 5m --balance 500`);
    expect(await desk.stored()).toBe(before);
  });

  it('refuses candles that were watched in part or are made up, unless --allow-interpolated', async () => {
    using desk = new Desk().write({
      'k.csv': lines(KLINES_HEADER, ...[0, 1, 2, 3, 4, 5, 6, 8, 9].map((i) => kline(i))),
    });
    await desk.output('candles import k.csv --symbol S');
    for (const [interval, message] of [
      ['5m', /the 5m candle of 2024-05-01T00:05:00.000Z was watched only in part \(coverage 0\.8000\)/],
      ['5s', /the 5s candle of 2024-05-01T00:00:00.000Z is interpolated/],
    ] as const) {
      const args = `replay --symbol S --interval ${interval} ${RANGE}`;
      const { code, stderr } = await desk.run(args);
      expect(stderr).toMatch(message);
      expect(stderr).toContain('--allow-interpolated accepts such candles');
      expect(code).toBe(1);
      expect(await desk.json(`${args} --allow-interpolated`)).toMatchObject({ interval, errors: [] });
    }
    expect(await desk.json(`replay --symbol S ${RANGE}`)).toMatchObject({ candles: 9 });
  });

  it('without a range: all that is stored', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(30) });
    await desk.output('candles import k.csv --symbol S');
    expect(await desk.json('replay --symbol S')).toMatchObject({ candles: 30, from: START, to: START + 30 * MINUTE });
  });

  it('a candle that was not watched whole: names it, and the stretch that can be played', async () => {
    using desk = new Desk().write({ 't.csv': tradesCsv(1500) });
    await desk.output('candles import t.csv --symbol S');
    const { code, stderr } = await desk.run('replay --symbol S --interval 1m');
    expect(code).toBe(1);
    const [, from, to] = /whole are those from (\S+) to (\S+) \(/.exec(stderr) ?? [];
    expect(await desk.json(`replay --symbol S --interval 1m --from ${from} --to ${to}`)).toMatchObject({ candles: 17 });
  });

  it('the strategy knows what has closed, and nothing later', async () => {
    const text = `export default { name: 'seer', async onCandle(candle, { candles, clock, symbols: [symbol] }) {
      const now = clock.nowMs();
      const seen = [
        ...(await candles.getAggregatedCandles(symbol, now - 36e5, now + 36e5, '5m')).map((c) => c.openTime + 3e5),
        ...(await candles.getAggregatedCandles(symbol, now - 36e5, now + 36e5, '1m')).map((c) => c.openTime + 6e4),
      ];
      if (Math.max(...seen) !== now) throw new Error('it is ' + now + ' and saw ' + Math.max(...seen));
    } };`;
    using desk = new Desk().write({ 'k.csv': klinesCsv(30), 'seer.mjs': text });
    await desk.output('candles import k.csv --symbol S');
    expect(await desk.json('replay --symbol S --strategy seer.mjs')).toMatchObject({ candles: 30, errors: [] });
  });

  it.each([
    [
      'nothing stored there',
      '--symbol S --from 2020-01-01 --to 2020-02-01',
      1,
      /no candles of default\/S from 2020-01-01/,
    ],
    [
      'an unknown symbol',
      '--symbol X --from 2024-05-01 --to 2024-05-02',
      1,
      /no candles of X in this database; stored are: --symbol S --venue default/,
    ],
    ['from after to', '--symbol S --from 2024-05-02 --to 2024-05-01', 2, /--from lies not before --to/],
  ])('%s: says so', async (_rule, flags, code, message) => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    await desk.output('candles import k.csv --symbol S');
    const ran = await desk.run(`replay ${flags}`);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });
});
