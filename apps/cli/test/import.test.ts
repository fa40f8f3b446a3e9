import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { KLINES_HEADER, kline, klinesCsv, lines, MINUTE, START, TRADES_HEADER } from './support/data.ts';
import { Desk } from './support/desk.ts';

const QUERY = 'candles query --symbol S --interval 1m --format csv';
const rowsOf = (csv: string): string[] => csv.trimEnd().split('\n').slice(1);

describe('import', () => {
  it('a file of klines: says what it did, and what to type next', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(30) });
    const text = await desk.output('candles import k.csv --symbol S');
    expect(text).toContain('30 candles of 1m read for S (venue default)');
    expect(text).toContain('30 candles of 1m added, 0 replaced, 0 unchanged');
    expect(text).toContain('2024-05-01 00:00:00 to 2024-05-01 00:30:00 UTC, 1,800 s of it watched, 0 gaps');
    const next = /next: prate (.*)/.exec(text)?.[1] as string;
    expect(await desk.output(next)).toContain('2024-05-01 00:00:05');
  });

  it('next: shows candles even of a file that is shorter than one of them', async () => {
    using desk = new Desk().write({ 't.csv': lines(TRADES_HEADER, `${START + 1500},100,1,buy,1,MARKET`) });
    const text = await desk.output('candles import t.csv --symbol S');
    expect(await desk.output(/next: prate (.*)/.exec(text)?.[1] as string)).toContain('│ 2024-05-01 00:00:00 │');
  });

  it('next: names the database and the venue where a query needs them, and npm in a checkout', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    const text = await desk.output('candles import k.csv --symbol S --venue v --db x.db', { env: { PRATE_CWD: '/' } });
    expect(text).toMatch(/next: npm run -s prate -- candles query --symbol S --venue v .* --db x\.db\n/);
  });

  it('a second time changes nothing', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(30) });
    await desk.output('candles import k.csv --symbol S');
    const before = await desk.stored();
    expect(await desk.json('candles import k.csv --symbol S')).toMatchObject({ added: 0, replaced: 0, unchanged: 30 });
    expect(await desk.stored()).toBe(before);
  });

  it('every way in gives the same: plain, .gz, standard input, Windows line ends, a BOM, columns in another order', async () => {
    using desk = new Desk();
    const text = klinesCsv(10);
    const turned = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').reverse().join(','));
    desk.write({ 'a.csv': text, 'win.csv': `\ufeff${text.replaceAll('\n', '\r\n')}`, 'turned.csv': lines(...turned) });
    writeFileSync(join(desk.folder, 'b.csv.gz'), gzipSync(text));
    for (const file of ['a.csv', 'win.csv', 'turned.csv', 'b.csv.gz', '-']) {
      const stdin = file === '-' ? text : undefined;
      await desk.output(`candles import ${file} --symbol S --db ${file}.db`, { stdin });
    }
    const expected = await desk.output(`${QUERY} --db a.csv.db`);
    expect(rowsOf(expected)).toHaveLength(10);
    for (const file of ['win.csv', 'turned.csv', 'b.csv.gz', '-'])
      expect(await desk.output(`${QUERY} --db ${file}.db`)).toBe(expected);
  });

  it('bad standard input: names it and the line', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run('candles import - --symbol S', { stdin: `${klinesCsv(3)}x\n` });
    expect(code).toBe(1);
    expect(stderr).toContain('standard input:5: ');
  });

  it('numbers come out as they went in, digit for digit', async () => {
    using desk = new Desk();
    const price = '61234.123456789';
    const values = { open: price, high: price, low: price, close: price, volume: '0.000000012345', turnover: '0.1' };
    desk.write({ 'k.csv': lines(KLINES_HEADER, kline(0, values), kline(1, values)) });
    await desk.output('candles import k.csv --symbol S');
    expect(rowsOf(await desk.output(QUERY))[0]).toBe(
      `${START},${price},${price},${price},${price},0.000000012345,0.1,1,EXCHANGE,1.0000`,
    );
  });

  it('--contract-size: volumes are multiplied exactly, turnover is not', async () => {
    using desk = new Desk().write({ 'k.csv': lines(KLINES_HEADER, kline(0, { volume: '333' }), kline(1)) });
    await desk.output('candles import k.csv --symbol S --contract-size 0.0001');
    const fields = rowsOf(await desk.output(QUERY))[0]?.split(',');
    expect(fields?.slice(5, 7)).toEqual(['0.0333', '125.5']);
  });

  it('a missing row is a gap; with --missing quiet it is a time without trades', async () => {
    using desk = new Desk().write({ 'k.csv': lines(KLINES_HEADER, ...[0, 1, 2, 5, 6].map((i) => kline(i))) });
    expect(await desk.json('candles import k.csv --symbol S --db gaps.db')).toMatchObject({
      gaps: 1,
      observedSeconds: 300,
    });
    expect(await desk.json('candles import k.csv --symbol S --db quiet.db --missing quiet')).toMatchObject({
      gaps: 0,
      observedSeconds: 420,
    });
    expect(rowsOf(await desk.output(`${QUERY} --fill flat --db gaps.db`))).toHaveLength(5);
    const quiet = rowsOf(await desk.output(`${QUERY} --fill flat --db quiet.db`));
    expect(quiet).toHaveLength(7);
    const close = kline(2).split(',')[4]?.replace(/0$/, '');
    expect(quiet[3]).toMatch(new RegExp(`^${START + 3 * MINUTE},(${close}),\\1,\\1,\\1,0,0,0,`));
  });

  it('--interval: rows that would tell another one are taken at their word', async () => {
    using desk = new Desk().write({ 'k.csv': lines(KLINES_HEADER, ...[0, 5, 10].map((i) => kline(i))) });
    expect(await desk.json('candles import k.csv --symbol S --db a.db')).toMatchObject({ interval: '5m', gaps: 0 });
    expect(await desk.json('candles import k.csv --symbol S --db b.db --interval 1m')).toMatchObject({
      interval: '1m',
      gaps: 2,
    });
  });

  it('one row does not tell its interval: --interval does', async () => {
    using desk = new Desk().write({ 'k.csv': lines(KLINES_HEADER, kline(0)) });
    const { code, stderr } = await desk.run('candles import k.csv --symbol S');
    expect(code).toBe(1);
    expect(stderr).toMatch(/k\.csv: the open times do not tell the interval; give it/);
    expect(await desk.json('candles import k.csv --symbol S --interval 60')).toMatchObject({
      interval: '1m',
      added: 1,
    });
  });
});

