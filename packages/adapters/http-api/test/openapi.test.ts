import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../src/index.ts';
import { operations } from '../src/schema/operations.ts';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
const document = openApiDocument('0.1.0');
const { paths, components } = document as unknown as Described;

describe('openapi', () => {
  it('is a valid description of version 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('describes every operation, and the stream', () => {
    const described = Object.values(paths).flatMap((methods) => Object.values(methods).map((each) => each.operationId));
    expect(described.sort()).toEqual([...Object.keys(operations), 'openStream'].sort());
  });

  it('names no schema that is not there, and none that nobody names but those of the stream', () => {
    const named = new Set(
      Array.from(JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g), ([, name]) => name),
    );
    const there = new Set(Object.keys(components.schemas));
    expect([...named].filter((name) => !there.has(name as string))).toEqual([]);
    const alone = [...there].filter((name) => !named.has(name));
    expect(alone.filter((name) => !name.startsWith('Stream'))).toEqual([]);
  });
});
