import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { KLINES_HEADER, kline, klinesCsv, lines, START } from './support/data.ts';
import { Desk } from './support/desk.ts';

const HOUR = 3_600_000;

const secondsCsv = (count: number): string =>
  lines(
    KLINES_HEADER,
    ...Array.from({ length: count }, (_, i) => kline(i, { open_time_ms: String(START + i * 1000) })),
  );

/** Two hours of 1 s candles in data/prate.db, the second block of which is damaged. */
async function damagedDesk(step: '1s' | '1m'): Promise<Desk> {
  const desk = new Desk().write({ 'k.csv': secondsCsv(7200) });
  await desk.output('candles import k.csv --symbol S --venue v --interval 1s');
  const database = new DatabaseSync(join(desk.folder, 'data/prate.db'));
  const { id, body } = database
    .prepare(
      'SELECT b.id, b.body FROM blocks b JOIN streams s ON s.id = b.id / 4294967296 WHERE s.step = ? ORDER BY b.id DESC',
    )
    .get(step) as { id: number; body: Uint8Array };
  database.prepare('UPDATE blocks SET body = ? WHERE id = ?').run(
    body.map((byte, i) => (i > 20 ? byte ^ 1 : byte)),
    id,
  );
  database.close();
  return desk;
}

describe('candles repair', () => {
  it('a sound database: nothing to do, and no copy', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    await desk.output('candles import k.csv --symbol S');
    expect(await desk.output('candles repair')).toMatch(/prate\.db: no fault, nothing to repair\n$/);
    expect(await desk.json('candles repair')).toMatchObject({ copy: null, dropped: [], faults: [] });
    expect(existsSync(join(desk.folder, 'data/prate.db.damaged'))).toBe(false);
  });

  it('damaged seconds: copied, dropped, told with what is kept and how they come back; then sound', async () => {
    using desk = await damagedDesk('1s');
    const verified = await desk.run('candles verify');
    expect([verified.code, verified.stdout]).toEqual([
      3,
      expect.stringMatching(/1 fault\n {2}.*\nnext: prate candles repair\n$/),
    ]);
    const text = await desk.output('candles repair');
    const [head, what, next] = text.split('\n');
    expect(head).toMatch(/prate\.db: 1 fault; copied as it was to .*data\/prate\.db\.damaged$/);
    expect(what).toBe(
      '  v/S: 1s candles from 2024-05-01 01:00:00 to 2024-05-01 02:00:00: lost; candles of 1m that were kept beside them are there',
    );
    expect(next).toMatch(
      /^next: .*: prate candles backfill --symbol S --venue v --interval 1s --from 2024-05-01T01:00:00.000Z --to 2024-05-01T02:00:00.000Z$/,
    );
    expect(await desk.output('candles verify')).toMatch(/, 0 faults\n$/);
    expect(
      (await desk.output('candles query --symbol S --venue v --interval 1m --format csv')).split('\n').length,
    ).toBe(122);
    expect((await desk.run('candles verify --db data/prate.db.damaged')).code).toBe(3);
    await desk.output('candles import k.csv --symbol S --venue v --interval 1s');
    expect(await desk.json('candles status')).toMatchObject({ stored: [{ interval: '1s', rows: 7200 }, { rows: 60 }] });
  });

  it('--json; a damaged level is made anew; an older copy is kept', async () => {
    using desk = await damagedDesk('1m');
    desk.write({ 'data/prate.db.damaged': 'of last week' });
    const report = await desk.json<Record<string, unknown>>('candles repair');
    expect(report).toMatchObject({ copy: expect.stringMatching(/prate\.db\.damaged-2$/), faults: [] });
    expect(report['dropped']).toMatchObject([
      { venue: 'v', symbol: 'S', interval: '1m', from: START, to: START + 24 * HOUR, isLevel: true, kept: [] },
    ]);
  });

  it('a number of rows that is wrong: mended', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    await desk.output('candles import k.csv --symbol S');
    const database = new DatabaseSync(join(desk.folder, 'data/prate.db'));
    database.exec('UPDATE blocks SET rows = rows + 1');
    database.close();
    expect(await desk.output('candles repair')).toMatch(
      /prate\.db: 2 faults; copied .*\n {2}mended, nothing is lost\n$/,
    );
    expect(await desk.json('candles verify')).toMatchObject({ rows: 3, faults: [] });
  });

  it('a damaged structure: said with what is left to do; nothing is changed, and no copy is left', async () => {
    using desk = await damagedDesk('1s');
    const file = join(desk.folder, 'data/prate.db');
    const database = new DatabaseSync(file);
    database.exec("UPDATE streams SET step = '1r' WHERE step = '1s'");
    database.close();
    const { code, stdout, stderr } = await desk.run('candles repair');
    expect(stderr).toMatch(/^prate: .*its structure is damaged.*row 1 is no series.*can be exported into another/);
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(`${file}.damaged`)).toBe(false);
  });
});
