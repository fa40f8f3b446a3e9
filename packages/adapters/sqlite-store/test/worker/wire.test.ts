import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import {
  StoreBusyError,
  StoreClosedError,
  StoreCorruptError,
  StoreFullError,
  StoreUnusableError,
} from '@prate/candle-store-port';
import { InvalidInputError, InvalidRowError, PrateError, type TimeRange } from '@prate/domain';
import { sliceColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { SqliteCandleStore } from '../../src/index.ts';
import { packError, unpackError } from '../../src/worker/errors.ts';
import { packBatches, unpackBatches } from '../../src/worker/packet.ts';
import { piecesOf } from '../../src/worker/pieces.ts';
import { copyColumns, memoryOf } from '../../src/worker/wire-columns.ts';
import { anyBlock, DAY, HOUR, plain, steady, T0 } from '../support.ts';

/** Through a port, as to another thread. */
function sent<T>(value: T, memory: readonly ArrayBuffer[] = []): T {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value, memory);
  const { message } = receiveMessageOnPort(port2) as { message: T };
  port1.close();
  return message;
}

describe('errors between threads', () => {
  it.each([
    new StoreClosedError('closed'),
    new StoreBusyError('busy', { cause: Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' }) }),
    new StoreFullError('full'),
    new StoreCorruptError('damaged'),
    new StoreUnusableError('unusable'),
    new InvalidInputError('wrong'),
    new InvalidRowError(7, 'low above high'),
    new TypeError('no function'),
    new RangeError('too long'),
    Object.assign(new Error('no such file'), { code: 'ENOENT' }),
  ])('$constructor.name keeps class, code, message, fields, cause and stack', (error) => {
    const found = unpackError(sent(packError(error)));
    expect(found).toBeInstanceOf(error.constructor);
    expect(PrateError.is(found)).toBe(PrateError.is(error));
    const fields = ({ name, message, stack, cause: _, ...more }: Error): unknown => ({ name, message, stack, ...more });
    expect(fields(found)).toEqual(fields(error));
    if (error.cause !== undefined) expect(found.cause).toMatchObject({ message: 'locked', code: 'SQLITE_BUSY' });
  });

  it('what is thrown and no error becomes one', () => {
    expect(unpackError(packError('a text')).message).toBe('a text');
  });
});

describe('batches on their way in', () => {
  it('are the same batches again, whatever they hold, also in memory that was used before', () => {
    const batch = fc.record({
      block: anyBlock,
      from: fc.nat(5),
      observed: fc.constantFrom('told', 'none', 'absent' as const),
    });
    let spare: ArrayBuffer | null = null;
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (given) => {
        const batches = given.map(({ block: { key, base }, from, observed }) => ({
          series: { venue: key.venue, symbol: key.symbol },
          columns: sliceColumns(base.rows, Math.min(from, base.rows.length), base.rows.length),
          observed: observed === 'absent' ? undefined : observed === 'none' ? [] : base.observed,
        }));
        const packet = packBatches(batches, spare);
        const there = sent(packet, [packet.memory]);
        const found = unpackBatches(there);
        expect(found.map(({ series, observed }) => ({ series, observed }))).toEqual(
          batches.map(({ series, observed }) => ({ series, observed })),
        );
        for (const [i, { columns }] of found.entries()) {
          expect(plain({ rows: columns, observed: [] })).toEqual(
            plain({ rows: batches[i]?.columns as typeof columns, observed: [] }),
          );
        }
        spare = there.memory;
      }),
      cases(300),
    );
  });

  it('columns that are shorter than they say are refused in the words of the store', async () => {
    const good = steady('1m', T0, 3, 5);
    const short = { ...good, close: good.close.subarray(0, 2) };
    const store = SqliteCandleStore.open(':memory:');
    const said = await store.write('X', { columns: short }).catch((error: Error) => error.message);
    expect(() => packBatches([{ series: { venue: 'a', symbol: 'X' }, columns: short }], null)).toThrow(said as string);
    await store.close();
  });

  it('writing the pieces of a batch is writing the batch', async () => {
    const second = fc.integer({ min: -2 * 3600, max: 2 * 3600 }).map((at) => T0 + at * 1000);
    const range = fc.tuple(second, second).map(([a, b]): TimeRange => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    const given = fc.record({
      step: fc.constantFrom('1s', '5s', '1m', '1h'),
      from: second,
      count: fc.integer({ min: 1, max: 9000 }),
      observed: fc.option(fc.array(range, { maxLength: 4 }), { nil: undefined }),
      // of trades, and partly watched: which of two rows stays hangs on both
      before: fc.record({ at: fc.nat(9000), watched: fc.boolean(), price: fc.integer({ min: 2, max: 9 }) }),
      rows: fc.integer({ min: 1, max: 4000 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ before, step, from, count, observed, rows }) => {
        const width = { '1s': 1000, '5s': 5000, '1m': 60_000, '1h': HOUR }[step] as number;
        const start = Math.floor(from / width) * width;
        const batch = { columns: steady(step, start, count, 5), observed };
        const [whole, cut] = [SqliteCandleStore.open(':memory:'), SqliteCandleStore.open(':memory:')];
        for (const store of [whole, cut]) {
          const stored = steady(step, start + before.at * width, 90, before.price);
          stored.source.fill(2);
          await store.write('X', { columns: stored, observed: before.watched ? undefined : [] });
        }
        const pieces = [...piecesOf(batch, rows)];
        expect(pieces.map(({ isLast }) => isLast)).toEqual(pieces.map((_, i) => i === pieces.length - 1));
        expect(pieces.map(({ row }) => row)[0]).toBe(0);
        const written = pieces.map((piece) => piece.batch);
        expect(await cut.write('X', written)).toEqual(await whole.write('X', batch));
        expect(await cut.coverage()).toEqual(await whole.coverage());
        for (const interval of [step, '1h', '1d']) {
          const query = { series: 'X', interval, from: T0 - DAY, to: T0 + 400 * DAY };
          expect(await cut.readColumns(query)).toEqual(await whole.readColumns(query));
        }
        await whole.close();
        await cut.close();
      }),
      cases(60),
    );
  });

  it('a long batch is cut where blocks begin, one that breaks a rule of rows is not', () => {
    const columns = steady('1s', T0 + 1000, 10_000, 5);
    const starts = [...piecesOf({ columns }, 3000)].map(({ row }) => T0 + 1000 + row * 1000);
    expect(starts).toEqual([T0 + 1000, T0 + HOUR, T0 + 2 * HOUR]);
    const turned = { ...columns, openTime: columns.openTime.slice().reverse() };
    const wrong = [{ columns: turned }, { columns, observed: [{ from: T0 + 1, to: T0 + 1000 }] }];
    for (const batch of wrong) expect([...piecesOf(batch, 3000)]).toEqual([{ batch, row: 0, isLast: true }]);
  });
});

describe('answers on their way out', () => {
  it('a copy shares no memory with what it was made of, and each memory is named once', () => {
    const columns = steady('1s', T0, 5, 5);
    const copy = copyColumns(sliceColumns(columns, 1, 3));
    const memory = memoryOf(copy, copy, null);
    expect(memory.length).toBe(10);
    expect(memory.filter((one) => memoryOf(columns).includes(one))).toEqual([]);
    const there = sent(copy, memory);
    expect([...there.openTime]).toEqual([T0 + 1000, T0 + 2000]);
    expect(columns.openTime.length).toBe(5);
  });
});
