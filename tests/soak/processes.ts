import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sample } from './probe.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SOURCES = '--conditions=@prate/source';
export const CLI: string = here('../../apps/cli/src/main.ts');
export const IDLE: string = here('./idle.ts');
/** ma-cross with little money on each of many symbols. */
export const STRATEGY: string = here('./strategy.ts');
const PROBE = new URL('./probe.ts', import.meta.url).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node.js process of the soak, with the probe in it. */
export class Measured {
  /** What failures call it. */
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  readonly #out: string[] = [];
  readonly #err: string[] = [];
  readonly #lines: (() => void)[] = [];

  constructor(
    name: string,
    args: readonly string[],
    { flags = [], env = {}, cwd }: { flags?: readonly string[]; env?: NodeJS.ProcessEnv; cwd?: string } = {},
  ) {
    this.name = name;
    this.#child = spawn(process.execPath, ['--expose-gc', `--import=${PROBE}`, SOURCES, ...flags, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const [stream, lines] of [
      [this.#child.stdout, this.#out],
      [this.#child.stderr, this.#err],
    ] as const) {
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
        lines.push(line);
        for (const heard of this.#lines.splice(0)) heard();
      });
    }
    // 'close': what it wrote last is here
    this.#ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }) as Ended);
    void this.#ended.then(() => {
      for (const heard of this.#lines.splice(0)) heard();
    });
  }

  get stdout(): string {
    return this.#out.join('\n');
  }

  get stderr(): string {
    return this.#err.join('\n');
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The first line that fits. @throws when it ends without one */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = [...this.#out, ...this.#err].find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (!this.isRunning) throw new Error(`${this.name} has ended without ${pattern}:\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#lines.push(resolve));
    }
  }

  async sample(): Promise<Sample> {
    const answer = once(this.#child, 'message');
    this.#child.send('sample');
    const [sample] = (await Promise.race([answer, this.#ended.then(() => [null])])) as [Sample | null];
    if (sample === null) throw new Error(`${this.name} has ended by itself:\n${this.stderr}`);
    return sample;
  }

  /** Ends it by a signal; kills it after a while. */
  async end(signal: NodeJS.Signals = 'SIGINT', patienceMs = 20_000): Promise<Ended & { readonly tookMs: number }> {
    const from = performance.now();
    const patience = new AbortController();
    this.#child.kill(signal);
    sleep(patienceMs, undefined, { signal: patience.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => {},
    );
    const ended = await this.#ended;
    patience.abort();
    return { ...ended, tookMs: performance.now() - from };
  }
}
