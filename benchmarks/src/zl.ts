import { dayOfTrades } from './samples/tape.ts';
import { sliceTrades } from '@prate/domain/candles';
import { SymbolSeconds } from '../../packages/application/candle-aggregator/src/symbol-seconds.ts';
import { Level } from '../../packages/application/candle-aggregator/src/level.ts';
import { toInterval } from '@prate/domain';
const { time, price, quantity } = dayOfTrades();
const trades = { length: time.length, time, priceDecimals: 1, price: price.map((v) => Math.round(v * 10)), quantityDecimals: 0, quantity, side: new Uint8Array(time.length), ids: null };
const pages = Array.from({ length: Math.ceil(time.length / 1000) }, (_, p) => sliceTrades(trades, p * 1000, Math.min(time.length, p * 1000 + 1000)));
const o = new SymbolSeconds(1000); const cs = pages.map((p) => { o.add(p); const c = o.close()!; return { ...c, first: c.first.slice(), last: c.last.slice() }; });
const ts: number[] = [];
for (let k = 0; k < 200; k++) { const l = new Level(toInterval('5s'), null); const t = performance.now(); for (const c of cs) l.take(c, c.to, c.observed); ts.push(performance.now() - t); }
ts.sort((a, b) => a - b); console.log('level5 min', ts[0]!.toFixed(2), 'p25', ts[50]!.toFixed(2));
