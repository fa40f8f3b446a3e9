import { statSync } from 'node:fs';
import type { ExecutionEvent, ExecutionPort } from '@prate/execution-port';
import { AsyncQueue } from '@prate/runtime';
import { readSettings } from '../config.ts';
import type { Io } from '../io.ts';
import { changesBetween } from './account-changes.ts';
import { readAccountFile, type SavedAccount } from './account-file.ts';
import { ifUnlocked, withLock } from './account-lock.ts';
import { catchUp } from './catch-up.ts';
import { keep, type OpenAccount, openAccount, type PaperFlags } from './on-paper.ts';

const STEP_MS = 200;
/** A machine that slept longer catches up as another command would. */
const LONG_STEP_MS = 60_000;

/**
 * The paper account as time passes. Its market is played on in steps, each of which needs the lock for a moment: other commands
 * have their turn between them, and what they saved is read.
 */
export class PaperFollower {
  readonly #io: Io;
  #account: OpenAccount;
  /** Of the file that `#account` came from. */
  #stamp: string | null;
  #told: ExecutionEvent[] = [];

  static async open(io: Io, flags: PaperFlags): Promise<PaperFollower> {
    const { paperFile: file } = readSettings(io, flags);
    return withLock(file, io.signal, async () => {
      const account = await openAccount(io, file, flags);
      if (account.isSaved) await keep(io, account);
      return new PaperFollower(io, account);
    });
  }

  private constructor(io: Io, account: OpenAccount) {
    this.#io = io;
    this.#account = account;
    this.#stamp = stampOf(account.file);
    this.#listen();
  }

  get execution(): ExecutionPort {
    return this.#account.session.execution;
  }

  /** What happens from the opening on; rejects with the reason of the signal. */
  async *events(signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
    for (;;) {
      await this.#io.clock.sleep(STEP_MS, signal);
      // whoever has the lock plays on to a moment after this
      await ifUnlocked(this.#account.file, () => this.#step());
      yield* this.#told.splice(0);
    }
  }

  /** Saves what was seen, unless another command has, or is about to. */
  async end(): Promise<void> {
    const { file, session, isSaved } = this.#account;
    try {
      await ifUnlocked(file, async () => {
        if (isSaved && stampOf(file) === this.#stamp) await keep(this.#io, this.#account);
      });
    } finally {
      await session.close();
    }
  }

  async #step(): Promise<void> {
    const { file, session, createdAt, balance } = this.#account;
    const stamp = stampOf(file);
    const nowMs = Math.floor(this.#io.clock.nowMs());
    if (stamp !== null && stamp !== this.#stamp) {
      const saved = readAccountFile(file);
      if (saved !== null) await this.#replace(saved, nowMs);
      this.#stamp = stamp;
    } else if (nowMs - session.time > LONG_STEP_MS) {
      await this.#replace({ createdAt, balance, time: session.time, exchange: session.save() }, nowMs);
    } else await session.playTo(nowMs);
  }

  async #replace(saved: SavedAccount, nowMs: number): Promise<void> {
    const before = this.#account;
    const { createdAt, balance } = saved;
    const { session } = await catchUp(saved, balance, nowMs, { signal: this.#io.signal });
    if (before.isSaved && createdAt !== before.createdAt) this.#io.warn('paper: the account was begun anew\n');
    this.#told.push(...(await changesBetween(before.session, session)));
    this.#account = { file: before.file, session, createdAt, balance, isSaved: true };
    this.#listen();
    await before.session.close();
  }

  #listen(): void {
    const { session } = this.#account;
    const events = session.execution.events();
    // within the step that causes them
    if (events instanceof AsyncQueue) events.listen((event) => this.#told.push(event)).catch(() => {});
  }
}

/** Other whenever the file was written; null where there is none. */
function stampOf(file: string): string | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.ino} ${found.mtimeNs} ${found.size}`;
}
