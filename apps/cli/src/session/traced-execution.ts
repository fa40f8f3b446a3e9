import { type Attributes, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { ExecutionPort } from '@prate/execution-port';
import type { Secrets } from '../secrets.ts';
import { HISTORY_CALLS, ofError, ofResult, PORT_CALLS, SETTINGS_CALLS, TRIGGERS_CALLS } from './span-attributes.ts';

/** It begins streams that live on: whatever they cause later is no part of it. */
const NOT_ACTIVE = 'execution.connect';

/** Longer values are cut: a strategy may ask for anything. */
const LONGEST = 64;

type Method = (...args: unknown[]) => unknown;
type Reader = (...args: never[]) => Attributes;
type Readers = Readonly<Record<string, Reader>>;

/**
 * The same port, each of whose calls is a span `execution.createOrder`, `execution.triggers.create`, …: the caller's span is
 * its parent, and what the call does has it for a parent. It says what was asked, what became of it, and which error there
 * was by its code: no message, price or quantity, and no secret that is known. Nothing else of the port changes.
 */
export function tracedExecution(execution: ExecutionPort, tracer: Tracer, secrets: Secrets): ExecutionPort {
  const shown = (value: unknown): string | number | null => {
    if (typeof value === 'number') return value;
    return typeof value === 'string' && value !== '' ? secrets.hide(value).slice(0, LONGEST) : null;
  };
  const said = (read: () => Attributes): Attributes => {
    const told = Object.entries(attempt(read)).map(([name, value]) => [name, shown(value)] as const);
    return Object.fromEntries(told.filter(([, value]) => value !== null)) as Attributes;
  };
  const end = (span: Span, read: () => Attributes): void => {
    const attributes = said(read);
    if ('error.type' in attributes) span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttributes(attributes).end();
  };
  const spanned = (name: string, read: Reader, call: Method): Method => {
    const within = (span: Span, args: readonly unknown[]): unknown => {
      const failed = (error: unknown): never => {
        end(span, () => ofError(error));
        throw error;
      };
      const succeeded = (result: unknown): unknown => {
        end(span, () => ofResult(result));
        return result;
      };
      try {
        // one turn later than without: callers count turns until everything has come
        return (call(...args) as Promise<unknown>).then(succeeded, failed);
      } catch (error) {
        return failed(error);
      }
    };
    return (...args) => {
      const attributes = said(() => ({ 'prate.venue': execution.venue, ...attempt(() => read(...(args as never[]))) }));
      if (name === NOT_ACTIVE) return within(tracer.startSpan(name, { attributes }), args);
      return tracer.startActiveSpan(name, { attributes }, (span) => within(span, args));
    };
  };
  const traced = <T extends object>(real: T, path: string, calls: Readers, facets: Record<string, Readers> = {}): T => {
    const known = new WeakMap<object, object>();
    const wrapped = (name: string, value: object): object => {
      if (typeof value !== 'function') return traced(value, `${path}.${name}`, facets[name] as Readers);
      const call: Method = (...args) => (value as Method).apply(real, args);
      const read = Object.hasOwn(calls, name) ? calls[name] : undefined;
      return read === undefined ? call : spanned(`${path}.${name}`, read, call);
    };
    // in front of an object that only inherits: what is frozen in the real one may be given another face
    return new Proxy(Object.create(real) as T, {
      get(_, name) {
        const value: unknown = Reflect.get(real, name, real);
        const isFacet = typeof value === 'object' && value !== null && Object.hasOwn(facets, name);
        if (typeof value !== 'function' && !isFacet) return value;
        const wrapper = known.get(value) ?? wrapped(String(name), value);
        known.set(value, wrapper);
        return wrapper;
      },
    });
  };
  return traced(execution, 'execution', PORT_CALLS, {
    settings: SETTINGS_CALLS,
    triggers: TRIGGERS_CALLS,
    history: HISTORY_CALLS,
  });
}

/** A span is no reason to fail: a call that cannot be is refused by the port, in its own way. */
function attempt(read: () => Attributes): Attributes {
  try {
    return read();
  } catch {
    return {};
  }
}
