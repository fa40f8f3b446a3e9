// `node --expose-gc --import …/probe.ts …`: measures the process that it is loaded into, which needs to know nothing of it.
// Asked over IPC, it answers with how it has been since it was asked last.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** How a process was since the last sample. */
export interface Sample {
  /** ms between two ticks of a timer that is set to RESOLUTION_MS, so that less there cannot be. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Bytes after a forced collection, of the main thread. */
  readonly heap: number;
  readonly external: number;
  /** Bytes of the whole process, workers too. */
  readonly rss: number;
  /** Cores that were busy for it, workers too: 1 is one core. */
  readonly cpu: number;
  /** What kept the loop, while it was forced to collect; no part of the delay. */
  readonly collectionMs: number;
}

/** Node's own default. */
export const RESOLUTION_MS = 10;

// workers inherit the flag, and a module may import this one for its types
if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let [cpu, at] = [process.cpuUsage(), performance.now()];
  process.on('message', (message) => {
    if (message !== 'sample') return;
    const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6);
    const spent = process.cpuUsage(cpu);
    const cores = (spent.user + spent.system) / 1000 / (performance.now() - at);
    const begun = performance.now();
    globalThis.gc?.();
    const collectionMs = performance.now() - begun;
    const { heapUsed: heap, external, rss } = process.memoryUsage();
    const sample = { delayMs: { p50, p99, max }, ...{ heap, external, rss, cpu: cores, collectionMs } };
    process.send?.(sample);
    [cpu, at] = [process.cpuUsage(), performance.now()];
    delay.reset();
  });
  process.channel?.unref(); // whoever is measured ends as if it were not
}
