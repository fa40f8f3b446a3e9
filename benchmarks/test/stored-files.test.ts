import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('no two stored files of the works have one name: the second work would be given the data of the first', () => {
  const folder = fileURLToPath(new URL('../src', import.meta.url));
  const names = globSync('**/*.ts', { cwd: folder }).flatMap((file) =>
    Array.from(
      readFileSync(`${folder}/${file}`, 'utf8').matchAll(/\bstoredFile\(place, '([^']+)'/g),
      ([, name]) => name,
    ),
  );
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
