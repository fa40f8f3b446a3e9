import { type SandboxOptions, startSandbox } from './start-sandbox.ts';

/**
 * Runs a sandbox until the signal aborts: prints one line of JSON when it is ready, and resolves when nothing of it is left.
 * @throws what `startSandbox` throws, and what breaks the market
 */
export async function runSandbox(
  options: SandboxOptions,
  signal: AbortSignal,
  print: (line: string) => Promise<void>,
): Promise<void> {
  const starting = startSandbox(options);
  const sandbox = await Promise.race([starting, aborted(signal)]);
  if (sandbox === null) {
    // a large file is still being read: nothing waits for that
    starting.then(
      (late) => late.close(),
      () => {},
    );
    return;
  }
  try {
    await print(`${JSON.stringify(sandbox.ready)}\n`);
    await Promise.race([aborted(signal), sandbox.failed]);
  } finally {
    await sandbox.close();
  }
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
