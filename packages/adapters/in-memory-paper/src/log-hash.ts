import { createHash } from 'node:crypto';

/** The SHA-256 of an exchange's log: `new PaperExchange({ …, log: hash.add })`, and `hash.digest()` at the end. */
export class LogHash {
  readonly #hash = createHash('sha256');

  readonly add = (line: string): void => {
    this.#hash.update(line);
    this.#hash.update('\n');
  };

  /** In lower-case hex, of what was added so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
