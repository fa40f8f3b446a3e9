import { z } from 'zod';
import { type Operation, type Operations, operations } from './operations.ts';
import { errorSchema } from './replies.ts';
import { nothingSchema } from './requests.ts';
import { clientMessageSchema, serverMessageSchema } from './stream.ts';
import { components } from './values.ts';

type Json = Record<string, unknown>;
type AnyOperation = Operation<unknown, unknown, unknown>;

export const API_PREFIX = '/api/v1';

/** Refusals that every operation knows, by status; all look the same. */
const REFUSALS: Readonly<Record<string, string>> = {
  400: 'A query or a body that is not as described',
  401: 'No token, or none that is known',
  403: 'A foreign origin, a token without the scope, or an order on a live venue',
  404: 'There is no such thing',
  413: 'A body that is too large',
  415: 'A body that is not application/json',
  421: 'A Host that is not allowed',
  429: 'Too many requests',
  500: 'Something broke; the log says what',
  501: 'The venue cannot do this',
  503: 'Not connected, or busy: come again',
};

/** The description of everything below `/api/v1`, made of the very schemas that check requests. */
export function openApiDocument(version: string): Json {
  const schemas = schemasByName();
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries(operations) as [keyof Operations, AnyOperation][]) {
    const path = `${API_PREFIX}${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(id, operation) };
  }
  paths[`${API_PREFIX}/stream`] = { get: streamPath() };
  return {
    openapi: '3.1.0',
    info: { title: 'Prate', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer', description: TOKENS } } },
  };
}

const DESCRIPTION =
  'A running session: what it does, its candles, its account. Times are epoch milliseconds; money, prices and quantities of the account are exact decimals as text; numbers of candles are JSON numbers with all their decimals.';
const TOKENS =
  "In 'Authorization: Bearer …'. There are two: read, and trade, which may do what read may. Both are made anew at each start.";

const streamPath = (): Json => ({
  operationId: 'openStream',
  summary: 'A WebSocket: snapshots and then changes, by topic',
  description:
    "Offer the subprotocols 'prate.v1' and 'prate.token.' + token. Client messages are StreamClientMessage, server messages StreamServerMessage, each one text frame of JSON.",
  responses: { 101: { description: 'The stream is open' }, ...refusals() },
});

function describe(id: keyof Operations, operation: AnyOperation): Json {
  const { path, scope, summary, query, body, reply } = operation;
  return {
    operationId: id,
    summary,
    description: scope === 'trade' ? 'Needs the trade token.' : 'Either token will do.',
    'x-scope': scope,
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body === nothingSchema ? {} : { requestBody: { required: true, content: jsonOf(nameOfBody(id, body)) } }),
    responses: { 200: { description: 'Done', content: jsonOf(nameOfReply(id, reply)) }, ...refusals() },
  };
}

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 64 },
  }));

function queryParameters(query: z.ZodType): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query) as {
    readonly properties?: Record<string, Json>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function refusals(): Json {
  const error = { content: jsonOf('Error') };
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, description]) => [status, { description, ...error }]),
  );
}

const uri = (name: string): string => `#/components/schemas/${name}`;
const jsonOf = (name: string): Json => ({ 'application/json': { schema: { $ref: uri(name) } } });

const idOf = (schema: z.ZodType): string | undefined => components.get(schema as never)?.id;
const nameOfReply = (id: string, reply: z.ZodType): string => idOf(reply) ?? `${capital(id)}Reply`;
const nameOfBody = (id: string, body: z.ZodType): string => idOf(body) ?? `${capital(id)}Body`;
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Every schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks; they name each other. */
function schemasByName(): Record<string, Json> {
  const all = z.registry<{ id: string }>();
  const add = (schema: z.ZodType, id: string): void => {
    if (!all.has(schema)) all.add(schema, { id });
  };
  for (const [id, schema] of components._idmap) add(schema as z.ZodType, id);
  for (const schema of [errorSchema, clientMessageSchema, serverMessageSchema]) add(schema, idOf(schema) as string);
  for (const [id, { body, reply }] of Object.entries(operations) as [string, AnyOperation][]) {
    if (body !== nothingSchema) add(body, nameOfBody(id, body));
    add(reply, nameOfReply(id, reply));
  }
  const { schemas } = z.toJSONSchema(all, { uri });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema as Json]),
  );
}
