import { creates } from './peers/prate-mexc.ts';
const c = creates();
await c.prepare();
for (let i = 0; i < 50; i++) await c.run();
const t: number[] = [];
for (let i = 0; i < 300; i++) { const a = performance.now(); await c.run(); t.push(performance.now() - a); }
t.sort((a, b) => a - b);
console.log('µs per create', (t[150]! / 200) * 1000);
