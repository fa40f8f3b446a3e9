import { SqliteCandleStore } from '@prate/sqlite-store';
import { CandleBuffers } from '@prate/domain/candles';
import { START_MS, SYMBOL } from '/work/main/benchmarks/src/samples/walk.ts';
const store = SqliteCandleStore.open('/tmp/bm.db');
const into = new CandleBuffers();
for (let k = 0; k < 60; k++) await store.readColumns({ series: SYMBOL, interval: '5s', from: START_MS, to: START_MS + 30 * 86400_000 }, { into });
