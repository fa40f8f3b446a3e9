import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { systemClock } from '@prate/runtime';
import type { Io } from '../../../apps/cli/src/io.ts';
import { run } from '../../../apps/cli/src/run.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user who stands in a folder of his own and types `prate` commands, in this process. */
export class CommandLine implements Disposable {
  #folder: string | null = null;

  /** Made at the first look: a suite that is skipped leaves nothing behind. */
  get folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'prate-tests-'));
    return this.#folder;
  }

  /** @param write takes what goes to stdout piece by piece; then it is not in the result */
  async run(args: readonly string[], write?: (text: string) => void): Promise<Ran> {
    const out: string[] = [];
    const err: string[] = [];
    const io: Io = {
      write: async (data) => {
        const text = String(data);
        if (write === undefined) out.push(text);
        else write(text);
      },
      warn: (text) => {
        err.push(text);
      },
      stdin: Readable.from([]),
      stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
      isTerminal: false,
      colors: false,
      env: {},
      cwd: this.folder,
      clock: systemClock,
      signal: new AbortController().signal,
    };
    const code = await run(args, io);
    return { code, stdout: out.join(''), stderr: err.join('') };
  }

  /** The same; a command that does not end with 0 is an error. */
  async must(args: readonly string[], write?: (text: string) => void): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, write);
    if (code === 0) return stdout;
    throw new Error(`prate ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  }

  /** A document that a command prints with --json. */
  async json(args: readonly string[]): Promise<Record<string, unknown>> {
    return JSON.parse(await this.must([...args, '--json'])) as Record<string, unknown>;
  }

  [Symbol.dispose](): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }
}
