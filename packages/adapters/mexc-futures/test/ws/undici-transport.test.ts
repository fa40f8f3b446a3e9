import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finish } from '../../../../../tooling/test-support/fixture-tree.ts';
import type { Socket } from '../../src/ws/socket-transport.ts';
import { UndiciSocketTransport } from '../../src/ws/undici-transport.ts';
import { type LoopbackPeer, LoopbackServer } from '../support/loopback-server.ts';

let server: LoopbackServer;
beforeAll(async () => {
  server = await LoopbackServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A socket whose events are kept, and awaited by name. */
function connect(url: string) {
  const events: string[] = [];
  const waiting: { name: string; resolve: () => void }[] = [];
  const tell = (event: string): void => {
    events.push(event);
    for (const { name, resolve } of waiting) if (event.startsWith(name)) resolve();
  };
  const until = (name: string): Promise<void> =>
    new Promise((resolve) => {
      if (events.some((event) => event.startsWith(name))) resolve();
      else waiting.push({ name, resolve });
    });
  const socket = new UndiciSocketTransport().connect(url, {
    onOpen: () => tell('open'),
    onText: (text) => tell(`text ${text}`),
    onError: () => tell('error'),
    onClose: (code) => tell(`close ${code}`),
  });
  return { socket, events, until };
}

async function opened() {
  const arrival = new Promise<LoopbackPeer>((resolve) => {
    server.onPeer = resolve;
  });
  const client = connect(server.url);
  const peer = await arrival;
  await client.until('open');
  return { ...client, peer };
}
const gone = (peer: LoopbackPeer): Promise<unknown> =>
  peer.raw.destroyed ? Promise.resolve() : once(peer.raw, 'close');

describe('a socket of undici', () => {
  it('opens, sends, and delivers whole messages, also from many frames in single bytes', async () => {
    const { socket, peer, events, until } = await opened();
    const received = new Promise<string>((resolve) => {
      peer.onText = resolve;
    });
    socket.send('{"method":"ping"}');
    expect(await received).toBe('{"method":"ping"}');
    peer.text('{"split":"äöü and more"}', 5, 100);
    peer.text('x'.repeat(70_000), 3);
    await until('text xxx');
    expect(events.slice(0, 2)).toEqual(['open', 'text {"split":"äöü and more"}']);
    expect(events[2]).toHaveLength(70_005);
    socket.close();
    await gone(peer);
  });

  it('unpacks a gzipped binary message; one that is not ends the socket with an error', async () => {
    const { peer, events, until } = await opened();
    peer.binary(gzipSync('{"channel":"pong"}'));
    await until('text');
    peer.binary(Buffer.from('no gzip'));
    await until('close');
    expect(events).toEqual(['open', 'text {"channel":"pong"}', 'error', 'close 1006']);
    await gone(peer);
  });

  it('tells the code of a close, once', async () => {
    const { peer, events, until } = await opened();
    peer.close(1001);
    await until('close');
    await gone(peer);
    expect(events).toEqual(['open', 'close 1001']);
  });

  it('a reset is a close', async () => {
    const { peer, events, until } = await opened();
    peer.raw.destroy();
    await until('close');
    expect(events.at(-1)).toBe('close 1006');
  });

  it('close() waits for nobody: a peer that answers nothing loses its socket too, and no event comes after', async () => {
    const { socket, peer, events } = await opened();
    peer.isDeaf = true;
    const hungUp = once(peer.raw, 'end');
    socket.close();
    socket.close();
    await hungUp;
    socket.send('nobody hears this');
    expect(events).toEqual(['open']);
  });

  it('close() before it has opened leaves no connection', async () => {
    const before = server.peers.length;
    const sockets: Socket[] = [];
    for (let i = 0; i < 3; i++) sockets.push(connect(server.url).socket);
    for (const socket of sockets) socket.close();
    const { socket, peer } = await opened();
    expect(server.peers.slice(before).filter(({ raw }) => !raw.destroyed)).toEqual([peer]);
    socket.close();
    await gone(peer);
  });

  it('a server that refuses the upgrade, or is not there, is an error and a close', async () => {
    const refusing = createServer((_, reply) => reply.writeHead(403).end('<html>no</html>'));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    const refused = connect(`ws://127.0.0.1:${port}/edge`);
    await refused.until('close');
    expect(refused.events).toEqual(['error', 'close 1006']);
    refusing.closeAllConnections();
    refusing.close();
    await once(refusing, 'close');
    const absent = connect(`ws://127.0.0.1:${port}/edge`);
    await absent.until('close');
    expect(absent.events).toEqual(['error', 'close 1006']);
  });

  it('an address that is none is an error and a close, not an exception', async () => {
    const { events, until } = connect('no address');
    await until('close');
    expect(events).toEqual(['error', 'close 1006']);
  });
});

it('a closed manager keeps no process alive, though the server answers nothing any more', async () => {
  server.onPeer = (peer) => {
    peer.onText = (text) => {
      if (!text.includes('sub.deal')) return;
      peer.text('{"channel":"rs.sub.deal","data":"success","ts":1790000000000}');
      peer.isDeaf = true;
    };
  };
  const source = (file: string): string => new URL(`../../src/${file}`, import.meta.url).href;
  const script = `
    import { seededRandom, systemClock } from '@prate/runtime';
    import { SocketManager } from '${source('ws/socket-manager.ts')}';
    const sockets = new SocketManager({ clock: systemClock, random: seededRandom(1), url: '${server.url}' });
    await sockets.subscribe('deal', { symbol: 'BTC_USDT' }, () => {}).ready;
    sockets.close();
    console.log('closed');`;
  const words = ['--conditions=@prate/source', '--input-type=module', '--eval', script];
  const { code, stdout, stderr } = await finish(process.execPath, words, { cwd: import.meta.dirname });
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: 'closed\n' });
});
