import { type Rejected, RejectReason } from '@prate/execution-port';
import { type RestCallOptions, refusalError, type WriteResult } from '../rest/outcome.ts';
import { meaningOf } from '../wire/error-codes.ts';
import type { MexcApiError } from '../wire/errors.ts';

/** Why MEXC refuses an order, by its code; what is not here is OTHER, its code and text kept in the message. */
const REASONS: readonly (readonly [reason: RejectReason, codes: string])[] = [
  [
    RejectReason.INVALID_QUANTITY,
    '2011 2023 2024 2025 2028 2031 2036 2038 2051 2057 7008 8815 8816 8818 8819 8820 8821 8919',
  ],
  [RejectReason.INVALID_PRICE, '2003 2004 2007 2032 2033 3001 3002 3004 3007 3008 3009 3010 3011 3012 3013 3014 5003'],
  [
    RejectReason.INVALID_REQUEST,
    '600 601 1003 1004 2001 2002 2015 2022 2026 2027 2030 2043 2045 2046 2047 2048 3003 5001 5005 5006 7002 7003 9069 9070 9071',
  ],
  [RejectReason.UNKNOWN_SYMBOL, '1001'],
  [RejectReason.CONTRACT_UNAVAILABLE, '604 801 1002 6005 8920 8921 8922 8930 8932 8934 9068'],
  [RejectReason.INSUFFICIENT_BALANCE, '2005 2044'],
  [RejectReason.INVALID_LEVERAGE, '2006 2019 2021 7004 7009 8931'],
  [RejectReason.REDUCE_ONLY, '2008 2009 5004 7005'],
  [RejectReason.NO_LIQUIDITY, '2039'],
  [RejectReason.NOT_SUPPORTED, '2029 2035 2052 2053 2054 2055'],
  [RejectReason.RATE_LIMITED, '510 2037'],
];

const reasons: ReadonlyMap<number, RejectReason> = new Map(
  REASONS.flatMap(([reason, codes]) => codes.split(' ').map((code) => [Number(code), reason] as const)),
);

/** The key, its permissions or its address: nothing that this port is asked for can work. */
const NO_WORK: ReadonlySet<number> = new Set([401, 402, 406, 506, 511, 602, 701, 702, 703, 704, 1000]);

export type RefusedWrite = Extract<WriteResult<never>, { kind: 'refused' }>;

export const reasonOf = (code: number): RejectReason => reasons.get(code) ?? RejectReason.OTHER;

/** The refusal as an error, where a value has no place for it. */
export const refusedError = (path: string, { code, message }: RefusedWrite): MexcApiError =>
  refusalError(path, { kind: 'refusal', code, message, httpStatus: 200 });

/**
 * MEXC said no: the reason by its code, its code and text verbatim.
 *
 * @param path of the endpoint, for the error
 * @throws MexcApiError (`MEXC_API`) where it is the key that was refused
 */
export function rejectedBy(path: string, refused: RefusedWrite): Rejected {
  if (NO_WORK.has(refused.code)) throw refusedError(path, refused);
  return { kind: 'rejected', reason: reasonOf(refused.code), message: refusalText(refused) };
}

function refusalText({ code, message }: RefusedWrite): string {
  const meaning = meaningOf(code);
  return `MEXC refused with code ${code}${meaning === undefined ? '' : ` (${meaning})`}${message === '' ? '' : `: ${message}`}`;
}

/** Codes after which the account's settings, or the contracts, are not what they were thought to be. */
export const SETTINGS_DIFFER: ReadonlySet<number> = new Set([2019, 2021, 2026, 2027, 7002, 7003, 7004]);
export const CONTRACT_DIFFERS: ReadonlySet<number> = new Set([
  1001, 1002, 2006, 2011, 2015, 2028, 2036, 2057, 6005, 8931,
]);

/** Overtakes what waits for the same limit. */
export const urgently = (options: RestCallOptions | undefined): RestCallOptions => ({ ...options, urgent: true });
