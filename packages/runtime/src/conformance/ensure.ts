/** A rule of a port was broken. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/** JSON with keys in one order, and with what JSON lacks (bigint, NaN, infinities) told apart. */
const canonical = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>);
  const fields = value as Readonly<Record<string, unknown>>;
  const byName = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byName);
};
const show = (value: unknown): string => (value === undefined ? 'undefined' : JSON.stringify(value, canonical));

/** The assertions that the suites are written with. */
export const ensure: {
  that(condition: boolean, what: string): asserts condition;
  equal(actual: unknown, expected: unknown, what: string): void;
  rejects(work: Promise<unknown>, code: string | null, what: string): Promise<unknown>;
} = {
  that(condition: boolean, what: string): asserts condition {
    if (!condition) throw new ConformanceError(what);
  },
  /** Equal as JSON, in any order of keys: plain data, arrays, typed arrays, numbers, bigints, Decimals. */
  equal(actual: unknown, expected: unknown, what: string): void {
    const [left, right] = [show(actual), show(expected)];
    if (left !== right) throw new ConformanceError(`${what}: expected ${right}, got ${left}`);
  },
  /** Rejects with an error of this `code` (or, without one, with any error); returns it. */
  async rejects(work: Promise<unknown>, code: string | null, what: string): Promise<unknown> {
    const outcome = await work.then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const wanted = code === null ? 'an error' : `an error ${code}`;
    if (outcome === null) throw new ConformanceError(`${what}: expected ${wanted}, got none`);
    const { error } = outcome;
    const actual = (error as { readonly code?: unknown } | null | undefined)?.code;
    if (code !== null && actual !== code) {
      throw new ConformanceError(`${what}: expected ${wanted}, got ${String(error)}`, { cause: error });
    }
    return error;
  },
};
