import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface SandboxProcess {
  readonly rest: string;
  readonly ws: string;
  readonly apiKey: string;
  readonly secretKey: string;
  /** @returns its exit code */
  end(): Promise<number | null>;
}

/** A real `prate sandbox`, ready. */
export function startSandbox(args: readonly string[]): Promise<SandboxProcess> {
  const main = join(repository, 'apps/cli/src/main.ts');
  const child = spawn(process.execPath, ['--conditions=@prate/source', main, 'sandbox', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const end = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return await ended;
  };
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (more: string) => {
      text += more;
      if (text.endsWith('\n')) resolve({ ...(JSON.parse(text) as Omit<SandboxProcess, 'end'>), end });
    });
    void ended.then((code) => reject(new Error(`the sandbox ended with ${code} before it was ready`)));
  });
}
