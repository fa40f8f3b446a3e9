import { tradeWorks } from './works/trades.ts';
const which = process.argv[2] ?? 'trades-1s';
const n = Number(process.argv[3] ?? 40);
const work = tradeWorks.find((w) => w.name === which)!;
const c = await work.contenders['prate live']!();
const ts: number[] = [];
for (let i = 0; i < n; i++) {
  await c.prepare({ folder: '/tmp', days: 1 });
  const t = performance.now();
  await c.run();
  ts.push(performance.now() - t);
}
console.log(which, ts.map((t) => t.toFixed(1)).join(' '), 'median', ts.slice().sort((a, b) => a - b)[n >> 1]!.toFixed(2));
