import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Desk } from './support/desk.ts';

const ORDER = 'orders create --venue mexc --symbol BTC_USDT --side buy --type limit --quantity 0.001 --price 50000';
const KEYS = { MEXC_API_KEY: 'mx0vCANARYKEY7f3a91', MEXC_SECRET_KEY: 'canarysecret5d0c9b65f3d0d76b02e4' };

describe('what changes an account at a real exchange', () => {
  it.each([
    [ORDER, 'this order'],
    ['orders cancel --venue mexc --symbol BTC_USDT --id 1', 'this cancel'],
    ['orders cancel-all --venue mexc', 'this cancel of all orders'],
    ['leverage --venue mexc --symbol BTC_USDT --set 5', 'this change of leverage'],
    [
      'orders triggers create --venue mexc --symbol BTC_USDT --kind trailing --side sell --quantity 1 --callback 0.1',
      'this trigger order',
    ],
    ['orders triggers cancel --venue mexc --symbol BTC_USDT --id plan-1', 'this cancel'],
  ])('%s: needs mode live and --yes, and says which is missing', async (line, what) => {
    using desk = new Desk();
    const { code, stdout, stderr } = await desk.run(line, { env: KEYS });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${what} would go to https://api.mexc.com, with real money: that needs PRATE_MODE=live`);
    expect(stderr).toContain('and --yes; --dry-run shows');
    const half = await desk.run(line, { env: { ...KEYS, PRATE_MODE: 'live' } });
    expect(half.code).toBe(2);
    expect(half.stderr).toContain('that needs --yes; --dry-run shows');
    desk.write({ 'prate.config.json': '{"mode": "live"}' });
    expect((await desk.run(line, { env: KEYS })).stderr).toContain('that needs --yes; --dry-run shows');
    const other = await desk.run(`${line} --yes`, { env: { ...KEYS, PRATE_MODE: 'paper' } });
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('that needs PRATE_MODE=live');
  });

  it('one address on this machine and one that is not: exit code 2 before anything else', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run(ORDER, { env: { ...KEYS, PRATE_MEXC_REST_URL: 'http://127.0.0.1:1' } });
    expect(code).toBe(2);
    expect(stderr).toContain('are not one venue: set PRATE_MEXC_REST_URL and PRATE_MEXC_WS_URL');
  });
});

describe('keys', () => {
  const here = { PRATE_MEXC_REST_URL: 'http://127.0.0.1:1', PRATE_MEXC_WS_URL: 'ws://127.0.0.1:1/edge' };

  it('none: exit code 4, and where they belong', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run('balance --venue mexc', { env: here });
    expect(code).toBe(4);
    expect(stderr).toContain('set MEXC_API_KEY and MEXC_SECRET_KEY, or name files');
  });

  it.each([
    ['half a pair', { MEXC_API_KEY: KEYS.MEXC_API_KEY }, /MEXC_SECRET_KEY is missing/],
    ['a key given twice', { ...KEYS, MEXC_API_KEY_FILE: 'key' }, /MEXC_API_KEY and MEXC_API_KEY_FILE are both set/],
    [
      'a file that is not there',
      { MEXC_API_KEY_FILE: 'no', MEXC_SECRET_KEY: 's' },
      /the file that MEXC_API_KEY_FILE names cannot be read \(ENOENT\)/,
    ],
    [
      'a key in place of its file',
      { MEXC_API_KEY: KEYS.MEXC_API_KEY, MEXC_SECRET_KEY_FILE: KEYS.MEXC_SECRET_KEY },
      /the file that MEXC_SECRET_KEY_FILE names cannot be read \(ENOENT\)/,
    ],
    ['a key that no header carries', { MEXC_API_KEY: 'a b', MEXC_SECRET_KEY: 's' }, /printable ASCII/],
  ])('%s: exit code 2, and no key is repeated', async (_rule, env, message) => {
    using desk = new Desk().write({ key: 'x' });
    const { code, stdout, stderr } = await desk.run('balance --venue mexc', { env: { ...here, ...env } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    for (const key of Object.values(KEYS)) expect(stderr).not.toContain(key);
  });

  it('a host of others: doctor fails, and no key goes there', async () => {
    using desk = new Desk().write({ key: `${KEYS.MEXC_API_KEY}\n` });
    const env = {
      MEXC_API_KEY_FILE: join(desk.folder, 'key'),
      MEXC_SECRET_KEY: KEYS.MEXC_SECRET_KEY,
      PRATE_MEXC_REST_URL: 'https://mexc.example.com',
    };
    const { code, stdout, stderr } = await desk.run('doctor', { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}hosts .*no requests are signed for https:\/\/mexc\.example\.com/m);
    for (const key of Object.values(KEYS)) expect(stdout + stderr).not.toContain(key);
  });
});
