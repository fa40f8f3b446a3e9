import { executionPortCases } from '@prate/execution-port/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { paperHarness } from './paper-harness.ts';

describeConformance(
  'in-memory-paper on trades and a book',
  executionPortCases,
  paperHarness(['tradeStream', 'orderBookStream']),
);
describeConformance('in-memory-paper on trades alone', executionPortCases, paperHarness(['tradeStream']));
