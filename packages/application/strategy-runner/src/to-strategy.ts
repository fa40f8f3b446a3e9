import { InvalidInputError } from '@prate/domain';
import type { Strategy, StrategyCallback } from './strategy.ts';

const CALLBACKS: readonly StrategyCallback[] = ['onStart', 'onCandle', 'onTrade', 'onExecution', 'onStop'];
const EXAMPLE = "export default { name: 'mine', async onCandle(candle, { execution }) { … } }";

/**
 * Checks a value from outside, such as the default export of a user's file: an object or an instance of a class.
 * @throws InvalidInputError saying what was found, and what would be right
 */
export function toStrategy(value: unknown): Strategy {
  if (typeof value === 'function') {
    throw bad(`found the function '${value.name}'`, 'export what it makes (call it, or `new` it), not the function');
  }
  if (typeof value !== 'object' || value === null) {
    throw bad(
      `found ${value === undefined ? 'nothing (undefined)' : describe(value)}`,
      'export an object as the default',
    );
  }
  const parts = value as Record<string, unknown>;
  if (typeof parts['name'] !== 'string' || parts['name'].trim() === '') {
    throw bad(`its name is ${describe(parts['name'])}`, "give it a name, a text such as 'mine'");
  }
  for (const callback of CALLBACKS) {
    const found = parts[callback];
    if (found === undefined || typeof found === 'function') continue;
    throw bad(`its ${callback} is ${describe(found)}`, `make ${callback} a function, or leave it out`);
  }
  const stranger = namesOf(value).find(
    (name) => /^on[A-Z]/.test(name) && !CALLBACKS.includes(name as StrategyCallback),
  );
  if (stranger !== undefined) {
    throw bad(`it has '${stranger}', which is never called`, `the callbacks are ${CALLBACKS.join(', ')}`);
  }
  if (CALLBACKS.every((callback) => parts[callback] === undefined)) {
    throw bad('it has no callback', `give it at least one of ${CALLBACKS.join(', ')}`);
  }
  return value as Strategy;
}

/** Own properties and, for an instance of a class, its methods. */
function namesOf(value: object): string[] {
  const names: string[] = [];
  for (let at: object | null = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
}

const bad = (found: string, right: string): InvalidInputError =>
  new InvalidInputError(`not a strategy: ${found}; ${right}. Example: ${EXAMPLE}`);

function describe(value: unknown): string {
  if (typeof value === 'string') return `the text '${value}'`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
