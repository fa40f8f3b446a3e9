import { dayOfTrades } from './samples/tape.ts';
const { time, price: pr, quantity } = dayOfTrades();
const N = time.length;
const price = pr.map((v) => Math.round(v * 10));
const src = (await import('node:fs')).readFileSync('../packages/application/candle-aggregator/src/open-seconds.ts', 'utf8');
export {};
const { OpenSeconds } = await import('../../packages/application/candle-aggregator/src/open-seconds.ts');
const { sliceTrades } = await import('@prate/domain/candles');
const trades = { length: time.length, time, priceDecimals: 1, price, quantityDecimals: 0, quantity, side: new Uint8Array(time.length), ids: null };
const pages = Array.from({ length: Math.ceil(time.length / 1000) }, (_, p) => sliceTrades(trades, p * 1000, Math.min(time.length, p * 1000 + 1000)));
const ts: number[] = [];
for (let k = 0; k < 120; k++) { const o = new OpenSeconds(); const t = performance.now(); for (const p of pages) { o.add(p, -Infinity); o.takeBefore(o.lastOpen); } ts.push(performance.now() - t); }
ts.sort((a, b) => a - b); console.log('take min', ts[0]!.toFixed(2), 'p25', ts[30]!.toFixed(2));
