import type { Clock } from '@prate/runtime';
import type { Contract } from '../backend/market-values.ts';
import type { SandboxAccount, SandboxBackend } from '../backend/sandbox-backend.ts';
import type { Faults } from '../faults/faults.ts';
import { Code, WireRefusal } from '../wire/codes.ts';
import type { Fields } from '../wire/fields.ts';
import type { WireValue } from '../wire/json.ts';
import type { LimitClass } from './rate-limits.ts';

/** What every route works with. */
export interface Venue {
  readonly backend: SandboxBackend;
  readonly clock: Clock;
  readonly faults: Faults;
}

export interface Question {
  readonly venue: Venue;
  readonly query: Fields;
  /** As `fromJson` reads it; undefined where there was none. */
  readonly body: unknown;
  /** The body as named fields. */
  readonly fields: Fields;
  readonly params: Readonly<Record<string, string>>;
}

export interface PrivateQuestion extends Question {
  readonly account: SandboxAccount;
}

/** One of MEXC's endpoints. An answer of undefined is success without `data`. */
export type Route = {
  readonly method: 'GET' | 'POST';
  /** With `:names` for the parts of the path that are parameters. */
  readonly path: string;
  readonly limit: LimitClass;
} & (
  | { readonly access: 'public'; answer(question: Question): Answer }
  | { readonly access: 'private'; answer(question: PrivateQuestion): Answer }
  /** Not MEXC futures' envelope: the whole body. */
  | { readonly access: 'bare'; answer(question: Question): Answer }
);
type Answer = WireValue | Promise<WireValue> | undefined | Promise<undefined>;

export const serverNow = ({ clock, faults }: Venue): number => Math.floor(clock.nowMs() + faults.skewMs);

/** At once where the backend answers at once, as orders wait for it. @throws WireRefusal 1001 */
export function contractOf({ backend }: Venue, symbol: string): Contract | Promise<Contract> {
  const contracts = backend.market.contracts();
  return contracts instanceof Promise
    ? contracts.then((all) => contractIn(all, symbol))
    : contractIn(contracts, symbol);
}

function contractIn(contracts: readonly Contract[], symbol: string): Contract {
  for (const contract of contracts) if (contract.symbol === symbol) return contract;
  throw new WireRefusal(Code.UNKNOWN_CONTRACT, `contract ${symbol} does not exist`);
}

/** Contracts by symbol, for lists of several. */
export async function contractsBySymbol({ backend }: Venue): Promise<(symbol: string) => Contract> {
  const bySymbol = new Map((await backend.market.contracts()).map((contract) => [contract.symbol, contract]));
  return (symbol) => {
    const contract = bySymbol.get(symbol);
    if (contract === undefined) throw new Error(`the backend speaks of ${symbol}, which is not among its contracts`);
    return contract;
  };
}
