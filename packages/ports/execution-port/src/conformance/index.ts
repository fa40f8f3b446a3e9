import type { ConformanceCase } from '@prate/runtime/conformance';
import { amendCases } from './amend-cases.ts';
import { cancelCases } from './cancel-cases.ts';
import type { ExecutionHarnessCapability, ExecutionHarnessContext } from './context.ts';
import { createCases } from './create-cases.ts';
import { eventCases } from './event-cases.ts';
import { facetCases } from './facet-cases.ts';
import { lifecycleCases } from './lifecycle-cases.ts';
import { positionCases } from './position-cases.ts';
import { queryCases } from './query-cases.ts';
import { tradeCases } from './trade-cases.ts';
import { triggerCases } from './trigger-cases.ts';

export type {
  ExecutionHarnessCapability,
  ExecutionHarnessContext,
  ScriptedLevel,
  ScriptedMarket,
} from './context.ts';

/** The rules of an ExecutionPort, by subject: C create, T trade, X cancel, A amend, Q query, P position, E events, L lifecycle, S settings, H history, G triggers. */
export const executionPortCases: readonly ConformanceCase<ExecutionHarnessContext, ExecutionHarnessCapability>[] = [
  ...lifecycleCases,
  ...createCases,
  ...tradeCases,
  ...cancelCases,
  ...amendCases,
  ...queryCases,
  ...positionCases,
  ...eventCases,
  ...facetCases,
  ...triggerCases,
];
