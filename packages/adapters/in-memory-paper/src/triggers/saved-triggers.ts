import { Decimal } from '@prate/domain';
import type { DeskStopPrices } from '../desk/trigger-types.ts';
import type { AccountTriggers } from './account-triggers.ts';

type Triggers = ReturnType<AccountTriggers['save']>;

/** What is a decimal wherever it stands. */
const DECIMALS: ReadonlySet<string> = new Set([
  'price',
  'triggerPrice',
  'quantity',
  'closedQuantity',
  'activationPrice',
  'bestPrice',
  'value',
]);

const decimals = (key: string, value: unknown): unknown =>
  DECIMALS.has(key) && typeof value === 'string' ? new Decimal(value) : value;

/** Plain JSON, with decimals as text. */
export const saved = (state: Triggers | DeskStopPrices): unknown => JSON.parse(JSON.stringify(state));

export const restored = (state: unknown): Triggers => JSON.parse(JSON.stringify(state), decimals) as Triggers;

export const restoredStops = (state: unknown): DeskStopPrices =>
  JSON.parse(JSON.stringify(state), decimals) as DeskStopPrices;
