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

/** The hex bytes of an example: the columns left of the bars of its table. */
const bytesUnder = (heading: string): string[] =>
  [
    ...(page.split(heading)[1] ?? '')
      .split(/^##/m, 1)
      .join('')
      .matchAll(/^ {4}((?:[0-9a-f]{2} )*[0-9a-f]{2}) *\|/gm),
  ].flatMap(([, bytes]) => (bytes as string).split(' '));

const written = bytesUnder('## A worked example');

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
    expect(page).toContain(`\`user_version\` ${file.pragma('user_version', { simple: true })}`);
    const tables = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    expect(tables).toEqual(['blocks', 'journal', 'streams']);
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

  it('its row of the journal is what an append writes, and a reader of the file alone finds it', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const prices = { open: '100.5', high: '100.6', low: '100.5', close: '100.6', volume: '1.5' };
    const candles = [
      { openTime: T0, ...prices, turnover: '150.9', trades: 2, source: 'TRADES' as const },
      {
        openTime: T0 + 2000,
        open: '100.6',
        high: '100.7',
        low: '100.4',
        close: '100.4',
        volume: '0.25',
        trades: 3,
        source: 'TRADES' as const,
      },
    ];
    const observed = [{ from: T0, to: T0 + 3000 }];
    await store.append([{ series: 'BTC_USDT', columns: columnsFromCandles(candles, toInterval('1s')), observed }]);
    const file = new Database(place.file, { readonly: true });
    const row = file.prepare('SELECT * FROM journal').get() as {
      id: number;
      from_ms: number;
      to_ms: number;
      body: Buffer;
    };
    file.close();
    await store.close();
    const bytes = bytesUnder('### A worked row');
    expect(row.body.toString('hex')).toBe(bytes.join(''));
    expect(page).toContain(`so its id is ${row.id}; from_ms is ${row.from_ms}, to_ms ${row.to_ms}`);
    expect(row.id % 16).toBe(crc32('default\nBTC_USDT\n') % 16);
    const body = Buffer.from(bytes.join(''), 'hex');
    const sum = body.readUInt32LE(1);
    body.fill(0, 1, 5);
    expect(crc32(Buffer.concat([Buffer.from('journal\n27\n'), body]))).toBe(sum);
    expect(body.readUInt32LE(11)).toBe(crc32('default\nBTC_USDT\n1s\n'));
    expect(page).toContain('over `journal\\n27\\n` and the body');
  });
});
