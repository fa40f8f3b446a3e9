import type { Cells, Contender, Work } from '../src/harness/work.ts';

const RIGHT: Cells = { open: Float64Array.of(1, 2, 3), high: Float64Array.of(4, 5, 6) };
const WRONG: Cells = { open: Float64Array.of(1, 2, 3), high: Float64Array.of(4, 5.5, 6) };

/** Returns measures of its own, so that no test depends on how fast a machine is. */
const toy = (measure: number, resultOf: (run: number) => Cells = () => RIGHT): Contender => {
  let runs = 0;
  return {
    prepare: async () => {},
    run: async () => {
      runs += 1;
      return measure;
    },
    result: async () => resultOf(runs),
  };
};

const workOf = (name: string, contenders: Work['contenders'], rest: Partial<Work> = {}): Work => ({
  name,
  title: name,
  unit: '% of a core',
  contenders,
  asks: [],
  notes: [],
  ...rest,
});

export const works: readonly Work[] = [
  workOf('equal', { first: async () => toy(2), second: async () => toy(6), third: async () => toy(1) }),
  workOf('weighed', { first: async () => toy(2), second: async () => toy(6) }, { unit: 'bytes' }),
  workOf('planted', { first: async () => toy(2), liar: async () => toy(1, () => WRONG) }),
  workOf(
    'excepted',
    { first: async () => toy(2), 'other highs': async () => toy(1, () => WRONG) },
    { excepted: { 'other highs': ['high'] } },
  ),
  // right when it is checked (one run), wrong when it is timed (one more)
  workOf('later', { first: async () => toy(2), turncoat: async () => toy(1, (runs) => (runs === 1 ? RIGHT : WRONG)) }),
  workOf('broken', {
    first: async () => {
      throw new Error('this one cannot start');
    },
  }),
  workOf('dying', { first: async () => process.exit(7) }),
];
