import { createDefects } from './create-defects.ts';
import { eventDefects, lifecycleDefects } from './event-defects.ts';
import { facetDefects } from './facet-defects.ts';
import { amendDefects, cancelDefects, queryDefects } from './order-defects.ts';
import { positionDefects } from './position-defects.ts';
import type { Defect } from './spoil.ts';
import { tradeDefects } from './trade-defects.ts';
import { triggerDefects } from './trigger-defects.ts';

/** One defect for every rule of the suite: what an adapter would do wrong that the rule is there to catch. */
export const defects: readonly Defect[] = [
  ...lifecycleDefects,
  ...createDefects,
  ...tradeDefects,
  ...cancelDefects,
  ...amendDefects,
  ...queryDefects,
  ...positionDefects,
  ...eventDefects,
  ...facetDefects,
  ...triggerDefects,
];
