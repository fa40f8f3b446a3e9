import type { Route } from '../route.ts';
import { accountRoutes } from './account-routes.ts';
import { marketRoutes } from './market-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { positionRoutes } from './position-routes.ts';
import { spotStubs } from './spot-stubs.ts';
import { triggerRoutes } from './trigger-routes.ts';

export const routes: readonly Route[] = [
  ...marketRoutes,
  ...accountRoutes,
  ...positionRoutes,
  ...orderRoutes,
  ...triggerRoutes,
  ...spotStubs,
];
