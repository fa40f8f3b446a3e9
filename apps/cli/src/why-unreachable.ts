import type { MexcFuturesMarketData } from '@prate/mexc-futures';
import { HttpStatusError } from '@prate/mexc-futures/rest';
import type { Io } from './io.ts';

/**
 * Asks MEXC for its time, again and again until that is late.
 * @returns why it cannot be reached, as a sentence, or that this was interrupted; null: it can
 */
export async function whyUnreachable(
  io: Io,
  market: MexcFuturesMarketData,
  restUrl: string,
  patienceMs: number,
): Promise<string | null> {
  const late = AbortSignal.timeout(patienceMs);
  let failure: unknown = null;
  const onFailure = (error: unknown): void => {
    failure = error;
  };
  try {
    await market.getServerTime({ signal: AbortSignal.any([io.signal, late]), onFailure });
    return null;
  } catch (error) {
    // what the last one came to says more than that it was late
    const reason = reasonOf(error === late.reason ? failure : error, restUrl, patienceMs);
    return `MEXC cannot be reached at ${restUrl}: ${reason}`;
  }
}

/** What happened, in words. Null: nothing did. */
function reasonOf(error: unknown, url: string, patienceMs: number): string {
  if (error === null) return `no answer within ${patienceMs / 1000} s`;
  if (error instanceof HttpStatusError) return error.message.replace(/^.*?HTTP/, 'status');
  const text = (error instanceof Error ? error.message : String(error)).replace(/^\/[\w/]+: /, ''); // which path was asked is our affair
  const { hostname } = new URL(url);
  const [code = ''] = /\b(UND_ERR_SOCKET|E[A-Z]{4,}(_[A-Z]+)*)\b/.exec(text) ?? [];
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'the connection was broken off';
    case 'ENOTFOUND':
      return `the name ${hostname} was not found`;
    case 'EAI_AGAIN':
      return `the name ${hostname} could not be looked up: no name server answered`;
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `no network leads to ${hostname}`;
    default:
      return text;
  }
}
