import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FixtureTree } from '../../../../tooling/test-support/fixture-tree.ts';
import { withLock } from '../../src/paper/account-lock.ts';

it('a lock of an earlier life of this process number is taken over: the first process of a container is 1 each time', async () => {
  using tree = new FixtureTree();
  const file = join(tree.folder, 'account.json');
  writeFileSync(`${file}.lock`, JSON.stringify({ pid: process.pid, host: hostname() }));
  expect(await withLock(file, null, async () => 'done', 100)).toBe('done');
  expect(existsSync(`${file}.lock`)).toBe(false);
});

it('one that this process has is not: whoever comes second waits, and is told who has it', async () => {
  using tree = new FixtureTree();
  const file = join(tree.folder, 'account.json');
  await withLock(file, null, async () => {
    await expect(withLock(file, null, async () => {}, 50)).rejects.toThrow(`is in use by process ${process.pid} on`);
  });
});
