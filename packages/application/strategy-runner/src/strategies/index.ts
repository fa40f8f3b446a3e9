import type { Strategy } from '../strategy.ts';
import { grid } from './grid.ts';
import { maCross } from './ma-cross.ts';

export { type GridDirection, type GridOptions, grid } from './grid.ts';
export { type MaCrossOptions, maCross } from './ma-cross.ts';

/** The strategies that come along, by the name that `--strategy` takes, each with its default options. */
export const builtInStrategies: Readonly<Record<string, () => Strategy>> = {
  'ma-cross': () => maCross(),
  grid: () => grid(),
};
