import { inspect } from 'node:util';
import { expect } from 'vitest';
import { Credentials } from '../../src/auth/auth.ts';

/** Keys that must turn up nowhere: planted in every test that signs. */
export const CANARY_KEY = 'mx0vCANARYKEY7f3a91';
export const CANARY_SECRET = 'canarysecret5d0c9b65f3d0d76b02e4';

export const canary = (): Credentials => new Credentials(CANARY_KEY, CANARY_SECRET);

/** All ways in which a thing may come to paper. */
const papers = (thing: unknown): string[] => {
  const texts = [
    inspect(thing, { depth: 20, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
  ];
  texts.push(String(thing), JSON.stringify(thing) ?? '');
  if (thing instanceof Error) texts.push(thing.message, thing.stack ?? '', ...papers(thing.cause));
  return texts;
};

/** No paper shows the keys, nor a signature: 64 hex digits in a row. */
export function expectNoCanary(...things: readonly unknown[]): void {
  for (const text of things.flatMap(papers)) {
    expect(text).not.toContain(CANARY_KEY);
    expect(text).not.toContain(CANARY_SECRET);
    expect(text).not.toMatch(/\b[0-9a-f]{64}\b/);
  }
}
