import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { InvalidInputError } from '@prate/domain';
import type { Random } from '@prate/runtime';
import type { Tokens } from '../options.ts';
import type { Scope } from '../wire/session.ts';

/** Chance of the machine's own, which nobody can guess: for tokens. */
export const secureRandom: Random = {
  nextUint32: () => randomBytes(4).readUInt32LE(),
  next: () => randomBytes(4).readUInt32LE() / 2 ** 32,
  nextInt(from, to) {
    const span = to - from;
    if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && span >= 1 && span <= 2 ** 32)) {
      throw new RangeError(`a random whole number needs whole bounds, 1 to 2^32 apart; got [${from}, ${to})`);
    }
    return from + Math.floor((randomBytes(4).readUInt32LE() / 2 ** 32) * span);
  },
};

/** `bytes` random bytes (a multiple of 4) as base64url. */
export function randomText(random: Random, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i += 4) buffer.writeUInt32LE(random.nextUint32(), i);
  return buffer.toString('base64url');
}

/** 256 bits each. */
export const makeTokens = (random: Random): Tokens => ({
  read: randomText(random, 32),
  trade: randomText(random, 32),
});

/** @throws InvalidInputError; its message does not show them */
export function checkTokens({ read, trade }: Tokens): void {
  for (const [scope, token] of Object.entries({ read, trade })) {
    if (typeof token !== 'string' || !/^[0-9A-Za-z_-]{32,128}$/.test(token)) {
      throw new InvalidInputError(`the ${scope} token must be 32 to 128 characters of 0-9 A-Z a-z _ -`);
    }
  }
  if (read === trade) throw new InvalidInputError('the read token and the trade token must differ');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Knows the tokens by their digests alone, and compares in constant time. */
export class TokenKeeper {
  readonly #read: Buffer;
  readonly #trade: Buffer;

  constructor({ read, trade }: Tokens) {
    this.#read = digest(read);
    this.#trade = digest(trade);
  }

  /** Null for a token that is none. */
  scopeOf(token: string): Scope | null {
    const given = digest(token);
    // both are compared whatever the first says
    const isRead = timingSafeEqual(given, this.#read);
    const isTrade = timingSafeEqual(given, this.#trade);
    if (isTrade) return 'trade';
    return isRead ? 'read' : null;
  }
}
