import { describeConformance } from '@prate/runtime/conformance/vitest';
import { executionPortCases } from '../src/conformance/index.ts';
import { fakeHarness } from './fake-harness.ts';

describeConformance('a minimal fake', executionPortCases, fakeHarness());
