import { CommandFailedError } from './command-failed-error.ts';
import type { OpenVenue } from './open-venue.ts';

/**
 * For where nothing was found: nothing of what?
 * @throws CommandFailedError where the venue has no instrument of this name; in a dry run nobody is asked
 */
export async function assertInstrument(venue: OpenVenue, symbol: string | undefined): Promise<void> {
  if (symbol === undefined || venue.getInstruments === null) return;
  if ((await venue.getInstruments()).some((instrument) => instrument.symbol === symbol)) return;
  const at = venue.execution.venue;
  throw new CommandFailedError(
    `the venue ${at} has no instrument '${symbol}': prate instruments --venue ${at} shows which there are`,
  );
}

/** @throws CommandFailedError for an asset that the account does not hold, and that no instrument is made of or paid in */
export async function assertAsset(venue: OpenVenue, asset: string): Promise<void> {
  const { execution, signal, getInstruments } = venue;
  if (getInstruments === null) return;
  if ((await execution.getBalances({ signal })).some((balance) => balance.asset === asset)) return;
  const known = (await getInstruments()).some(
    ({ baseAsset, quoteAsset }) => baseAsset === asset || quoteAsset === asset,
  );
  const at = execution.venue;
  if (!known)
    throw new CommandFailedError(
      `the venue ${at} has no asset '${asset}': prate balance --venue ${at} shows which the account holds`,
    );
}
