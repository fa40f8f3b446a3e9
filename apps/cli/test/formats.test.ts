import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { klinesFile } from './support/candle-rows.ts';
import { klinesCsv } from './support/data.ts';
import { Desk } from './support/desk.ts';

const LAW_TIMEOUT_MS = 1_200_000;
const FILES = ['a.csv', 'a.ndjson', 'a.parquet', 'a.csv.gz', 'a.ndjson.gz'];
const bytes = (desk: Desk, name: string): Buffer => readFileSync(join(desk.folder, name));

const FORMATS = FILES.slice(0, 3);

describe('formats: what is exported and imported again is exported the same', () => {
  it(
    'any candles, from any format into any other, byte for byte',
    async () => {
      await fc.assert(
        fc.asyncProperty(klinesFile, async ({ interval, csv }) => {
          using desk = new Desk().write({ 'k.csv': csv });
          const flags = `--symbol S --interval ${interval}`;
          await desk.output(`candles import k.csv ${flags} --db a.db`);
          for (const file of FORMATS) await desk.output(`candles export ${flags} --db a.db --output ${file}`);
          for (const file of FORMATS) {
            const rest = file.endsWith('.parquet') ? '' : ` --interval ${interval}`;
            await desk.output(`candles import ${file} --symbol S --db ${file}.db${rest}`);
            for (const into of FORMATS) {
              await desk.output(`candles export ${flags} --db ${file}.db --output again-${into}`);
              const [first, again] = [bytes(desk, into), bytes(desk, `again-${into}`)];
              const texts = (): string =>
                `${file} into ${into}\n${first.toString('latin1')}\n${again.toString('latin1')}`;
              if (!again.equals(first)) expect.fail(texts());
            }
          }
        }),
        cases(12),
      );
    },
    LAW_TIMEOUT_MS,
  );
});

describe('formats: files and pipes', () => {
  const EXPORT = 'candles export --symbol S --interval 1m';
  const imported = async (): Promise<Desk> => {
    const desk = new Desk().write({ 'k.csv': klinesCsv(120) });
    await desk.output('candles import k.csv --symbol S --db a.db');
    return desk;
  };

  it('the ending says the format, --format says it louder, and .gz packs', async () => {
    using desk = await imported();
    for (const file of FILES) await desk.output(`${EXPORT} --db a.db --output ${file}`);
    await desk.output(`${EXPORT} --db a.db --format ndjson --output odd.csv`);
    expect(gunzipSync(bytes(desk, 'a.csv.gz'))).toEqual(bytes(desk, 'a.csv'));
    expect(gunzipSync(bytes(desk, 'a.ndjson.gz'))).toEqual(bytes(desk, 'a.ndjson'));
    expect(bytes(desk, 'odd.csv')).toEqual(bytes(desk, 'a.ndjson'));
    expect(bytes(desk, 'a.parquet').subarray(0, 4).toString()).toBe('PAR1');
    for (const file of FILES) {
      const said = await desk.json<{ rows: number }>(`candles import ${file} --symbol S --db ${file}.db`);
      expect(said.rows).toBe(120);
    }
  });

  it('a pipe carries every format, in and out', async () => {
    using desk = await imported();
    for (const format of ['csv', 'ndjson', 'parquet']) {
      await desk.output(`${EXPORT} --db a.db --output out.${format}`);
      const piped = await desk.output(`${EXPORT} --db a.db --format ${format} --output -`);
      expect(piped).toBe(bytes(desk, `out.${format}`).toString('latin1'));
      const stdin = Buffer.from(piped, 'latin1');
      const said = await desk.run(`candles import - --symbol S --format ${format} --db ${format}.db`, { stdin });
      expect(said).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('a bad row of ndjson is named, or left out with --skip-invalid', async () => {
    using desk = new Desk().write({
      'k.ndjson': '{"open_time_ms":0,"open":1,"high":1,"low":1,"close":1,"volume":1}\nnonsense\n',
    });
    const flags = 'candles import k.ndjson --symbol S --interval 1m';
    const failed = await desk.run(flags);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/k\.ndjson:2: this is not JSON/);
    expect((await desk.run(`${flags} --skip-invalid`)).code).toBe(3);
  });

  it.each([
    ['Parquet packed twice', '--output a.parquet.gz', /Parquet is packed inside/],
    ['no format', '--output a.csv --format xml', /Allowed choices are csv, ndjson, json, parquet/],
  ])('%s is a mistake in the usage', async (_what, flags, said) => {
    using desk = await imported();
    const { code, stderr } = await desk.run(`${EXPORT} --db a.db ${flags}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
  });
});
