import { createHash } from 'node:crypto';
import type { ExecutionEvent } from '@prate/execution-port';

/** Many small pieces are slow to hash. */
const PIECE = 1 << 16;

/** The hash of a session's account events, in their order: two runs with the same one have traded alike to the last digit. */
export class EventHash {
  readonly #hash = createHash('sha256');
  #text = '';

  add(event: ExecutionEvent): void {
    this.#text += `${JSON.stringify(event)}\n`;
    if (this.#text.length >= PIECE) this.#flush();
  }

  /** Of what was added so far, in hexadecimal. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#text);
    this.#text = '';
  }
}
