import { createHash } from 'node:crypto';

/** Many small pieces are slow to hash. */
const PIECE = 1 << 16;

/**
 * The SHA-256 of a log, line by line: `new PaperExchange({ …, log: hash.add })`, and `hash.digest()` at the end. Two runs with the
 * same one have traded alike to the last digit.
 */
export class LogHash {
  readonly #hash = createHash('sha256');
  #text = '';

  readonly add = (line: string): void => {
    this.#text += `${line}\n`;
    if (this.#text.length >= PIECE) this.#flush();
  };

  /** In lower-case hex, of what was added so far. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#text);
    this.#text = '';
  }
}
