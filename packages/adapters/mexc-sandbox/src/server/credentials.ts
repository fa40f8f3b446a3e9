import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '@prate/runtime';
import type { SandboxAccount } from '../backend/sandbox-backend.ts';
import { Code, WireRefusal } from '../wire/codes.ts';
import { serverNow, type Venue } from './route.ts';
import { isSignature, windowMs } from './signature.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly secretKey: string;
  /** For the status page; default its number. */
  readonly name?: string | undefined;
}

/** Who may speak. Keys and secrets go nowhere from here: no answer, log or error names them. */
export class Doorkeeper {
  readonly #venue: Venue;
  readonly #otherClock: Clock | null;
  readonly #secrets = new Map<string, string>();
  readonly #accounts: { readonly name: string; readonly apiKey: string }[] = [];

  /** @param otherClock whose time signatures may have as well */
  constructor(venue: Venue, accounts: readonly Credentials[], otherClock: Clock | null) {
    this.#venue = venue;
    this.#otherClock = otherClock;
    for (const account of accounts) this.add(account);
  }

  /** From now on this key may speak. @returns the account's name */
  add({ apiKey, secretKey, name = `account-${this.#accounts.length + 1}` }: Credentials): string {
    this.#secrets.set(apiKey, secretKey);
    this.#accounts.push({ name, apiKey });
    return name;
  }

  /** In the order in which they came. */
  get accounts(): readonly { readonly name: string; readonly apiKey: string }[] {
    return this.#accounts;
  }

  /**
   * The account of a request: an unknown key is 401, a time outside the window 513, a wrong signature 602.
   * @param parameters what may have been signed after key and time
   */
  check(headers: IncomingHttpHeaders, parameters: readonly string[]): SandboxAccount {
    const time = text(headers['request-time']) ?? '';
    const recvWindow = windowMs(text(headers['recv-window']));
    return this.#account(text(headers['apikey']) ?? '', time, text(headers['signature']) ?? '', parameters, recvWindow);
  }

  /** A login over a socket signs as a GET without parameters. */
  checkLogin(apiKey: string, time: string, signature: string): SandboxAccount {
    return this.#account(apiKey, time, signature, [''], windowMs(undefined));
  }

  #account(
    apiKey: string,
    time: string,
    signature: string,
    parameters: readonly string[],
    recvWindow: number,
  ): SandboxAccount {
    const secretKey = this.#secrets.get(apiKey);
    const account = secretKey === undefined ? null : this.#venue.backend.account(apiKey);
    if (secretKey === undefined || account === null)
      throw new WireRefusal(Code.UNKNOWN_KEY, 'Not logged in or login has expired');
    if (!/^\d{1,16}$/.test(time) || this.#offBy(Number(time)) > recvWindow) {
      throw new WireRefusal(Code.TIME_OUTSIDE_WINDOW, 'Invalid request: the time is outside the window');
    }
    if (!parameters.some((parameter) => isSignature(signature, secretKey, `${apiKey}${time}${parameter}`))) {
      throw new WireRefusal(Code.SIGNATURE, 'Signature verification failed!');
    }
    return account;
  }

  #offBy(time: number): number {
    const off = Math.abs(serverNow(this.#venue) - time);
    if (this.#otherClock === null) return off;
    return Math.min(off, Math.abs(this.#otherClock.nowMs() + this.#venue.faults.skewMs - time));
  }
}

const text = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.[0];
