import { BlockKernel } from '/work/main/packages/adapters/sqlite-store/src/kernel/block-kernel.ts';
import { openBlock } from '/work/main/packages/adapters/sqlite-store/src/block/decode.ts';
import { columnsOf } from '/work/main/benchmarks/src/peers/prate.ts';
import { CandleWalk, START_MS } from '/work/main/benchmarks/src/samples/walk.ts';
const cols = columnsOf(new CandleWalk().next(3600), '1s');
const kernel = BlockKernel.make()!;
const key = { venue: 'v', symbol: 's', step: cols.interval, isLevel: false, block: START_MS / 3600_000 };
const body = kernel.encode(key, { rows: cols, observed: [{ from: START_MS, to: START_MS + 3600_000 }] })!;
const min = (name: string, f: () => void) => {
  let best = 1e9;
  for (let r = 0; r < 60; r++) { const a = performance.now(); for (let k = 0; k < 100; k++) f(); best = Math.min(best, performance.now() - a); }
  console.log(name, (best / 100 / 3600 * 1e6).toFixed(2), 'ns/row');
};
const opened = openBlock(key, body);
min('open', () => openBlock(key, body));
min('load', () => kernel.load(opened, body));
for (const width of [1, 5, 7, 60, 3600]) min(`fold ${width}`, () => kernel.fold({ width, offset: 0, firstOpen: START_MS, widthMs: width * 1000 }));
min('encode', () => kernel.encode(key, { rows: cols, observed: [{ from: START_MS, to: START_MS + 3600_000 }] }));
