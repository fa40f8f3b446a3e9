import { Ajv2020 } from 'ajv/dist/2020.js';

/** As much of an OpenAPI document as is looked at here. */
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
  readonly components: object;
}
type Responses = Readonly<Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>>;

const compiled = new WeakMap<object, Ajv2020>();

/** What is wrong with a reply by the description; empty when nothing is. */
export function schemaProblems(document: object, method: string, url: string, status: number, body: unknown): string[] {
  const { paths } = document as Described;
  const path = (url.split('?')[0] as string).replace(/(\/orders\/)(?!history$)[^/]+$/, '$1{orderId}');
  const schema = paths[path]?.[method]?.responses[status]?.content['application/json']?.schema;
  if (schema === undefined) return [`${method} ${path} ${status} is not described`];
  return problems(document, schema, body);
}

/** The same of a schema by its name. */
export const problemsOf = (document: object, name: string, body: unknown): string[] =>
  problems(document, { $ref: `#/components/schemas/${name}` }, body);

function problems(document: object, schema: object, body: unknown): string[] {
  const ajv = compiled.get(document) ?? new Ajv2020({ strict: false, allErrors: true });
  compiled.set(document, ajv);
  const id = `https://prate.test/${encodeURIComponent(JSON.stringify(schema))}`;
  // references are to components, so they stand beside the schema
  const validate =
    ajv.getSchema(id) ?? ajv.compile({ $id: id, ...schema, components: (document as Described).components });
  if (validate(body) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
