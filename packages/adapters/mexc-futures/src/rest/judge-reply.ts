import { PrateError } from '@prate/domain';
import type { Clock } from '@prate/runtime';
import type { HttpReply } from '../transport/http-transport.ts';
import { type Envelope, readEnvelope } from '../wire/envelope.ts';
import { BadReplyError, HttpStatusError } from '../wire/errors.ts';
import { Fields } from '../wire/fields.ts';
import type { Json } from '../wire/json-text.ts';
import type { Answer } from './outcome.ts';

/** Makes of a reply's body what a caller gets; throws BadReplyError where it cannot. */
export type Decode<T> = (reply: HttpReply, place: string) => Envelope<T>;

/** Reads the envelope, then its data; a refusal stays one. */
export const decodeData =
  <T>(read: (data: Json | undefined, place: string) => T, bare = false): Decode<T> =>
  (reply, place) => {
    const envelope = readEnvelope(reply, place, bare);
    return envelope.kind === 'data' ? { kind: 'data', data: read(envelope.data, `${place}: data`) } : envelope;
  };

/** Data that is one object. */
export const decodeObject = <T>(read: (fields: Fields) => T, bare = false): Decode<T> =>
  decodeData((data, place) => read(new Fields(data, place)), bare);

/** A void operation: what `data` holds does not matter. */
export const decodeNothing: Decode<void> = decodeData(() => undefined);

/**
 * What a reply proves. A status of 5xx, or no JSON, proves nothing, whatever else it says; 429 is a limit of MEXC's edge,
 * which may stand before or behind the order; so does the gateway that answers 403 with a page. A refusal in JSON is definite
 * with any status below 500. What MEXC does at this level is not documented: these are the cautious readings.
 */
export function judgeReply<T>(reply: HttpReply, place: string, decode: Decode<T>, clock: Clock): Answer<T> {
  const { status } = reply;
  if (status >= 500) return statusAnswer(reply, place, clock);
  try {
    const envelope = decode(reply, place);
    if (envelope.kind === 'refusal') return { ...envelope, httpStatus: status };
    if (status >= 200 && status < 300) return envelope;
    return nothing(new BadReplyError(`${place}: HTTP ${status} with a body that says success`));
  } catch (error) {
    if (status < 200 || status >= 300) return statusAnswer(reply, place, clock);
    // even a mistake of ours must not look as if nothing had been sent
    return nothing(
      PrateError.is(error) ? error : new BadReplyError(`${place}: reading the reply failed`, { cause: error }),
    );
  }
}

const nothing = (error: PrateError): Answer<never> => ({ kind: 'nothing', error, maybeSent: true });

const STATUS_MEANINGS: ReadonlyMap<number, string> = new Map([
  [403, "MEXC's edge refused: wrong host, blocked region or firewall"],
  [429, 'too many requests'],
]);

function statusAnswer(reply: HttpReply, place: string, clock: Clock): Answer<never> {
  const { status } = reply;
  const what = STATUS_MEANINGS.get(status) ?? 'nothing is known of its outcome';
  return nothing(new HttpStatusError(`${place}: HTTP ${status}, ${what}`, status, retryAfterMs(reply, clock.nowMs())));
}

/** `Retry-After` is seconds or a date. */
function retryAfterMs(reply: HttpReply, nowMs: number): number | undefined {
  const text = reply.retryAfter?.trim() ?? '';
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(waitMs, 0);
}
