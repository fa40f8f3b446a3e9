import type { PaperExchange } from '@prate/in-memory-paper';
import type { Clock, Logger } from '@prate/runtime';
import { AccountNotSavedError, readAccountFile, type SavedAccount, writeAccountFile } from '../paper/account-file.ts';
import { formatTime } from '../times.ts';
import { PAPER_BALANCE } from '../venue-options.ts';

/** So much of what happened a crash may take away. */
const SAVE_EVERY_MS = 10_000;

/** To who finds a bad account file. */
export const BAD_FILE_ADVICE = 'move it away to begin anew, or take a database in another folder by --db';

export interface SessionAccountParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** A line, with its end, for whoever watches. */
  readonly warn: (line: string) => void;
}

/**
 * The paper account of sessions on one live market, kept in a file from one to the next. Saving holds nobody up, and where it
 * fails the session goes on.
 */
export class SessionAccount {
  readonly #file: string;
  readonly #parts: SessionAccountParts;
  readonly saved: SavedAccount | null;
  readonly #balance: string;
  readonly #createdAt: number;
  #exchange: PaperExchange | null = null;
  #changed = false;
  readonly #ending = new AbortController();
  #saving: Promise<void> = Promise.resolve();
  /** Market time up to which it is in the file, epoch ms; null before it is. */
  #savedTo: number | null;
  /** Why it could not be saved the last time that it was tried; null where it could. */
  #failure: string | null = null;
  /** Why it could not be, and was later. */
  readonly #mended = new Set<string>();

  /** @param file nobody else may use it meanwhile @throws BadAccountFileError */
  constructor(file: string, balance: string | undefined, parts: SessionAccountParts) {
    this.#file = file;
    this.#parts = parts;
    this.saved = readAccountFile(file, BAD_FILE_ADVICE);
    this.#savedTo = this.saved?.time ?? null;
    this.#balance = this.saved?.balance ?? balance ?? PAPER_BALANCE;
    this.#createdAt = this.saved?.createdAt ?? Math.floor(parts.clock.nowMs());
  }

  /** What it began with. */
  get balance(): string {
    return this.#balance;
  }

  /** What happened last is in its file. */
  get isSaved(): boolean {
    return this.#failure === null;
  }

  /** What went wrong with its file. */
  problems(): readonly string[] {
    const mended = [...this.#mended].map((why) => `the paper account could not be saved for a while (${why})`);
    if (this.#failure === null) return mended;
    const since =
      this.#savedTo === null ? 'it lies in no file' : `what happened since ${formatTime(this.#savedTo)} UTC is lost`;
    return [...mended, `the paper account is not saved to ${this.#file} (${this.#failure}): ${since}`];
  }

  /** From here on it is saved every few seconds where something has happened to it. @param changed something has already */
  follow(exchange: PaperExchange, changed = false): void {
    this.#exchange = exchange;
    this.#changed ||= changed;
    exchange.desk('main').listen(() => {
      this.#changed = true;
    });
    void this.#saveNowAndThen();
  }

  /** Saves it a last time, as it is now; see `problems` for whether that went well. May be called twice. */
  async end(): Promise<void> {
    if (!this.#ending.signal.aborted) {
      this.#ending.abort();
      this.#changed = true;
    }
    await this.#saving; // of an earlier state
    if (this.#changed) await this.#save();
  }

  async #saveNowAndThen(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#parts.clock.sleep(SAVE_EVERY_MS, signal).catch(() => {});
      if (!this.#changed || signal.aborted) continue;
      this.#saving = this.#save();
      await this.#saving;
    }
  }

  /** One at a time. */
  async #save(): Promise<void> {
    if (this.#exchange === null) return;
    const { clock, log } = this.#parts;
    const time = Math.floor(clock.nowMs());
    const exchange = this.#exchange.snapshot();
    this.#changed = false;
    try {
      await writeAccountFile(this.#file, { createdAt: this.#createdAt, balance: this.#balance, time, exchange });
      this.#savedTo = time;
      if (this.#failure !== null) this.#mended.add(this.#failure);
      this.#failure = null;
    } catch (error) {
      this.#changed = true;
      log.error({ error }, 'the paper account was not saved; it is tried again');
      this.#tell(error instanceof AccountNotSavedError ? error.why : String(error));
    }
  }

  /** Once for each thing that is wrong. */
  #tell(why: string): void {
    if (this.#failure !== why && !this.#mended.has(why)) {
      const when = this.#ending.signal.aborted
        ? 'what it did last is lost'
        : `the session goes on, and tries again every ${SAVE_EVERY_MS / 1000} s`;
      this.#parts.warn(`the paper account cannot be saved to ${this.#file} (${why}): ${when}\n`);
    }
    this.#failure = why;
  }
}
