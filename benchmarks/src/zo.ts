import { dayOfTrades } from './samples/tape.ts';
import { sliceTrades } from '@prate/domain/candles';
import { OpenSeconds } from '../../packages/application/candle-aggregator/src/open-seconds.ts';
import { SymbolSeconds } from '../../packages/application/candle-aggregator/src/symbol-seconds.ts';
import { SeenIds } from '../../packages/application/candle-aggregator/src/seen-ids.ts';
import { Level } from '../../packages/application/candle-aggregator/src/level.ts';
import { toInterval } from '@prate/domain';
const { time, price, quantity } = dayOfTrades();
const trades = { length: time.length, time, priceDecimals: 1, price: price.map((v) => Math.round(v * 10)), quantityDecimals: 0, quantity, side: new Uint8Array(time.length), ids: Float64Array.from(time, (_, i) => i + 1) };
const pages = Array.from({ length: Math.ceil(time.length / 1000) }, (_, p) => sliceTrades(trades, p * 1000, Math.min(time.length, p * 1000 + 1000)));
const parts: Record<string, () => void> = {
  ids() { const s = new SeenIds(); for (const p of pages) s.fresh(p); },
  open() { const o = new OpenSeconds(); for (const p of pages) o.add(p, -Infinity); },
  take() { const o = new OpenSeconds(); for (const p of pages) { o.add(p, -Infinity); o.takeBefore(o.lastOpen); } },
  seconds() { const o = new SymbolSeconds(1000); for (const p of pages) { o.add(p); o.close(); } },
  level5() { const o = new SymbolSeconds(1000); const l = new Level(toInterval('5s'), null); for (const p of pages) { o.add(p); const c = o.close()!; l.take(c, c.to, c.observed); } },
  levels() { const o = new SymbolSeconds(1000); const l = new Level(toInterval('5s'), null);const m = new Level(toInterval('1m'), l);const h = new Level(toInterval('1h'), m); for (const p of pages) { o.add(p); const c = o.close()!; l.take(c, c.to, c.observed);m.take(l.closed, c.to, c.observed);h.take(m.closed, c.to, c.observed); } },
};
for (let r = 0; r < 2; r++) for (const [name, f] of Object.entries(parts)) { const ts: number[] = []; for (let k = 0; k < 80; k++) { const t = performance.now(); f(); ts.push(performance.now() - t); } ts.sort((a, b) => a - b); console.log(name, 'min', ts[0]!.toFixed(2), 'med', ts[15]!.toFixed(2)); }
