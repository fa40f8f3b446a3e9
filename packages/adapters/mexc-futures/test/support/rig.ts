import { setImmediate } from 'node:timers/promises';
import { type Logger, ManualClock, seededRandom } from '@prate/runtime';
import { MexcRest, type MexcRestOptions } from '../../src/rest/mexc-rest.ts';
import type { HttpReply, HttpRequest, HttpTransport } from '../../src/transport/http-transport.ts';
import { canary } from './canary.ts';

/** The server's time at the start of every test. */
export const START_MS = 1_767_225_600_000;

/** A transport that counts its requests. */
class Counting implements HttpTransport {
  underWay = 0;
  signed = 0;
  readonly #inner: HttpTransport;

  constructor(inner: HttpTransport) {
    this.#inner = inner;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    this.underWay += 1;
    if (request.headers['Signature'] !== undefined) this.signed += 1;
    try {
      return await this.#inner.send(request, signal);
    } finally {
      this.underWay -= 1;
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

export interface Rig {
  readonly rest: MexcRest;
  readonly clock: ManualClock;
  /** Everything that was logged. */
  readonly logged: unknown[];
  /** How many of the signed requests arrived at a server that will not answer: then time passes all the same. */
  arrived: () => number;
  /** Waits for a call; the clock moves on whenever all of it waits for time. */
  settle<T>(call: Promise<T>): Promise<Settled<T>>;
}

export type Settled<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown };

/** A client with canary keys on a manual clock, over any transport. */
export function rig(transport: HttpTransport, options: MexcRestOptions = {}): Rig {
  const counting = new Counting(transport);
  const clock = new ManualClock(START_MS);
  const logged: unknown[] = [];
  const log = (fields: object, message: string): void => {
    logged.push([fields, message]);
  };
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const rest = new MexcRest({
    credentials: canary(),
    clock,
    random: seededRandom(1),
    logger,
    transport: counting,
    ...options,
  });
  const made: Rig = {
    rest,
    clock,
    logged,
    arrived: () => -1,
    async settle<T>(call: Promise<T>): Promise<Settled<T>> {
      let settled: Settled<T> | undefined;
      call.then(
        (value) => {
          settled = { value };
        },
        (error: unknown) => {
          settled = { error };
        },
      );
      while (settled === undefined) {
        await setImmediate();
        const waits = counting.underWay === 0 || counting.signed === made.arrived();
        if (settled === undefined && waits) clock.advance(1_000);
      }
      return settled;
    },
  };
  return made;
}
