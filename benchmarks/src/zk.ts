import { dayOfTrades } from './samples/tape.ts';
const { time, price: pr, quantity } = dayOfTrades();
const N = time.length;
const price = pr.map((v) => Math.round(v * 10));
const M = 200000;
const R = Array.from({ length: 11 }, () => new Float64Array(M));
let used = 0;
function v1(from0: number, n: number, bp: number, bv: number, bt: number) { // current style
  const [firsts, lasts, open, high, low, close, volume, turnover, counts, ot] = R as any as Float64Array[];
  let i = from0; const end = from0 + n;
  while (i < end) {
    const from = Math.floor(time[i]! / 1000) * 1000; const to = from + 1000; 
    let row = used - 1;
    if (row < 0 || ot![row] !== from) { row = used++; ot![row] = from; high![row] = -Infinity; low![row] = Infinity; volume![row] = 0; turnover![row] = 0; counts![row] = 0; firsts![row] = Infinity; lasts![row] = -Infinity; }
    let first = firsts![row]!, last = lasts![row]!, o = open![row]!, h = high![row]!, l = low![row]!, c = close![row]!, v = volume![row]!, t = turnover![row]!;
    const s = i;
    for (; i < end; i += 1) {
      const at = time[i]!; if (at < from || at >= to) break;
      const p = price[i]! * bp;
      if (at >= last) { last = at; c = p; }
      if (at < first) { first = at; o = p; }
      if (p > h) h = p; if (p < l) l = p;
      v += quantity[i]! * bv; t += price[i]! * quantity[i]! * bt;
    }
    firsts![row] = first; lasts![row] = last; open![row] = o; high![row] = h; low![row] = l; close![row] = c; volume![row] = v; turnover![row] = t; counts![row] = counts![row]! + i - s;
  }
}
function v2(from0: number, n: number, bp: number, bv: number, bt: number) { // ascending, int hi/lo, factors at flush
  const [firsts, lasts, open, high, low, close, volume, turnover, counts, ot] = R as any as Float64Array[];
  let i = from0; const end = from0 + n;
  while (i < end) {
    let at = time[i]!;
    const from = Math.floor(at / 1000) * 1000; const to = from + 1000;
    let row = used - 1;
    const s = i;
    const p0 = price[i]!; const q0 = quantity[i]!;
    let h = p0 | 0, l = p0 | 0, v = q0, t = p0 * q0, prev = at;
    i += 1;
    for (; i < end; i += 1) {
      at = time[i]!; if (at < prev || at >= to) break;
      prev = at;
      const p = price[i]!; const q = quantity[i]!;
      const k = p | 0;
      const d = k - h; h = (h + (d & ~(d >> 31))) | 0;
      const e = k - l; l = (l + (e & (e >> 31))) | 0;
      v += q; t += p * q;
    }
    if (row < 0 || ot![row] !== from) { row = used++; ot![row] = from; firsts![row] = time[s]!; lasts![row] = prev; open![row] = p0 * bp; high![row] = h * bp; low![row] = l * bp; close![row] = price[i - 1]! * bp; volume![row] = v * bv; turnover![row] = t * bt; counts![row] = i - s; }
    else { lasts![row] = prev; close![row] = price[i - 1]! * bp; if (h * bp > high![row]!) high![row] = h * bp; if (l * bp < low![row]!) low![row] = l * bp; volume![row]! += v * bv; turnover![row]! += t * bt; counts![row]! += i - s; }
  }
}
function v5(from0: number, n: number, bp: number, bv: number, bt: number) { // ascending, int hi/lo, factors at flush
  const [firsts, lasts, open, high, low, close, volume, turnover, counts, ot] = R as any as Float64Array[];
  let i = from0; const end = from0 + n;
  while (i < end) {
    let at = time[i]!;
    const from = at - at % 1000; const to = from + 1000;
    let row = used - 1;
    const s = i;
    const p0 = price[i]!; const q0 = quantity[i]!;
    let h = p0 | 0, l = p0 | 0, v = q0, t = p0 * q0, prev = at;
    i += 1;
    for (; i < end; i += 1) {
      at = time[i]!; if (at < prev || at >= to) break;
      prev = at;
      const p = price[i]!; const q = quantity[i]!;
      const k = p | 0;
      const d = k - h; h = (h + (d & ~(d >> 31))) | 0;
      const e = k - l; l = (l + (e & (e >> 31))) | 0;
      v += q; t += p * q;
    }
    if (row < 0 || ot![row] !== from) { row = used++; ot![row] = from; firsts![row] = time[s]!; lasts![row] = prev; open![row] = p0 * bp; high![row] = h * bp; low![row] = l * bp; close![row] = price[i - 1]! * bp; volume![row] = v * bv; turnover![row] = t * bt; counts![row] = i - s; }
    else { lasts![row] = prev; close![row] = price[i - 1]! * bp; if (h * bp > high![row]!) high![row] = h * bp; if (l * bp < low![row]!) low![row] = l * bp; volume![row]! += v * bv; turnover![row]! += t * bt; counts![row]! += i - s; }
  }
}
function v6(from0: number, n: number, bp: number, bv: number, bt: number) { // ascending, int hi/lo, factors at flush
  const [firsts, lasts, open, high, low, close, volume, turnover, counts, ot] = R as any as Float64Array[];
  let i = from0; const end = from0 + n;
  while (i < end) {
    let at = time[i]!;
    const from = Math.floor(at / 1000) * 1000; const to = from + 1000;
    let row = used - 1;
    const s = i;
    const p0 = price[i]!; const q0 = quantity[i]!;
    let h = p0 | 0, l = p0 | 0, v = q0, t = p0 * q0, prev = at;
    i += 1;
    for (; i < end; i += 1) {
      at = time[i]!; if (at >= to) break;
      const p = price[i]!; const q = quantity[i]!;
      const k = p | 0;
      const d = k - h; h = (h + (d & ~(d >> 31))) | 0;
      const e = k - l; l = (l + (e & (e >> 31))) | 0;
      v += q; t += p * q;
    }
    if (row < 0 || ot![row] !== from) { row = used++; ot![row] = from; firsts![row] = time[s]!; lasts![row] = prev; open![row] = p0 * bp; high![row] = h * bp; low![row] = l * bp; close![row] = price[i - 1]! * bp; volume![row] = v * bv; turnover![row] = t * bt; counts![row] = i - s; }
    else { lasts![row] = prev; close![row] = price[i - 1]! * bp; if (h * bp > high![row]!) high![row] = h * bp; if (l * bp < low![row]!) low![row] = l * bp; volume![row]! += v * bv; turnover![row]! += t * bt; counts![row]! += i - s; }
  }
}
function v7(from0: number, n: number, bp: number, bv: number, bt: number) { // ascending, int hi/lo, factors at flush
  const [firsts, lasts, open, high, low, close, volume, turnover, counts, ot] = R as any as Float64Array[];
  let i = from0; const end = from0 + n;
  while (i < end) {
    let at = time[i]!;
    const from = Math.floor(at / 1000) * 1000; const to = from + 1000;
    let row = used - 1;
    const s = i;
    const p0 = price[i]!; const q0 = quantity[i]!;
    let h = p0 | 0, l = p0 | 0, v = q0, t = p0 * q0, prev = at;
    i += 1;
    for (; i < end; i += 1) {
      at = time[i]!; if (at < prev || at >= to) break;
      prev = at;
      const p = price[i]!; const q = quantity[i]!;
      const k = p | 0;
      
      v += q; t += p * q;
    }
    if (row < 0 || ot![row] !== from) { row = used++; ot![row] = from; firsts![row] = time[s]!; lasts![row] = prev; open![row] = p0 * bp; high![row] = h * bp; low![row] = l * bp; close![row] = price[i - 1]! * bp; volume![row] = v * bv; turnover![row] = t * bt; counts![row] = i - s; }
    else { lasts![row] = prev; close![row] = price[i - 1]! * bp; if (h * bp > high![row]!) high![row] = h * bp; if (l * bp < low![row]!) low![row] = l * bp; volume![row]! += v * bv; turnover![row]! += t * bt; counts![row]! += i - s; }
  }
}
function v8(from0: number, n: number, bp: number, bv: number, bt: number) { // ascending, int hi/lo, factors at flush
  const [firsts, lasts, open, high, low, close, volume, turnover, counts, ot] = R as any as Float64Array[];
  let i = from0; const end = from0 + n;
  while (i < end) {
    let at = time[i]!;
    const from = Math.floor(at / 1000) * 1000; const to = from + 1000;
    let row = used - 1;
    const s = i;
    const p0 = price[i]!; const q0 = quantity[i]!;
    let h = p0 | 0, l = p0 | 0, v = q0, t = p0 * q0, prev = at;
    let j = i + 1;
    for (; j < end; j += 1) { at = time[j]!; if (at < prev || at >= to) break; prev = at; }
    for (i += 1; i < j; i += 1) {
      const p = price[i]!; const q = quantity[i]!;
      const k = p | 0;
      const d = k - h; h = (h + (d & ~(d >> 31))) | 0;
      const e = k - l; l = (l + (e & (e >> 31))) | 0;
      v += q; t += p * q;
    }
    if (row < 0 || ot![row] !== from) { row = used++; ot![row] = from; firsts![row] = time[s]!; lasts![row] = prev; open![row] = p0 * bp; high![row] = h * bp; low![row] = l * bp; close![row] = price[i - 1]! * bp; volume![row] = v * bv; turnover![row] = t * bt; counts![row] = i - s; }
    else { lasts![row] = prev; close![row] = price[i - 1]! * bp; if (h * bp > high![row]!) high![row] = h * bp; if (l * bp < low![row]!) low![row] = l * bp; volume![row]! += v * bv; turnover![row]! += t * bt; counts![row]! += i - s; }
  }
}
const ids = Float64Array.from(time, (_, i) => i + 1);
let sink = 0;
function idsLoop(from: number, n: number) { let last = from; for (let i = from; i < from + n; i++) { const id = ids[i]!; if (!(id > last)) return; last = id; } sink += last; }
function idsOr(from: number, n: number) { const base = ids[from]! - from; let ok = true; for (let i = from; i < from + n; i++) ok = ok && ids[i]! - base === i; sink += ok ? 1 : 0; }
function idsBits(from: number, n: number) { const base = ids[from]!; let bad = 0; for (let i = 0; i < n; i++) bad |= (ids[from+i]! - base - i) | 0; sink += bad; }
const fs: Record<string, any> = { v1, v2, v5, v6, v7, v8 };
for (let r = 0; r < 2; r++) for (const [name, f] of Object.entries(fs)) {
  const ts: number[] = [];
  for (let k = 0; k < 25; k++) { used = 0; const t = performance.now(); for (let a = 0; a < N; a += 1000) f(a, Math.min(1000, N - a), 1, 1, 1); ts.push(performance.now() - t); }
  ts.sort((a, b) => a - b); console.log(name, 'min', ts[0]!.toFixed(2), 'med', ts[12]!.toFixed(2));
}
