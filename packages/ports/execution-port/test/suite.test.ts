import { ConformanceError, runCase } from '@prate/runtime/conformance';
import { describe, expect, it } from 'vitest';
import { executionPortCases } from '../src/conformance/index.ts';
import type { ExecutionPort } from '../src/index.ts';
import { defects } from './defects.ts';
import { fakeHarness } from './fake-harness.ts';
import type { Defect } from './spoil.ts';

/** The port seen through a defect; everything else is its own. */
const spoiled = (port: ExecutionPort, { spoil }: Defect): ExecutionPort => {
  const changed: Partial<ExecutionPort> = spoil(port);
  return new Proxy(port, {
    get(target, key) {
      if (key in changed) return changed[key as keyof ExecutionPort];
      const own: unknown = Reflect.get(target, key, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
};

describe('the execution suite', () => {
  it('ids are unique', () => {
    const ids = executionPortCases.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('every case has a defect that it is there for', () => {
    const covered = new Set(defects.map((defect) => defect.id));
    expect(executionPortCases.map((one) => one.id).filter((id) => !covered.has(id))).toEqual([]);
  });

  it.each(defects.map((defect) => [defect.id, defect.what, defect] as const))(
    '%s fails where %s',
    async (id, _, defect) => {
      const testCase = executionPortCases.find((one) => one.id === id);
      if (testCase === undefined) throw new Error(`there is no case ${id}`);
      const run = runCase(
        testCase,
        fakeHarness((port) => spoiled(port, defect)),
      );
      await expect(run).rejects.toThrow(id === 'EX-L30' ? 'not connected' : ConformanceError);
    },
  );
});
