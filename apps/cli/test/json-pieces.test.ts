import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { jsonPieces } from '../src/paper/json-pieces.ts';

it('the pieces together are what JSON.stringify makes, rows that are made late included', () => {
  const row = fc.record({ id: fc.integer(), text: fc.string(), left: fc.option(fc.integer(), { nil: undefined }) });
  const late = row.map((made) => ({ toJSON: () => made }));
  const list = fc.oneof(fc.array(row), fc.array(late, { minLength: 0, maxLength: 300 }), fc.array(fc.jsonValue()));
  const document = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), list, fc.array(list, { maxLength: 3 })));
  fc.assert(
    fc.property(document, (value) => {
      expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
    }),
    cases(200),
  );
});

it('long lists come in many pieces', () => {
  expect([...jsonPieces({ rows: Array.from({ length: 1000 }, (_, i) => i) })].length).toBeGreaterThan(10);
});
