import { type RunningSandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts';

/**
 * Runs a sandbox until the signal aborts: prints one line of JSON when it is ready, and resolves when nothing of it is left.
 * @throws what `startSandbox` throws, and what breaks the market
 */
export async function runSandbox(
  options: SandboxOptions,
  signal: AbortSignal,
  print: (line: string) => Promise<void>,
): Promise<void> {
  if (signal.aborted) return;
  const sandbox = await startSandbox(options);
  try {
    if (signal.aborted) return;
    await print(`${JSON.stringify(sandbox.ready)}\n`);
    await Promise.race([aborted(signal), (sandbox satisfies RunningSandbox).failed]);
  } finally {
    await sandbox.close();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
