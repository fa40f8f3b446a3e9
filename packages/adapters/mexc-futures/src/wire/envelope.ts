import { BadReplyError } from './errors.ts';
import { kindOf, safeInteger } from './fields.ts';
import { type Json, parseJson } from './json-text.ts';

/** What the envelope `{success, code, message, data}` says. */
export type Envelope<T> =
  | { readonly kind: 'data'; readonly data: T }
  | { readonly kind: 'refusal'; readonly code: number; readonly message: string };

/**
 * `success` decides. A success with a code other than 0 and 200, or a refusal without one, contradicts itself and counts as
 * no answer at all.
 *
 * @param bare for endpoints that were seen without an envelope: their object has no `success`, and is the data
 * @throws BadReplyError (`BAD_REPLY`) for whatever is no envelope: empty, truncated, HTML, another type of content
 */
export function readEnvelope(
  reply: { readonly body: string; readonly contentType: string | undefined },
  place: string,
  bare = false,
): Envelope<Json | undefined> {
  if (!isJsonType(reply.contentType)) {
    throw new BadReplyError(`${place}: the reply is no JSON by its Content-Type`);
  }
  const json = parse(reply.body, place);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new BadReplyError(`${place}: the reply should be an object, not ${kindOf(json)}`);
  }
  const { success, code, message, data } = json as { readonly [key: string]: Json };
  if (bare && success === undefined) return { kind: 'data', data: json };
  const number = safeInteger(code);
  if (success === true && (code === undefined || number === 0 || number === 200)) {
    return { kind: 'data', data: data ?? undefined };
  }
  if (success === false && number !== undefined && number !== 0 && number !== 200) {
    return { kind: 'refusal', code: number, message: typeof message === 'string' ? message : '' };
  }
  throw new BadReplyError(
    `${place}: the reply says neither success nor a refusal with a code (success is ${kindOf(success)}, code ${kindOf(code)})`,
  );
}

/** Without the header the text itself must tell. */
export const isJsonType = (contentType: string | undefined): boolean =>
  contentType === undefined || /^(application|text)\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType.trim());

function parse(body: string, place: string): Json {
  try {
    return parseJson(body);
  } catch {
    // V8's message quotes the text
    throw new BadReplyError(
      `${place}: the reply of ${body.length} characters is ${body.trim() === '' ? 'empty' : 'not whole JSON'}`,
    );
  }
}
