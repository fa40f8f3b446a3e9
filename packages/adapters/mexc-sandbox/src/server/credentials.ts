import type { IncomingHttpHeaders } from 'node:http';
import type { SandboxAccount } from '../backend/sandbox-backend.ts';
import { Code, WireRefusal } from '../wire/codes.ts';
import { serverNow, type Venue } from './route.ts';
import { isSignature, windowMs } from './signature.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** Who may speak. Keys and secrets go nowhere from here: no answer, log or error names them. */
export class Doorkeeper {
  readonly #venue: Venue;
  readonly #secrets: ReadonlyMap<string, string>;

  constructor(venue: Venue, accounts: readonly Credentials[]) {
    this.#venue = venue;
    this.#secrets = new Map(accounts.map(({ apiKey, secretKey }) => [apiKey, secretKey]));
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
    if (!/^\d{1,16}$/.test(time) || Math.abs(serverNow(this.#venue) - Number(time)) > recvWindow) {
      throw new WireRefusal(Code.TIME_OUTSIDE_WINDOW, 'Invalid request: the time is outside the window');
    }
    if (!parameters.some((parameter) => isSignature(signature, secretKey, `${apiKey}${time}${parameter}`))) {
      throw new WireRefusal(Code.SIGNATURE, 'Signature verification failed!');
    }
    return account;
  }
}

const text = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.[0];
