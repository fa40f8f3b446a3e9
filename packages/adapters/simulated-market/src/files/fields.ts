import { areSeconds, Decimal } from '@prate/domain';
import { BadFileError } from './bad-file-error.ts';
import type { TableFile, TableRow } from './table-file.ts';

/** Where the columns of a file stand. */
export type ColumnIndex<Name extends string> = Readonly<Record<Name, number | null>>;

/** After this many ms (the year 5138) a time is taken for one in microseconds or nanoseconds. */
const MOST_MS = 1e14;
/** Longer texts are no prices; exact arithmetic on them would take for ever. */
const MOST_CHARACTERS = 80;
const MOST_EXPONENT = 30;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,4}))?$/;

/** Finds columns by name. @throws BadFileError that names the missing and the found ones */
export function findColumns<Required extends string, Optional extends string>(
  file: TableFile,
  required: readonly Required[],
  optional: readonly Optional[],
): Readonly<Record<Required, number>> & ColumnIndex<Optional> {
  const { header, name } = file;
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new BadFileError(
      name,
      1,
      `columns missing: ${missing.join(', ')}; found: ${header.join(', ').slice(0, 300)}; needed: ${required.join(', ')}`,
    );
  }
  const index: Record<string, number | null> = {};
  for (const column of [...required, ...optional]) {
    const at = header.indexOf(column);
    if (at !== header.lastIndexOf(column)) {
      throw new BadFileError(name, 1, `column ${column} comes twice; once would be right`);
    }
    index[column] = at === -1 ? null : at;
  }
  return index as Readonly<Record<Required, number>> & ColumnIndex<Optional>;
}

/** @throws BadFileError for a row that cannot be taken apart, or is shorter or longer than the header */
export function checkRow(file: TableFile, { line, fields, problem }: TableRow): void {
  if (problem !== undefined) throw new BadFileError(file.name, line, problem);
  const expected = file.header.length;
  if (fields.length === expected) return;
  const what = fields.length < expected ? 'too few' : 'too many';
  throw new BadFileError(file.name, line, `the row has ${what} fields, ${fields.length}; the header has ${expected}`);
}

/** The text of a field, or `''` when the file has no such column. */
export const fieldAt = (row: TableRow, index: number | null): string =>
  index === null ? '' : (row.fields[index] ?? '').trim();

/** What is wrong with a time, or null. */
export function timeProblem(name: string, text: string): string | null {
  if (!/^\d{1,20}$/.test(text)) return `${name} must be a whole number of epoch milliseconds, not '${shown(text)}'`;
  if (areSeconds(Number(text)))
    return `${name} ${text} looks like seconds; epoch milliseconds would be right: ${text}000`;
  return Number(text) < MOST_MS ? null : `${name} ${text} lies after the year 5138; epoch milliseconds would be right`;
}

/** What is wrong with a number that must be above 0 (or at least 0), or null. */
export function amountProblem(
  name: string,
  text: string,
  least: 'above 0' | 'at or above 0' = 'above 0',
): string | null {
  const match = text.length <= MOST_CHARACTERS ? NUMBER.exec(text) : null;
  if (match === null || text.startsWith('+')) return `${name} must be a number such as 0.25, not '${shown(text)}'`;
  if (Math.abs(Number(match[1] ?? 0)) > MOST_EXPONENT)
    return `${name} ${text} is out of any range; a plain number would be right`;
  const zero = !/[1-9]/.test(text.split(/[eE]/)[0] ?? '');
  const bad = text.startsWith('-') || (zero && least === 'above 0');
  return bad ? `${name} must be ${least}, not ${text}` : null;
}

/** contracts × contract size, exactly; the text as written where there is no contract size. */
export const inBaseAsset = (text: string, contractSize: Decimal | null): string =>
  contractSize === null ? text : new Decimal(text).mul(contractSize).toString();

/** A field's text for a message: cut, and without control characters. */
export const shown = (text: string): string => {
  const plain = text.replace(/\p{Cc}/gu, '?');
  return plain.length > 40 ? `${plain.slice(0, 40)}…` : plain;
};
