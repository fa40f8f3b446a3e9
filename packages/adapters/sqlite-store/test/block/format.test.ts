import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { blockCodec } from '../../src/block/codec.ts';
import { SqliteCandleStore } from '../../src/index.ts';
import { withCoverage } from '../../src/merge-block.ts';
import { MINUTE, plain, scratch, T0 } from '../support.ts';

const page = readFileSync(new URL('../../../../../docs/block-format.md', import.meta.url), 'utf8');

/** The hex bytes of the page's example: the columns left of the bars of its table. */
const written = [...page.matchAll(/^ {4}((?:[0-9a-f]{2} )*[0-9a-f]{2}) *\|/gm)].flatMap(([, bytes]) =>
  (bytes as string).split(' '),
);

const key = { venue: 'default', symbol: 'BTC_USDT', step: toInterval('1m'), isLevel: false, block: 19_723 };
const candle = (minute: number, prices: string, volume: string, turnover: string, trades: number) => {
  const [open, high, low, close] = prices.split(' ') as [string, string, string, string];
  return { openTime: T0 + minute * MINUTE, open, high, low, close, volume, turnover, trades };
};
const base = withCoverage(
  columnsFromCandles(
    [
      candle(0, '100.5 101 100 100.7', '1.5', '150.9', 3),
      candle(1, '100.7 100.9 100.6 100.6', '0.25', '25.2', 1),
      candle(2, '100.6 100.6 100.6 100.6', '0', '0', 0),
      candle(4, '100.6 102 100.6 101.9', '20', '2027.3', 12),
    ],
    toInterval('1m'),
  ),
  [
    { from: T0, to: T0 + 3 * MINUTE },
    { from: T0 + 4 * MINUTE, to: T0 + 6 * MINUTE },
  ],
);

describe('docs/block-format.md', () => {
  it('its example is what the codec writes, and reads', () => {
    const bytes = blockCodec.encode(key, base);
    expect(written).toEqual([...bytes].map((byte) => byte.toString(16).padStart(2, '0')));
    expect(
      plain(
        blockCodec.decode(
          key,
          Uint8Array.from(written, (byte) => Number.parseInt(byte, 16)),
        ),
      ),
    ).toEqual(plain(base));
  });

  it('its checksum is what it says', () => {
    const bytes = Buffer.from(written.join(''), 'hex');
    const text = Buffer.concat([Buffer.from('default\nBTC_USDT\n1m\n19723\n'), bytes]);
    text.fill(0, text.length - bytes.length + 4, text.length - bytes.length + 8);
    expect(bytes.readUInt32LE(4)).toBe(crc32(text));
    expect(page).toContain('`default\\nBTC_USDT\\n1m\\n19723\\n`');
  });

  it('its tables, application id, version and block id are those of a file', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.write('BTC_USDT', { columns: base.rows, observed: base.observed });
    await store.close();
    const file = new Database(place.file, { readonly: true });
    const id = file.pragma('application_id', { simple: true }) as number;
    expect(page).toContain(`0x${id.toString(16)}`);
    expect(file.pragma('user_version', { simple: true })).toBe(2);
    const tables = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    expect(tables).toEqual(['blocks', 'streams']);
    for (const sql of file.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').pluck().all() as string[]) {
      const columns = [...sql.matchAll(/^ *(\w+ +(?:INTEGER|TEXT|BLOB)[^,\n]*?),?$/gm)].map(([, column]) =>
        (column as string).replace(/ +/g, ' '),
      );
      expect(columns.length).toBeGreaterThan(2);
      for (const column of columns) expect(page.replace(/ +/g, ' ')).toContain(column);
    }
    const row = file.prepare('SELECT id, rows, body FROM blocks').get() as { id: number; rows: number; body: Buffer };
    expect(page).toContain(String(row.id));
    expect([row.rows, row.body.toString('hex')]).toEqual([4, written.join('')]);
    file.close();
  });
});
