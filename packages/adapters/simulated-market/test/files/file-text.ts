import { Readable } from 'node:stream';
import type { CandleColumns } from '@prate/domain';
import { formatScaled, type TradeColumns, tradeIdAt } from '@prate/domain/candles';
import type { FileSource } from '../../src/files/index.ts';

/** A text as a file that comes in pieces of `pieceBytes`. */
export function csv(text: string | Buffer, pieceBytes: number = 1 << 16, name = 't.csv'): FileSource {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return { name, stream: Readable.from(pieces, { objectMode: false }) };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What was thrown; fails when nothing was. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

/** Trades as CSV rows again: numbers in their shortest exact form. */
export const tradeRows = (batches: readonly TradeColumns[]): string[] =>
  batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, i) =>
      [
        batch.time[i],
        formatScaled(batch.price[i] as number, batch.priceDecimals),
        formatScaled(batch.quantity[i] as number | bigint, batch.quantityDecimals),
        batch.side[i] === 0 ? 'buy' : 'sell',
        tradeIdAt(batch, i),
      ].join(','),
    ),
  );

/** Candles as CSV rows again: open time, prices, volume, turnover, trades. */
export const klineRows = (batches: readonly CandleColumns[]): string[] =>
  batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, i) => {
      const known = (value: number | bigint, decimals: number | null): string =>
        Number(value) < 0 ? '' : formatScaled(value, decimals);
      return [
        batch.openTime[i],
        ...[batch.open, batch.high, batch.low, batch.close].map((column) =>
          formatScaled(column[i] as number, batch.priceDecimals),
        ),
        formatScaled(batch.volume[i] as number | bigint, batch.volumeDecimals),
        known(batch.turnover[i] as number | bigint, batch.turnoverDecimals),
        known(batch.trades[i] as number, 0),
      ].join(',');
    }),
  );

/** What an encoder gives, as one file. */
export const bytesOf = async (pieces: AsyncIterable<string | Uint8Array>): Promise<Buffer> =>
  Buffer.concat((await collect(pieces)).map((piece) => Buffer.from(piece as Uint8Array)));

/** Batches that can be looped over again and again. */
export const again = (batches: readonly CandleColumns[]): (() => AsyncGenerator<CandleColumns>) =>
  async function* () {
    yield* batches;
  };
