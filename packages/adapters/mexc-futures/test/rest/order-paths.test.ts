import { InvalidInputError } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { endpointsWith } from '../../src/rest/endpoints.ts';

describe('order paths', () => {
  it.each(['@evil.example/x', '.evil.example/x', '//evil.example/x', '', '/a?b', '/a/../b', 'https://evil.example'])(
    "'%s' is refused: with it the key might go to another host",
    (path) => {
      expect(() => endpointsWith({ orderCreatePath: path })).toThrow(InvalidInputError);
      expect(() => endpointsWith({ planPlacePath: path })).toThrow(InvalidInputError);
    },
  );

  it('a path of MEXC takes the place of the usual one', () => {
    const { createOrder, placePlan } = endpointsWith({
      orderCreatePath: '/api/v1/private/order/submit',
      planPlacePath: '/api/v1/private/planorder/place',
    });
    expect([createOrder.path, placePlan.path]).toEqual([
      '/api/v1/private/order/submit',
      '/api/v1/private/planorder/place',
    ]);
  });
});
