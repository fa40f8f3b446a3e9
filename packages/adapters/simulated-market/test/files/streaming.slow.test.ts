import { Readable } from 'node:stream';
import { toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles } from '@prate/domain/candles';
import { describe, expect, it } from 'vitest';
import { encodeCandles, FileFormat, readKlines } from '../../src/files/index.ts';
import { bytesOf, csv } from './file-text.ts';

const INTERVAL = toInterval('1s');
const HEAD = { venue: 'v', symbol: 'S', interval: '1s' };
const BATCH = 5000;
const BATCHES = 28;

const batch = columnsFromCandles(
  Array.from({ length: BATCH }, (_, i) => ({
    ...{ openTime: i * 1000, open: '5.25', high: '5.5', low: '5', close: '5.3', volume: '1', trades: 1 },
  })),
  INTERVAL,
);

/** Rows from a source that counts what was taken from it. */
function countedSource(): { read: () => AsyncGenerator<CandleColumns>; taken: () => number } {
  let taken = 0;
  const read = async function* (): AsyncGenerator<CandleColumns> {
    taken = 0;
    for (let b = 0; b < BATCHES; b += 1) {
      taken += BATCH;
      yield { ...batch, openTime: batch.openTime.map((time) => time + b * BATCH * 1000) };
    }
  };
  return { read, taken: () => taken };
}

describe('streaming: a file of any length takes the same memory', () => {
  it.each([
    [FileFormat.CSV, 4096],
    [FileFormat.NDJSON, 4096],
    [FileFormat.JSON, 4096],
    [FileFormat.PARQUET, 65_536],
  ])('%s: nothing is read ahead of the piece that is asked for', async (format, pieceRows) => {
    const { read, taken } = countedSource();
    const pieces = encodeCandles(read, format, HEAD)[Symbol.asyncIterator]();
    let pieceCount = 0;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
      pieceCount += 1;
      const delivered = Math.min(pieceCount * pieceRows, BATCHES * BATCH);
      expect(taken() - delivered).toBeLessThanOrEqual(BATCH);
    }
    expect(pieceCount).toBeGreaterThan((BATCHES * BATCH) / pieceRows / 2);
    expect(taken()).toBe(BATCHES * BATCH);
  });

  it.each([FileFormat.CSV, FileFormat.NDJSON])(
    '%s: no more is read than the rows that were given need',
    async (format) => {
      const file = await bytesOf(encodeCandles(countedSource().read, format, HEAD));
      const rowBytes = file.length / (BATCHES * BATCH);
      let given = 0;
      const stream = Readable.from(
        (function* () {
          for (let at = 0; at < file.length; at += 10_000) {
            given += 10_000;
            yield file.subarray(at, at + 10_000);
          }
        })(),
        { objectMode: false, highWaterMark: 1 },
      );
      let rows = 0;
      for await (const { length } of readKlines({ name: `k.${format}`, stream }, { interval: '1s', batchRows: 1000 })) {
        rows += length;
        expect(given - rows * rowBytes).toBeLessThan(1000 * rowBytes + 100_000);
      }
      expect(rows).toBe(BATCHES * BATCH);
    },
  );

  it('parquet: a row group is read when its rows are asked for', async () => {
    const file = await bytesOf(encodeCandles(countedSource().read, FileFormat.PARQUET, HEAD));
    const told: number[] = [];
    let rows = 0;
    const reading = readKlines(
      { name: 'k.parquet', stream: Readable.from([file]) },
      { batchRows: 1000, onBytes: (read) => told.push(read) },
    );
    for await (const { length } of reading) {
      rows += length;
      // the first of them told of the temporary copy
      const done = Math.min((told.length - 1) * 65_536, BATCHES * BATCH);
      expect(rows).toBeGreaterThanOrEqual(done - 20_000);
      expect(rows).toBeLessThanOrEqual(done + 65_536 + 20_000);
    }
    expect(rows).toBe(BATCHES * BATCH);
    expect(told.at(-1)).toBe(file.length);
  });

  it('an abort ends the reading of every format', async () => {
    for (const format of [FileFormat.CSV, FileFormat.NDJSON, FileFormat.PARQUET]) {
      const file = await bytesOf(encodeCandles(countedSource().read, format, HEAD));
      const controller = new AbortController();
      const reading = readKlines(csv(file, 10_000, `k.${format}`), {
        interval: '1s',
        batchRows: 1000,
        signal: controller.signal,
      });
      const loop = async (): Promise<void> => {
        for await (const { length } of reading) if (length > 0) controller.abort(new Error('enough'));
      };
      await expect(loop()).rejects.toThrow('enough');
    }
  });
});
