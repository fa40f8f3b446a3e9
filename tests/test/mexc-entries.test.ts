import { join } from 'node:path';
import * as whole from '@prate/mexc-futures';
import * as auth from '@prate/mexc-futures/auth';
import * as rest from '@prate/mexc-futures/rest';
import { describe, expect, it } from 'vitest';
import { finish, repository } from '../../tooling/test-support/fixture-tree.ts';

/** Which CommonJS files an import loads; undici, zod and inversify are or would be such. */
const LOADED = `
  import { Module } from 'node:module';
  await import(process.argv[1]);
  console.log(Object.keys(Module._cache).join('\\n'));
`;

describe('the entries of @prate/mexc-futures', () => {
  it('the main one has all of the others', () => {
    expect(whole).toMatchObject(auth);
    expect(whole).toMatchObject(rest);
  });

  it.each(['@prate/mexc-futures', '@prate/mexc-futures/rest', '@prate/mexc-futures/auth'])(
    '%s loads no HTTP client: that waits for the first request',
    async (entry) => {
      const args = ['--conditions=@prate/source', '--input-type=module', '-e', LOADED, entry];
      const { code, stdout } = await finish(process.execPath, args, { cwd: join(repository, 'tests') });
      expect(code).toBe(0);
      expect(stdout.split('\n').filter((file) => file.includes('node_modules'))).toEqual([]);
    },
  );
});
