import { SqliteCandleStore } from '@prate/sqlite-store';
import { CandleBuffers } from '@prate/domain/candles';
import { columnsOf } from '/work/main/benchmarks/src/peers/prate.ts';
import { CandleWalk, SYMBOL, START_MS } from '/work/main/benchmarks/src/samples/walk.ts';
import { rmSync } from 'node:fs';
const days = 30;
const data = new CandleWalk().next(days * 86400);
const t0 = performance.now();
const file = '/tmp/bm2.db';
const times: number[] = [];
for (let k = 0; k < 12; k++) {
  for (const f of [file, file+'-wal', file+'-shm']) rmSync(f, { force: true });
  const a = performance.now();
  const store = SqliteCandleStore.open(file);
  const cols = columnsOf(data, '1s');
  const b = performance.now();
  await store.write(SYMBOL, { columns: cols });
  const c = performance.now();
  await store.close();
  const d = performance.now();
  times.push(d - a);
  console.log((b - a).toFixed(0), (c - b).toFixed(0), (d - c).toFixed(0));
}
