import { type CandleColumns, formatDouble, parseScaled, type SumArray, toDouble, UNKNOWN } from '@prate/domain/candles';
import type { SchemaElement } from 'hyparquet';

/**
 * How numbers lie in a Parquet file: as a decimal of `digits` digits, all candles on one scale, or as doubles where 38 digits
 * do not hold them all. The scale stands for the whole file, so all candles are looked at before the first is written.
 */
export type NumberLayout = { readonly digits: 18 | 38; readonly decimals: number } | null;

export interface ParquetLayout {
  readonly price: NumberLayout;
  readonly volume: NumberLayout;
  readonly turnover: NumberLayout;
}

/** Looks at every candle; returns what holds them all. */
export async function surveyCandles(batches: AsyncIterable<CandleColumns>): Promise<ParquetLayout> {
  const [price, volume, turnover] = [new NumberSurvey(), new NumberSurvey(), new NumberSurvey()];
  for await (const columns of batches) {
    const { priceDecimals } = columns;
    for (const values of [columns.open, columns.high, columns.low, columns.close]) price.see(values, priceDecimals);
    volume.see(columns.volume, columns.volumeDecimals);
    turnover.see(columns.turnover, columns.turnoverDecimals);
  }
  return { price: price.layout(), volume: volume.layout(), turnover: turnover.layout() };
}

class NumberSurvey {
  /** The largest whole number by its decimals. */
  readonly #largest = new Map<number, bigint>();

  see(values: SumArray, decimals: number | null): void {
    if (decimals === null) {
      for (const value of values) if (Number(value) !== UNKNOWN) this.#add(...scaledDouble(Number(value)));
      return;
    }
    let largest: number | bigint = UNKNOWN;
    for (const value of values) if (value > largest) largest = value;
    if (largest !== UNKNOWN) this.#add(BigInt(largest), decimals);
  }

  #add(value: bigint, decimals: number): void {
    const known = this.#largest.get(decimals) ?? -1n;
    if (value > known) this.#largest.set(decimals, value);
  }

  layout(): NumberLayout {
    const decimals = Math.max(0, ...this.#largest.keys());
    let largest = 0n;
    for (const [own, value] of this.#largest) {
      const scaled = value * 10n ** BigInt(decimals - own);
      if (scaled > largest) largest = scaled;
    }
    if (decimals <= 18 && largest < 10n ** 18n) return { digits: 18, decimals };
    return decimals <= 38 && largest < 10n ** 38n ? { digits: 38, decimals } : null;
  }
}

/** The shortest decimal of a double, as a whole number and its decimals. */
function scaledDouble(value: number): [bigint, number] {
  const { digits, decimals } = parseScaled(formatDouble(value));
  return [BigInt(digits), decimals]; // BigInt('') is 0
}

/** One number as the layout has it. @throws RangeError when the layout does not hold it */
export function layNumber(value: number | bigint, decimals: number | null, layout: NumberLayout): number | bigint {
  if (layout === null) return toDouble(value, decimals);
  const [whole, own] = decimals === null ? scaledDouble(Number(value)) : [BigInt(value), decimals];
  const laid = whole * 10n ** BigInt(layout.decimals - own);
  if (laid < 10n ** BigInt(layout.digits)) return laid;
  throw new RangeError(`${laid} has more than ${layout.digits} digits`);
}

export function numberElement(name: string, layout: NumberLayout, nullable: boolean): SchemaElement {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  if (layout === null) return { name, type: 'DOUBLE', repetition_type };
  const [precision, scale] = [layout.digits, layout.decimals];
  return {
    ...{ name, repetition_type, converted_type: 'DECIMAL', precision, scale },
    ...(precision === 18 ? { type: 'INT64' } : { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 }),
    logical_type: { type: 'DECIMAL', precision, scale },
  };
}
