declare const provides: unique symbol;

/** A service identifier that remembers the type of the service. At run time it is a plain symbol. */
export type Token<T> = symbol & { readonly [provides]?: T };

/** `Symbol.for`, so that two copies of a package in one process still agree. */
export const token = <T>(name: string): Token<T> => Symbol.for(`@prate/${name}`) as Token<T>;
