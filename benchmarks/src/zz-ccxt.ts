import { creates } from './peers/ccxt-mexc.ts';
const c = creates();
await c.prepare();
for (let i = 0; i < 20; i++) await c.run();
const t: number[] = [];
for (let i = 0; i < 60; i++) { const a = performance.now(); await c.run(); t.push(performance.now() - a); }
t.sort((a, b) => a - b);
console.log('ccxt µs per create', (t[30]! / 200) * 1000);
