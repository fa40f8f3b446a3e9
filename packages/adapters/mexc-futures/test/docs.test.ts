import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../../tooling/test-support/fixture-tree.ts';
import { rejectedBy } from '../src/execution/refusals.ts';
import { endpointsWith } from '../src/rest/endpoints.ts';
import { isMaintenance, isPassing, meaningOf, provesNothing } from '../src/wire/error-codes.ts';

const page = readFileSync(join(repository, 'docs/mexc-futures.md'), 'utf8');

/** The cells of a section's only table, without its head. */
const tableOf = (title: string): string[][] => {
  const section = page.slice(page.indexOf(`\n### ${title}`)).split(/\n#{2,3} /)[1] as string;
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) =>
    line
      .slice(2, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
};

/** What the ports make of an order that is refused with this code. */
function outcomeOf(code: number): string {
  if (provesNothing(code)) return '`unknown`';
  try {
    return `\`${rejectedBy('order/create', { kind: 'refused', code, message: '' }).reason}\``;
  } catch {
    return 'an exception';
  }
}

const wordsOf = (code: number): string =>
  [provesNothing(code) ? 'look it up' : '', isPassing(code) ? 'again' : '', isMaintenance(code) ? 'later' : '']
    .filter((word) => word !== '')
    .join(', ');

describe('docs/mexc-futures.md', () => {
  it('names every endpoint as it is called, each with its evidence', () => {
    const rows = tableOf('5.10');
    const called = Object.values(endpointsWith()).map(({ method, path, kind, limit }) =>
      [`${method} \`${path.slice('/api/v1/'.length)}\``, kind, limit].join(' '),
    );
    expect(rows.map((cells) => cells.slice(0, 3).join(' '))).toEqual(called);
    for (const [, , , evidence] of rows) expect(evidence).toMatch(/^(?:2\+|doc|lib|calc|\?) \d{4}-\d{2}/);
  });

  it('has every code with what it means and what becomes of it', () => {
    const rows = tableOf('5.11').flatMap(([codes = '', ...cells]) =>
      codes.split(', ').map((code) => [Number(code), ...cells] as const),
    );
    const known = [...Array.from({ length: 10_000 }, (_, code) => code), 200005, 200006, 300000, 300001, 300002];
    const expected = known
      .filter((code) => meaningOf(code) !== undefined)
      .map((code) => [code, meaningOf(code), outcomeOf(code), wordsOf(code)]);
    expect(rows.toSorted(([a], [b]) => a - b)).toEqual(expected);
  });
});
