import { SqliteCandleStore } from '@prate/sqlite-store';
import { CandleBuffers } from '@prate/domain/candles';
import { columnsOf } from '/work/main/benchmarks/src/peers/prate.ts';
import { CandleWalk, SYMBOL, START_MS } from '/work/main/benchmarks/src/samples/walk.ts';
import { existsSync, rmSync, statSync } from 'node:fs';
const file = '/tmp/bm.db';
for (const f of [file, file+'-wal', file+'-shm']) rmSync(f, { force: true });
const t = (name: string, ms: number) => console.log(name.padEnd(26), ms.toFixed(1));
const days = 30;
const data = new CandleWalk().next(days * 86400);
let a = performance.now();
const cols = columnsOf(data, '1s');
t('columnsOf', performance.now() - a);
for (let k = 0; k < 4; k++) {
  for (const f of [file, file+'-wal', file+'-shm']) rmSync(f, { force: true });
  a = performance.now();
  const store = SqliteCandleStore.open(file);
  await store.write(SYMBOL, { columns: cols });
  const b = performance.now();
  await store.close();
  t('write', b - a); t('  close', performance.now() - b);
}
console.log('bytes/row', statSync(file).size / cols.length);
const store = SqliteCandleStore.open(file);
const into = new CandleBuffers();
for (const interval of ['5s', '7s', '1s', '1m', '10m', '1h', '1d']) {
  for (const buf of [undefined, into]) {
    const times: number[] = [];
    for (let k = 0; k < 9; k++) {
      const from = performance.now();
      await store.readColumns({ series: SYMBOL, interval, from: START_MS, to: START_MS + days * 86400_000 }, { into: buf });
      times.push(performance.now() - from);
    }
    times.sort((x, y) => x - y);
    t(`${interval} ${buf ? 'into' : 'fresh'}`, times[4]!);
  }
}
