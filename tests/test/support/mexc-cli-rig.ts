import { MexcSandbox, ScriptedBackend } from '@prate/mexc-sandbox';
import { expect, onTestFinished } from 'vitest';
import { type Ran, runOntoFullDisk, runPrate, type Spawned, spawnPrate } from '../../../apps/cli/test/support/desk.ts';
import { FixtureTree } from '../../../tooling/test-support/fixture-tree.ts';

/** Keys that must turn up in no output and no file. */
export const CANARY = { apiKey: 'mx0vCANARYKEY7f3a91', secretKey: 'canarysecret5d0c9b65f3d0d76b02e4' };

type Environment = Readonly<Record<string, string | undefined>>;

export interface CliRig {
  readonly sandbox: MexcSandbox;
  readonly backend: ScriptedBackend;
  readonly tree: FixtureTree;
  /** Runs a command with the sandbox as MEXC and the canary as its keys. */
  prate(line: string, env?: Environment): Promise<Ran>;
  /** The same, while it runs. */
  start(line: string): Spawned;
  /** Runs a command whose output cannot be written. */
  ontoFullDisk(line: string): Promise<Omit<Ran, 'stdout'>>;
  /** The document of a command, and its exit code. */
  json(line: string, env?: Environment): Promise<{ readonly code: number; readonly document: Record<string, unknown> }>;
  /** Requests that were seen of what changes something. */
  changes(): readonly string[];
}

/**
 * A user in a folder of his own before a MEXC on loopback: 10,000 USDT, BTC_USDT at 80,000.
 * @param how each command as a process of its own, or in this one; the sockets are real in both
 */
export async function cliRig(how: 'processes' | 'here' = 'here'): Promise<CliRig> {
  const backend = new ScriptedBackend({ accounts: { [CANARY.apiKey]: { USDT: '10000' } } });
  const sandbox = await MexcSandbox.start({ backend, accounts: [CANARY] });
  onTestFinished(() => sandbox.close());
  const tree = new FixtureTree();
  onTestFinished(() => tree[Symbol.dispose]());
  backend.setBook('BTC_USDT', [{ price: '79999', volume: 1000 }], [{ price: '80001', volume: 1000 }]);
  backend.trade('BTC_USDT', '80000', 10);
  const given = {
    MEXC_API_KEY: CANARY.apiKey,
    MEXC_SECRET_KEY: CANARY.secretKey,
    PRATE_MEXC_REST_URL: sandbox.restUrl,
    PRATE_MEXC_WS_URL: sandbox.wsUrl,
    PRATE_LOG_LEVEL: 'debug',
    PRATE_MODE: undefined,
  };
  let runs = 0;
  const prate = async (line: string, env: Environment = {}): Promise<Ran> => {
    runs += 1;
    const all = { ...given, PRATE_LOG_FORMAT: runs % 2 === 0 ? 'pretty' : 'json', ...env };
    const ran =
      how === 'processes'
        ? await spawnPrate(line, tree.folder, all).ended
        : await runPrate(line.split(' '), { cwd: tree.folder, env: all });
    expectNoCanary(ran);
    return ran;
  };
  return {
    ...{ sandbox, backend, tree, prate },
    start: (line) => spawnPrate(line, tree.folder, given),
    ontoFullDisk: (line) => runOntoFullDisk(line, tree.folder, given),
    async json(line, env) {
      const { code, stdout } = await prate(`${line} --json`, env);
      return { code, document: JSON.parse(stdout) as Record<string, unknown> };
    },
    changes: () => sandbox.requests.filter(({ method }) => method === 'POST').map(({ url, body }) => `${url} ${body}`),
  };
}

/** Neither key, nor a signature: 64 hex digits in a row. */
function expectNoCanary({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toContain(CANARY.apiKey);
    expect(text).not.toContain(CANARY.secretKey);
    expect(text).not.toMatch(/\b[0-9a-f]{64}\b/i);
  }
  expect(stderr).not.toContain('[hidden]'); // nor had one to be hidden on its way out
}
