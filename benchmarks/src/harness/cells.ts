import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Cells } from './work.ts';

/**
 * The first cell in which two results differ, in words; null where none does. NaN equals NaN.
 * @param excepted columns of `expected` that are not compared
 */
export function firstDifference(expected: Cells, actual: Cells, excepted: readonly string[] = []): string | null {
  const names = Object.keys(expected).filter((name) => !excepted.includes(name));
  if (names.length === 0) return 'nothing to compare: no columns';
  for (const name of names) {
    const [want, got] = [expected[name] as Float64Array, actual[name]];
    if (got === undefined) return `column ${name} is missing`;
    if (got.length !== want.length) return `column ${name} has ${got.length} rows instead of ${want.length}`;
    for (let row = 0; row < want.length; row += 1) {
      if (!Object.is(got[row], want[row]) && got[row] !== want[row]) {
        return `row ${row}, column ${name}: ${got[row]} instead of ${want[row]}`;
      }
    }
  }
  return null;
}

/** Tells two results apart without keeping both. */
export function digestOf(cells: Cells): string {
  const hash = createHash('sha256');
  for (const [name, values] of Object.entries(cells)) {
    hash.update(`${name} ${values.length};`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** One file per column: a month of seconds is 20 MB a column. */
export function saveCells(cells: Cells, stem: string): void {
  for (const [name, values] of Object.entries(cells)) {
    writeFileSync(`${stem}.${name}`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  writeFileSync(`${stem}.columns`, JSON.stringify(Object.keys(cells)));
}

export function loadCells(stem: string): Cells {
  const names = JSON.parse(readFileSync(`${stem}.columns`, 'utf8')) as string[];
  return Object.fromEntries(names.map((name) => [name, columnOf(readFileSync(`${stem}.${name}`))]));
}

function columnOf(bytes: Buffer): Float64Array {
  const values = new Float64Array(bytes.length / Float64Array.BYTES_PER_ELEMENT);
  new Uint8Array(values.buffer).set(bytes);
  return values;
}
