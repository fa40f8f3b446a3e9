import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '@prate/runtime';
import { FixtureTree, repository } from '../../../../tooling/test-support/fixture-tree.ts';
import type { Io } from '../../src/io.ts';
import { run } from '../../src/run.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** A fresh folder when absent. */
  readonly cwd?: string | undefined;
  readonly stdin?: string | Buffer | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** Runs one command line in this process, with everything that it writes caught. */
export async function runPrate(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  if (options.cwd === undefined) {
    using desk = new FixtureTree();
    return await runPrate(args, { ...options, cwd: desk.folder });
  }
  const caught = catching(options);
  const code = await run(args, caught.io);
  return { code, stdout: caught.stdout.join(''), stderr: caught.stderr.join('') };
}

/** A world for commands that is no terminal, and what they wrote to it. */
export function catching({
  cwd = '/',
  stdin,
  env = {},
  signal = new AbortController().signal,
  clock = systemClock,
}: RunOptions = {}): {
  readonly io: Io;
  readonly stdout: string[];
  readonly stderr: string[];
} {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const io: Io = {
    write: async (data) => void stdout.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1')),
    warn: (text) => void stderr.push(text),
    stdin: stdin === undefined ? new PassThrough() : Readable.from([Buffer.from(stdin)]),
    stderr: new Writable({
      write(chunk, _encoding, done) {
        stderr.push(String(chunk));
        done();
      },
    }),
    isTerminal: false,
    colors: false,
    env,
    cwd,
    clock,
    signal,
  };
  return { io, stdout, stderr };
}

/** A folder to stand in, with a database of its own once something is imported. */
export class Desk extends FixtureTree {
  run(args: string | readonly string[], options: RunOptions = {}): Promise<Ran> {
    return runPrate(words(args), { cwd: this.folder, ...options });
  }

  /** Runs a command that must succeed, and gives what it printed. */
  async output(args: string | readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`exit code ${code} of '${words(args).join(' ')}': ${stderr}`);
    return stdout;
  }

  async json<T>(args: string | readonly string[], options: RunOptions = {}): Promise<T> {
    return JSON.parse(await this.output([...words(args), '--json'], options)) as T;
  }

  /** All that is stored of the symbol S, and which time was watched: to compare before and after. */
  async stored(): Promise<string> {
    const seconds = await this.output('candles export --symbol S --interval 1s --output -');
    return `${await this.output('candles status --json')}${seconds}`;
  }
}

const words = (args: string | readonly string[]): readonly string[] =>
  typeof args === 'string' ? args.split(' ') : args;

export interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Resolves when this text has come out on stdout. */
  seen(text: string): Promise<void>;
}

/** How a process of its own is called. Node keeps what it compiled, which halves the time to start. */
export const processEnv: NodeJS.ProcessEnv = {
  ...process.env,
  PRATE_CWD: undefined,
  NODE_COMPILE_CACHE: join(tmpdir(), 'prate-compile-cache'),
};

/** The same command line as a process of its own. */
export function spawnPrate(args: string, cwd: string, env: Readonly<Record<string, string | undefined>> = {}): Spawned {
  const main = join(repository, 'apps/cli/src/main.ts');
  const child = spawn(process.execPath, ['--conditions=@prate/source', main, ...words(args)], {
    cwd,
    env: { ...processEnv, ...env },
  });
  let [stdout, stderr] = ['', ''];
  const looking = new Map<string, () => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    for (const [text, found] of looking) if (stdout.includes(text)) found();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
  const seen = (text: string): Promise<void> =>
    Promise.race([
      new Promise<void>((resolve) => {
        if (stdout.includes(text)) resolve();
        else looking.set(text, resolve);
      }),
      ended.then(({ stderr: why }) => {
        throw new Error(`ended before it said '${text}': ${why}`);
      }),
    ]);
  return { child, ended, seen };
}

/** Where no byte fits; Linux has it. */
export const FULL_DISK = '/dev/full';

/** The same, where standard output cannot be written. */
export function runOntoFullDisk(
  line: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Omit<Ran, 'stdout'>> {
  const main = join(repository, 'apps/cli/src/main.ts');
  const script = `${process.execPath} --conditions=@prate/source ${main} ${line} > ${FULL_DISK}`;
  return new Promise((resolve) => {
    const child = execFile('bash', ['-c', script], { cwd, env: { ...processEnv, ...env } }, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stderr }),
    );
  });
}
