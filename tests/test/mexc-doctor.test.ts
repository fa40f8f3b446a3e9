import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANARY, cliRig } from './support/mexc-cli-rig.ts';

interface Doctor {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly state: string;
    readonly text: string;
    readonly help?: string;
  }[];
}

describe('prate doctor, before a MEXC on loopback', () => {
  it('all is well: every line is ok, exit code 0, and only questions were asked', async () => {
    const { prate, sandbox } = await cliRig('processes');
    const { code, stdout } = await prate('doctor');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, 22).trim().split(/ {2,}/))).toEqual(
      [
        ...['configuration', 'keys', 'connectivity', 'clock', 'contracts', 'account', 'positions', 'orders', 'fees'],
        ...['socket', 'private stream'],
      ].map((check) => ['ok', check]),
    );
    expect(code).toBe(0);
    expect(sandbox.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('without keys: market data only, exit code 0', async () => {
    const { json } = await cliRig();
    const { code, document } = await json('doctor', { MEXC_API_KEY: undefined, MEXC_SECRET_KEY: undefined });
    expect(code).toBe(0);
    const { ok, checks } = document as unknown as Doctor;
    expect(ok).toBe(true);
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([
      { check: 'keys', state: 'warn', text: 'none: market data only', help: expect.stringContaining('MEXC_API_KEY') },
    ]);
    expect(checks.at(-1)).toMatchObject({ check: 'socket', state: 'ok' });
  });

  it.each([
    ['an unknown key', { MEXC_API_KEY: 'another' }, /code 401/, /make a new one/],
    ['a secret of another key', { MEXC_SECRET_KEY: 'another' }, /code 602/, /does not belong/],
  ])('%s: exit code 4, and a way out', async (_rule, env, text, help) => {
    const { json } = await cliRig();
    const { code, document } = await json('doctor', env);
    expect(code).toBe(4);
    const failed = (document as unknown as Doctor).checks.filter(({ state }) => state === 'fail');
    expect(failed.map(({ check }) => check)).toEqual(['account', 'positions', 'orders', 'fees', 'private stream']);
    expect(failed[0]).toMatchObject({ text: expect.stringMatching(text), help: expect.stringMatching(help) });
  });

  it('a permission that is missing: exit code 4, and the others are looked at', async () => {
    const { json, sandbox } = await cliRig();
    const route = 'GET /api/v1/private/order/list/open_orders';
    sandbox.faults.http({ route, times: 5, fault: { kind: 'refuse', code: 703 } });
    const { code, document } = await json('doctor');
    expect(code).toBe(4);
    const failed = (document as unknown as Doctor).checks.filter(({ state }) => state === 'fail');
    expect(failed).toEqual([
      {
        ...{ check: 'orders', state: 'fail', text: expect.stringContaining('permission to read orders') },
        help: expect.stringContaining('never more than Read and Trade'),
      },
    ]);
  });

  it("a clock that is wrong: warned of, and failed from 10 s on; requests bear MEXC's time all the same", async () => {
    const { json, sandbox } = await cliRig();
    for (const [ms, state, exit] of [
      [4_000, 'warn', 0],
      [-60_000, 'fail', 1],
    ] as const) {
      sandbox.faults.skewClock(ms);
      const { code, document } = await json('doctor');
      const wrong = (document as unknown as Doctor).checks.filter((each) => each.state !== 'ok');
      expect(wrong).toMatchObject([{ check: 'clock', state, help: expect.stringContaining('NTP') }]);
      expect(code).toBe(exit);
    }
  });

  it('addresses: the environment beats the file, which beats the defaults', async () => {
    const { json, tree, sandbox } = await cliRig();
    const nowhere = { restUrl: 'http://127.0.0.1:9', wsUrl: 'ws://127.0.0.1:9/edge' };
    tree.write({ 'prate.config.json': JSON.stringify({ mexc: nowhere }) });
    const first = async (env = {}): Promise<unknown> =>
      ((await json('doctor', env)).document as unknown as Doctor).checks[0]?.text;
    expect(await first()).toContain(sandbox.wsUrl);
    const unset = { PRATE_MEXC_REST_URL: undefined, PRATE_MEXC_WS_URL: '' };
    expect(await first(unset)).toBe(`mode paper, a server on this machine: no real money, ${nowhere.wsUrl}`);
  });

  it('nobody there: exit code 1, and no more is asked', async () => {
    const { prate, sandbox } = await cliRig();
    await sandbox.close();
    const { code, stdout } = await prate('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}connectivity .*\n +→ look at the network[^\n]*\n$/m);
  });

  it('a key file that others can read, and mode live: warned of', async () => {
    const { prate, tree } = await cliRig();
    tree.write({ key: `${CANARY.apiKey}\n`, secret: CANARY.secretKey, 'prate.config.json': '{"mode": "live"}' });
    chmodSync(join(tree.folder, 'secret'), 0o600);
    chmodSync(join(tree.folder, 'key'), 0o644);
    const files = { MEXC_API_KEY_FILE: 'key', MEXC_SECRET_KEY_FILE: 'secret' };
    const { code, stdout } = await prate('doctor', { ...files, MEXC_API_KEY: undefined, MEXC_SECRET_KEY: undefined });
    expect(code).toBe(0);
    expect(stdout.match(/^warn .*$/gm)).toEqual([expect.stringMatching(/keys .*\/key can be read by others/)]);
    expect(stdout).toContain('configuration   mode live, a server on this machine: no real money');
  });
});
