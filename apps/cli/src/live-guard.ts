import { isLoopback } from '@prate/mexc-futures/auth';
import type { Settings } from './config.ts';
import { UsageError } from './usage-error.ts';

/** Whether MEXC is a server on this machine, such as a sandbox: nothing that happens there costs money. */
export const isOwnMachine = ({ mexc }: Pick<Settings, 'mexc'>): boolean => isLoopback(new URL(mexc.restUrl).hostname);

/** @throws UsageError where one of the two addresses is this machine and the other is not: half of it would be real */
export function assertOneVenue({ mexc }: Pick<Settings, 'mexc'>): void {
  const { restUrl, wsUrl } = mexc;
  if (isLoopback(new URL(restUrl).hostname) === isLoopback(new URL(wsUrl).hostname)) return;
  throw new UsageError(
    `${restUrl} and ${wsUrl} are not one venue: set PRATE_MEXC_REST_URL and PRATE_MEXC_WS_URL (or restUrl and wsUrl of mexc in prate.config.json) together`,
  );
}

/**
 * What changes an account at a real exchange is asked for twice: once by the mode, once with the command.
 * @param what such as `this order`
 * @throws UsageError that says what is missing
 */
export function assertLive(settings: Settings, flags: { readonly yes?: true | undefined }, what: string): void {
  if (isOwnMachine(settings)) return;
  const missing = [
    ...(settings.mode === 'live' ? [] : ['PRATE_MODE=live (or "mode": "live" in prate.config.json)']),
    ...(flags.yes ? [] : ['--yes']),
  ];
  if (missing.length === 0) return;
  throw new UsageError(
    `${what} would go to ${settings.mexc.restUrl}, with real money: that needs ${missing.join(' and ')}; --dry-run shows what would be sent, --venue paper plays it`,
  );
}
