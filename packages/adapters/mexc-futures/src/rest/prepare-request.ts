import { InvalidInputError, shown } from '@prate/domain';
import { canonicalQuery, percentEncode, type QueryValue } from '../auth/auth.ts';
import { bodiesOf, bodyOf } from './bodies.ts';
import type { Endpoint } from './endpoints.ts';

/** What a call adds to its endpoint. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string | number>> | undefined;
  readonly query?: Readonly<Record<string, QueryValue>> | undefined;
  /** Of a POST: one object, or `bodies`. */
  readonly body?: object | undefined;
  readonly bodies?: readonly (object | string)[] | undefined;
}

/** A request before it is signed: the same text goes into URL or body and into the signature. */
export interface PreparedRequest {
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly target: string;
  readonly body: string | undefined;
  /** What is signed. */
  readonly parameters: string;
}

/** @throws InvalidInputError for a path parameter that is missing or empty, and for a body with a value that is wrong */
export function prepareRequest(endpoint: Endpoint, input: CallInput): PreparedRequest {
  const { method } = endpoint;
  const path = endpoint.path.includes('{') ? fill(endpoint.path, input.path ?? {}) : endpoint.path;
  if (method === 'POST') {
    const body = bodyTextOf(input);
    return { method, target: path, body, parameters: body };
  }
  const query = input.query === undefined ? '' : canonicalQuery(input.query);
  return { method, target: query === '' ? path : `${path}?${query}`, body: undefined, parameters: query };
}

function bodyTextOf({ body, bodies }: CallInput): string {
  if (bodies !== undefined) return bodiesOf(bodies);
  if (typeof body !== 'object') throw new InvalidInputError(`what is sent must be an object, not ${shown(body)}`);
  return bodyOf(body);
}

const fill = (path: string, values: Readonly<Record<string, string | number>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(values[name] ?? '');
    // a dot alone would climb up the path
    if (value === '' || value === '.' || value === '..')
      throw new InvalidInputError(`${name} must be given for ${path}`);
    return percentEncode(value);
  });
