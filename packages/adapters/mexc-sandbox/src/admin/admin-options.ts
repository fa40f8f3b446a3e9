import type { Decimal } from '@prate/domain';

/** What the admin paths may do beyond the wire server itself. */
export interface AdminOptions {
  /** Wanted by every admin path and the status page where it is set; a server beyond loopback must have one. */
  readonly token?: string | undefined;
  /** What is served, shown to whoever asks: the market, its speed. */
  readonly about: Readonly<Record<string, string | number>>;
  /** Makes an account for a key in the backend; balance null: as much as usual. @returns what it begins with */
  openAccount(account: { readonly apiKey: string; readonly name: string; readonly balance: Decimal | null }): Decimal;
  /** Moves the clock, and the market with it; resolves when it is there. */
  advance(ms: number): Promise<void>;
}
