import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('./support/sandbox-process.ts', import.meta.url));

it('close: a sandbox with a hanging request, a late one and an open socket leaves nothing that keeps its process alive', async () => {
  const child = spawn(process.execPath, ['--conditions=@prate/source', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    const { rest, ws } = JSON.parse(String(line));
    const lost = [`${rest}/api/v1/contract/ticker`, `${rest}/api/v1/contract/detail`].map((url) =>
      fetch(url).then(
        () => 'answered',
        () => 'lost',
      ),
    );
    const socket = new WebSocket(ws);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    expect((await fetch(`${rest}/api/v1/contract/ping`)).status).toBe(200);
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(await Promise.all(lost)).toEqual(['lost', 'lost']);
    await closed;
  } finally {
    child.kill('SIGKILL');
  }
});
