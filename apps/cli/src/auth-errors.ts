import type { PrateError } from '@prate/domain';

/** Of MEXC's table: no such key, expired, wrong address, no access, wrong signature, a permission that the key lacks. */
const AUTH_CODES: ReadonlySet<number> = new Set([401, 402, 406, 511, 602, 701, 702, 703, 704]);

/** Whether the keys are the trouble: nothing but other keys, or other permissions of theirs, will help. */
export const isAuthError = (error: PrateError): boolean =>
  ['NO_CREDENTIALS', 'LOGIN_REFUSED'].includes(error.code) || AUTH_CODES.has((error as MaybeMexc).mexcCode ?? 0);

/** An error of MEXC's has its code; others are looked at without loading the adapter. */
type MaybeMexc = PrateError & { readonly mexcCode?: number | undefined };
