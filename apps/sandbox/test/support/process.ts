import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { SandboxReady } from '../../src/index.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Its first line; rejects where it ends without one. */
  readonly ready: Promise<SandboxReady>;
  readonly ended: Promise<Ended>;
}

/** A `prate-sandbox` of its own; it does not outlive the test. */
export function spawnSandbox(args: readonly string[] = [], main: readonly string[] = [MAIN]): RunningProcess {
  const child = spawn(process.execPath, ['--conditions=@prate/source', ...main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const ready = new Promise<SandboxReady>((resolve, reject) => {
    child.stdout?.on('data', (more) => {
      stdout += String(more);
      if (stdout.includes('\n')) resolve(JSON.parse(stdout.split('\n')[0] as string) as SandboxReady);
    });
    void ended.then(() => reject(new Error(`it ended before it was ready: ${stderr}`)));
  });
  ready.catch(() => {});
  child.stderr?.on('data', (more) => {
    stderr += String(more);
  });
  return { child, ready, ended };
}

// biome-ignore lint/suspicious/noExplicitAny: tests read what came
type Json = any;

/** A client of the test's own. */
export class Client {
  readonly #ready: Pick<SandboxReady, 'rest' | 'apiKey' | 'secretKey'>;

  constructor(ready: Pick<SandboxReady, 'rest' | 'apiKey' | 'secretKey'>) {
    this.#ready = ready;
  }

  /** An answer whatever it is; of the admin paths too. */
  async json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetch(`${this.#ready.rest}${path}`, {
      method,
      body: text ?? null,
      headers: { ...type, ...headers },
    });
    return answer.json();
  }

  market(path: string): Promise<Json> {
    return this.json('GET', `/api/v1/contract/${path}`).then(({ data }) => data);
  }

  /** A signed request; the whole envelope. */
  get(path: string, query = ''): Promise<Json> {
    const url = `/api/v1/private/${path}${query === '' ? '' : `?${query}`}`;
    return this.json('GET', url, undefined, this.#signed(query));
  }

  post(path: string, body: unknown): Promise<Json> {
    return this.json('POST', `/api/v1/private/${path}`, body, this.#signed(JSON.stringify(body)));
  }

  #signed(parameters: string): Record<string, string> {
    const { apiKey, secretKey } = this.#ready;
    const time = String(Date.now());
    const signature = createHmac('sha256', secretKey).update(`${apiKey}${time}${parameters}`).digest('hex');
    return { ApiKey: apiKey, 'Request-Time': time, Signature: signature };
  }
}
