import { createHash } from 'node:crypto';
import type { ExecutionEvent } from '@prate/execution-port';

/** The hash of a session's account events, in their order: two runs with the same one have traded alike to the last digit. */
export class EventHash {
  readonly #hash = createHash('sha256');

  add(event: ExecutionEvent): void {
    this.#hash.update(`${JSON.stringify(event)}\n`);
  }

  /** Of what was added so far, in hexadecimal. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
