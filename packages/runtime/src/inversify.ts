import type { Bind, BindInWhenOnFluentSyntax, Container } from 'inversify';
import type { Token } from './token.ts';

type ServiceOf<K> = K extends Token<infer T> ? T : never;
type Services<D extends readonly Token<unknown>[]> = { [K in keyof D]: ServiceOf<D[K]> };

/**
 * Binds a token to a factory that gets exactly what the tokens in `deps` promise: a wrong type or order does not compile.
 * inversify itself infers nothing from a typed token.
 */
export const provide = <T, const D extends readonly Token<unknown>[]>(
  bind: Bind,
  service: Token<T>,
  deps: D,
  factory: (...services: Services<D>) => T | Promise<T>,
): BindInWhenOnFluentSyntax<T> =>
  bind<T>(service).toResolvedValue(factory as (...args: unknown[]) => T | Promise<T>, deps as unknown as symbol[]);

/** The service behind a token; asynchronous bindings anywhere below it are awaited. */
export const resolveAsync = <T>(container: Container, service: Token<T>): Promise<T> => container.getAsync<T>(service);
