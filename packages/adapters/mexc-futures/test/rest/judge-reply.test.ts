import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { decodeNothing, judgeReply } from '../../src/rest/judge-reply.ts';
import { reply } from '../support/scripted.ts';

describe('judgeReply', () => {
  const clock = new ManualClock();

  it('a mistake of our own while reading does not look as if nothing had been sent', () => {
    const mistaken = (): never => {
      throw new TypeError('no such thing');
    };
    const answer = judgeReply(reply('{"success":true}'), 'there', mistaken, clock);
    expect(answer).toMatchObject({ kind: 'nothing', maybeSent: true, error: { code: 'BAD_REPLY' } });
  });

  it.each([
    [200, '{"success":false,"code":602}', { kind: 'refusal', code: 602 }],
    [401, '{"success":false,"code":602}', { kind: 'refusal', code: 602, httpStatus: 401 }],
    [429, '{"success":false,"code":510}', { kind: 'refusal', code: 510 }],
    [403, '<html></html>', { kind: 'nothing', maybeSent: true, error: { httpStatus: 403, retryable: false } }],
    [403, '{"success":false,"code":406}', { kind: 'refusal', code: 406 }],
    [404, '<html></html>', { kind: 'nothing', maybeSent: true }],
    [404, '{"success":true}', { kind: 'nothing', maybeSent: true }],
    [503, '{"success":false,"code":2005}', { kind: 'nothing', maybeSent: true }],
    [204, '', { kind: 'nothing', maybeSent: true }],
  ])('HTTP %d with %s', (status, body, expected) => {
    expect(judgeReply(reply(body, { status }), 'there', decodeNothing, clock)).toMatchObject(expected);
  });
});
