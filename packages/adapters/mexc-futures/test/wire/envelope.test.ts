import { PrateError } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { readEnvelope } from '../../src/wire/envelope.ts';
import { isPassing, meaningOf, provesNothing } from '../../src/wire/error-codes.ts';

const read = (body: string, contentType: string | undefined = 'application/json', bare = false) =>
  readEnvelope({ body, contentType }, 'there', bare);

describe('readEnvelope', () => {
  it.each([
    ['{"success":true,"code":0,"data":1}', { kind: 'data', data: 1 }],
    ['{"success":true,"code":200,"data":{}}', { kind: 'data', data: {} }],
    ['{"success":true,"data":[]}', { kind: 'data', data: [] }],
    ['{"success":true,"code":0,"data":null}', { kind: 'data', data: undefined }],
    ['{"success":true,"code":0}', { kind: 'data', data: undefined }],
    ['{"success":false,"code":2005,"message":"Balance"}', { kind: 'refusal', code: 2005, message: 'Balance' }],
    ['{"success":false,"code":"2005","data":{"orderId":1}}', { kind: 'refusal', code: 2005, message: '' }],
  ])('%s', (body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it.each([
    '{"success":true,"code":510}',
    '{"success":"true","code":0,"data":1}',
    '{"success":1,"data":1}',
    '{"success":false}',
    '{"success":false,"code":0,"message":"","data":[]}',
    '{"success":false,"code":null}',
    '{"code":0,"data":1}',
    '{"orderId":"1"}',
    '[]',
    'null',
    '"x"',
    '7',
    '',
    ' \n',
    '{"success":true,"code":0,"data":{"orderId":"1"}',
    '<!DOCTYPE html><html></html>',
  ])('%j is no answer', (body) => {
    expect(() => read(body)).toThrow(/^there/);
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'BAD_REPLY' }));
  });

  it.each(['application/json', 'application/json;charset=UTF-8', 'Application/JSON ; x=y', 'text/json', undefined])(
    'a reply of type %s is read',
    (type) => {
      expect(readEnvelope({ body: '{"success":true}', contentType: type }, 'there').kind).toBe('data');
    },
  );

  it.each(['text/html', 'text/plain', '', 'application/jsonp', 'x; application/json'])(
    'a reply of type %j is not',
    (type) => {
      expect(() => read('{"success":true,"code":0,"data":1}', type)).toThrow(/Content-Type/);
    },
  );

  it('only a bare endpoint takes an object without envelope, and never a refusal for data', () => {
    expect(read('{"asks":[]}', undefined, true)).toEqual({ kind: 'data', data: { asks: [] } });
    expect(read('{"success":false,"code":1001}', undefined, true).kind).toBe('refusal');
    expect(() => read('{"asks":[]}')).toThrow();
  });

  it('any text ends in a value or a typed error, which repeats nothing of the text', () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => `{"success":true,"code":0,"data":${json}`),
    );
    fc.assert(
      fc.property(text, (body) => {
        try {
          read(`${body}SECRET`);
        } catch (error) {
          expect(PrateError.is(error)).toBe(true);
          expect((error as Error).message).not.toContain('SECRET');
        }
      }),
      cases(1_000),
    );
  });
});

describe('codes', () => {
  it('those that the table marks "look the order up first" prove nothing', () => {
    for (const code of [403, 429, 500, 501, 503, 504, 603, 2042, 2056, 9999]) expect(provesNothing(code)).toBe(true);
    for (const code of [401, 510, 513, 602, 1002, 2005, 2011, 2040, 2041, 7002, 87_654])
      expect(provesNothing(code)).toBe(false);
  });

  it('510 and 513 pass', () => {
    expect([510, 513, 2005, 602].map(isPassing)).toEqual([true, true, false, false]);
  });

  it('have their meanings in English; an unknown one has none', () => {
    expect(meaningOf(2005)).toBe('insufficient balance');
    expect(meaningOf(2076)).toBe(meaningOf(2058));
    expect(meaningOf(87_654)).toBeUndefined();
  });
});
