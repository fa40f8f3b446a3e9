import { describe, it } from 'vitest';
import { type ConformanceCase, type ConformanceHarness, missingCapability, runCase } from './suite.ts';

/** Binds a suite to vitest: one test a case, named by id and rule. */
export function describeConformance<Context, Capability extends string>(
  name: string,
  cases: readonly ConformanceCase<Context, Capability>[],
  harness: ConformanceHarness<Context, Capability>,
): void {
  describe(`conformance: ${name}`, () => {
    for (const testCase of cases) {
      const missing = missingCapability(testCase, harness);
      const title = `${testCase.id} ${testCase.rule}`;
      if (missing === null) it(title, () => runCase(testCase, harness));
      else it.skip(`${title} (needs ${missing})`, () => {});
    }
  });
}
