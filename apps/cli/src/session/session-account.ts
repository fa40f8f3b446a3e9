import type { PaperExchange } from '@prate/in-memory-paper';
import type { Clock, Logger } from '@prate/runtime';
import { readAccountFile, type SavedAccount, writeAccountFile } from '../paper/account-file.ts';
import { PAPER_BALANCE } from '../venue-options.ts';

/** So much of what happened a crash may take away. */
const SAVE_EVERY_MS = 10_000;

/** To who finds a bad account file. */
export const BAD_FILE_ADVICE = 'move it away to begin anew, or take a database in another folder by --db';

/**
 * The paper account of sessions on one live market, kept in a file from one to the next. While no session runs, nothing
 * happens to it: the market passes it by.
 */
export class SessionAccount {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly saved: SavedAccount | null;
  readonly #balance: string;
  readonly #createdAt: number;
  #exchange: PaperExchange | null = null;
  #changed = false;
  readonly #ending = new AbortController();

  /** @param file nobody else may use it meanwhile @throws BadAccountFileError */
  constructor(
    file: string,
    balance: string | undefined,
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
  ) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
    this.saved = readAccountFile(file, BAD_FILE_ADVICE);
    this.#balance = this.saved?.balance ?? balance ?? PAPER_BALANCE;
    this.#createdAt = this.saved?.createdAt ?? Math.floor(clock.nowMs());
  }

  /** What it began with. */
  get balance(): string {
    return this.#balance;
  }

  /** From here on it is saved every few seconds where something has happened to it. */
  follow(exchange: PaperExchange): void {
    this.#exchange = exchange;
    exchange.desk('main').listen(() => {
      this.#changed = true;
    });
    void this.#saveNowAndThen();
  }

  /** Saves it a last time. @throws CommandFailedError where it cannot be written */
  end(): void {
    this.#ending.abort();
    this.#save();
  }

  async #saveNowAndThen(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#clock.sleep(SAVE_EVERY_MS, signal).catch(() => {});
      if (!this.#changed || signal.aborted) continue;
      try {
        this.#save();
      } catch (error) {
        this.#log.error({ error }, 'the paper account was not saved; it is tried again');
      }
    }
  }

  #save(): void {
    if (this.#exchange === null) return;
    this.#changed = false;
    try {
      writeAccountFile(this.#file, {
        createdAt: this.#createdAt,
        balance: this.#balance,
        time: Math.floor(this.#clock.nowMs()),
        exchange: this.#exchange.save(),
      });
    } catch (error) {
      this.#changed = true;
      throw error;
    }
  }
}