describe('import of trades', () => {
  const trade = (second: number, id: number, price = '100', type = 'MARKET'): string =>
    `${START + second * 1000},${price},0.5,buy,${id},${type}`;

  it('become candles of one second; rows of another type are left out before anything else is looked at', async () => {
    using desk = new Desk().write({
      't.csv': lines(TRADES_HEADER, trade(0, 1), trade(0, 2, '101'), `${START},0,0,buy,3,NA`, trade(3, 4, '99', '')),
    });
    expect(await desk.json('candles import t.csv --symbol S')).toMatchObject({
      kind: 'trades',
      ...{ interval: '1s', rows: 3, leftOut: 1, invalid: 0, added: 2, gaps: 0, observedSeconds: 4 },
      ...{ from: START, to: START + 4000 },
    });
    expect(rowsOf(await desk.output('candles query --symbol S --interval 1s --format csv'))).toEqual([
      `${START},100,101,100,101,1,100.5,2,TRADES,1.0000`,
      `${START + 3000},99,99,99,99,0.5,49.5,1,TRADES,1.0000`,
    ]);
    expect(await desk.output('candles import t.csv --symbol T')).toContain('1 row of another type left out');
  });

  it('a jump of ids is a gap, and with --no-id-gaps it is none', async () => {
    using desk = new Desk().write({
      't.csv': lines(TRADES_HEADER, trade(0, 1), trade(2, 2), trade(6, 9), trade(8, 10)),
    });
    expect(await desk.json('candles import t.csv --symbol S --db a.db')).toMatchObject({ gaps: 1, observedSeconds: 4 });
    expect(await desk.json('candles import t.csv --symbol S --db b.db --no-id-gaps')).toMatchObject({
      gaps: 0,
      observedSeconds: 9,
    });
  });
});
