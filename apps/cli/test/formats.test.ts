import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { run } from '../src/run.ts';
import { klinesFile } from './support/candle-rows.ts';
import { klinesCsv, START } from './support/data.ts';
import { catching, Desk, runPrate } from './support/desk.ts';

const LAW_TIMEOUT_MS = 1_200_000;
const FILES = ['a.csv', 'a.ndjson', 'a.parquet', 'a.csv.gz', 'a.ndjson.gz'];
const bytes = (desk: Desk, name: string): Buffer => readFileSync(join(desk.folder, name));

/** Import, export, import into another database, export. */
async function exportTwice(desk: Desk, file: string, interval: string): Promise<[Buffer, Buffer]> {
  const flags = `--symbol S --interval ${interval}`;
  await desk.output(`candles export ${flags} --db a.db --output ${file}`);
  const rest = file.endsWith('.parquet') ? '' : ` --interval ${interval}`;
  await desk.output(`candles import ${file} --symbol S --db ${file}.db${rest}`);
  await desk.output(`candles export ${flags} --db ${file}.db --output again-${file}`);
  return [bytes(desk, file), bytes(desk, `again-${file}`)];
}

describe('formats: what is exported and imported again is exported the same', () => {
  it(
    'any candles, in any format, byte for byte',
    async () => {
      await fc.assert(
        fc.asyncProperty(klinesFile, async ({ interval, csv }) => {
          using desk = new Desk().write({ 'k.csv': csv });
          await desk.output(`candles import k.csv --symbol S --interval ${interval} --db a.db`);
          for (const file of FILES.slice(0, 3)) {
            const [first, second] = await exportTwice(desk, file, interval);
            expect(second.equals(first), `${file}\n${first.toString('latin1')}\n${second.toString('latin1')}`).toBe(
              true,
            );
          }
        }),
        cases(200),
      );
    },
    LAW_TIMEOUT_MS,
  );
});
