import { readFileSync } from 'node:fs';
import { toInterval } from '@prate/domain';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { blockCodec } from '../../src/block/codec.ts';
import type { BlockKey } from '../../src/block/seal.ts';
import { SqliteCandleStore } from '../../src/index.ts';
import { decodeVersion1 } from '../../src/migrate/version-1-block.ts';
import { plain, scratch } from '../support.ts';

interface Kept {
  readonly key: { readonly venue: string; readonly symbol: string; readonly step: string; readonly block: number };
  readonly body: string;
  readonly rows: Record<string, unknown> & { readonly openTime: readonly number[] };
  readonly observed: unknown;
}

/** Blocks as version 1 wrote them, of every kind, and what they hold; big integers end in n. */
const kept = JSON.parse(readFileSync(new URL('./version-1-blocks.json', import.meta.url), 'utf8')) as readonly Kept[];

const keyOf = ({ key }: Kept, symbol: string = key.symbol): BlockKey => ({
  ...key,
  symbol,
  step: toInterval(key.step),
  isLevel: false,
});
const bodyOf = ({ body }: Kept): Buffer => Buffer.from(body, 'base64');

/** A turnover that is unknown throughout may be of either kind of array. */
const unmarked = (base: unknown): unknown => JSON.parse(JSON.stringify(base).replaceAll('"-1n"', '-1'));

/** As the fixture writes numbers. */
const written = (base: ReturnType<typeof decodeVersion1>): unknown =>
  JSON.parse(
    JSON.stringify(
      { ...base.rows, interval: base.rows.interval.text, observed: base.observed },
      (_, value: unknown) => {
        if (typeof value === 'bigint') return `${value}n`;
        return ArrayBuffer.isView(value) ? Array.from(value as never) : value;
      },
    ),
  );

const SCHEMA = `
  CREATE TABLE streams (id INTEGER PRIMARY KEY, venue TEXT NOT NULL, symbol TEXT NOT NULL, step TEXT NOT NULL,
    level INTEGER NOT NULL, UNIQUE (venue, symbol, step, level)) STRICT;
  CREATE TABLE blocks (id INTEGER PRIMARY KEY, rows INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
`;

/** A file of version 1 with one block a stream; those of one key would stand in each other's way. */
function oldFile(file: string, blocks: readonly Kept[]): void {
  const db = new Database(file);
  db.exec(SCHEMA);
  for (const [i, { key, body, rows }] of blocks.entries()) {
    db.prepare('INSERT INTO streams VALUES (?, ?, ?, ?, 0)').run(i + 1, key.venue, key.symbol, key.step);
    db.prepare('INSERT INTO blocks VALUES (?, ?, ?)').run(
      (i + 1) * 2 ** 32 + key.block + 2 ** 31,
      rows.openTime.length,
      Buffer.from(body, 'base64'),
    );
  }
  db.pragma('application_id = 0x50524154');
  db.pragma('user_version = 1');
  db.close();
}

/** One block for every step that the fixture has: they are of one venue and symbol. */
const oneAStep = [...new Map(kept.map((each) => [each.key.step, each])).values()];

describe('files of version 1', () => {
  it.each(kept.map((each, i) => [i, each] as const))('block %i is read as it was written', (_, each) => {
    expect(unmarked(written(decodeVersion1(keyOf(each), bodyOf(each))))).toEqual(
      unmarked({ ...each.rows, observed: each.observed }),
    );
  });

  it('opening one rewrites its blocks, once: what it holds stays', () => {
    using place = scratch();
    oldFile(place.file, oneAStep);
    void SqliteCandleStore.open(place.file).close();
    const bodies = (): { id: number; body: Buffer }[] => {
      const db = new Database(place.file);
      expect(db.pragma('user_version', { simple: true })).toBe(2);
      const rows = db.prepare('SELECT id, body FROM blocks ORDER BY id').all() as { id: number; body: Buffer }[];
      db.close();
      return rows;
    };
    const first = bodies();
    expect(first.length).toBe(oneAStep.length);
    for (const [i, { body }] of first.entries()) {
      const each = oneAStep[i] as Kept;
      expect(plain(blockCodec.decode(keyOf(each), body))).toEqual(plain(decodeVersion1(keyOf(each), bodyOf(each))));
    }
    void SqliteCandleStore.open(place.file).close();
    expect(bodies()).toEqual(first);
  });

  it('a damaged block is named by verify after it, and the others are renewed', async () => {
    using place = scratch();
    const damaged = bodyOf(oneAStep[0] as Kept);
    damaged[12] = (damaged[12] as number) ^ 1;
    oldFile(place.file, [{ ...(oneAStep[0] as Kept), body: damaged.toString('base64') }, ...oneAStep.slice(1)]);
    const store = SqliteCandleStore.open(place.file);
    const { faults, blocks } = await store.verify();
    expect(blocks).toBe(oneAStep.length);
    expect(faults.map(({ step }) => step?.text)).toEqual([oneAStep[0]?.key.step]);
    await store.close();
  });
});
