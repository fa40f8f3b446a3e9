import { FetchInterceptor } from '@mswjs/interceptors/fetch';
import { HttpRequestInterceptor } from '@mswjs/interceptors/http';
import type { AnyHandler } from 'msw';
import { defineNetwork, InterceptorSource, type NetworkApi } from 'msw/experimental';

export type Network = NetworkApi<[InterceptorSource]>;

/**
 * MSW at the level of sockets: undici itself runs, pool, parser and all. `setupServer` of MSW does not see undici. The one
 * place that uses msw/experimental.
 */
export const createNetwork = (...handlers: AnyHandler[]): Network =>
  defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor(), new FetchInterceptor()] })],
    handlers,
    onUnhandledFrame: 'error',
    context: { quiet: true },
  });
