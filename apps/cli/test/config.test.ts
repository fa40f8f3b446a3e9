import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../tooling/test-support/fixture-tree.ts';
import { configJsonSchema } from '../src/config.ts';
import { klinesCsv } from './support/data.ts';
import { Desk } from './support/desk.ts';

const IMPORT = 'candles import k.csv --symbol S';

describe('settings', () => {
  it('flags beat the environment beats the file beats the default', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    const used = async (flags: string, env: Record<string, string>): Promise<string> => {
      const { db } = await desk.json<{ db: string }>(`${IMPORT}${flags}`, { env });
      expect(existsSync(db)).toBe(true);
      return db.slice(desk.folder.length + 1);
    };
    expect(await used('', {})).toBe('data/prate.db');
    desk.write({ 'prate.config.json': JSON.stringify({ $schema: 'x', db: 'file/f.db', logLevel: 'error' }) });
    expect(await used('', {})).toBe('file/f.db');
    expect(await used('', { PRATE_DB: '' })).toBe('file/f.db');
    expect(await used('', { PRATE_DB: 'env/e.db' })).toBe('env/e.db');
    expect(await used(' --db flag/f.db', { PRATE_DB: 'env/e.db' })).toBe('flag/f.db');
  });

  it.each([
    ['no JSON', '{', {}, /prate\.config\.json is no JSON \(line 1 column 2\)/],
    ['an unknown setting', '{"database": "x.db"}', {}, /prate\.config\.json: .*"database"/s],
    ['a setting of the wrong type', '{"db": 5}', {}, /prate\.config\.json: db: .*string/],
    ['a log level that is none', '{}', { PRATE_LOG_LEVEL: 'loud' }, /the environment: PRATE_LOG_LEVEL: .*"debug"/],
    ['a mode that is none', '{"mode": "real"}', {}, /prate\.config\.json: mode: .*"paper"\|"live"/],
    [
      'an address of another kind',
      '{}',
      { PRATE_MEXC_REST_URL: 'api.mexc.com' },
      /: PRATE_MEXC_REST_URL: a URL that begins with http:[^;]*\n/,
    ],
    [
      'an address that no URL is',
      '{}',
      { PRATE_MEXC_REST_URL: 'http://[' },
      /: PRATE_MEXC_REST_URL: a URL that begins with http:.*such as https:/,
    ],
    [
      'a port that is none',
      '{"mexc": {"wsUrl": "wss://contract.mexc.com:99999/edge"}}',
      {},
      /prate\.config\.json: mexc\.wsUrl: a URL that begins with ws:/,
    ],
    [
      'an address with a password',
      '{}',
      { PRATE_MEXC_REST_URL: 'https://me:secret@api.mexc.com' },
      /^(?!.*secret).*: PRATE_MEXC_REST_URL: a URL that begins with http:/s,
    ],
    ['a key in the file', '{"mexc": {"apiKey": "k"}}', {}, /prate\.config\.json: mexc: .*"apiKey"/],
  ])('%s exits with 2, and nothing is made', async (_rule, config, env, message) => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3), 'prate.config.json': config });
    const { code, stdout, stderr } = await desk.run(IMPORT, { env: env as Record<string, string> });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |unexpected error/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(existsSync(join(desk.folder, 'data'))).toBe(false);
  });

  it('a file that is no JSON: what it holds is not repeated, since it may be a secret', async () => {
    for (const text of [
      'canarysecret5d0c9b',
      '{"db": canarysecret5d0c9b}',
      '{"db": "canarysecret5d0c9b"',
      '"a" canarysecret',
    ]) {
      using desk = new Desk().write({ 'k.csv': klinesCsv(3), 'prate.config.json': text });
      const { code, stderr } = await desk.run(IMPORT);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('prate.config.json is no JSON') });
      expect(stderr).not.toContain('canary');
    }
  });

  it('a file that begins with a byte order mark is read; a folder of its name is none', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3), 'prate.config.json': '\uFEFF{"db": "file/f.db"}' });
    expect((await desk.json<{ db: string }>(IMPORT)).db).toBe(join(desk.folder, 'file/f.db'));
    using other = new Desk().write({ 'k.csv': klinesCsv(3), 'prate.config.json/x': '' });
    expect(await other.run(IMPORT)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('cannot be read (EISDIR)') },
    });
  });

  it('prate.config.schema.json is the schema that the settings are checked against', () => {
    const published = readFileSync(join(repository, 'apps/cli/prate.config.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(configJsonSchema());
  });
});
