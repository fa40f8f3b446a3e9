import { expect, it } from 'vitest';
import type { Socket, SocketEvents, SocketTransport } from '../../src/ws/socket-transport.ts';
import { UndiciSocketTransport } from '../../src/ws/undici-transport.ts';
import { type ChaosLink, type NetworkMaker, runChaos } from '../support/chaos.ts';
import { FakeSocket, settle } from '../support/fake-transport.ts';
import { LoopbackServer } from '../support/loopback-server.ts';

/** Sockets in memory, which open at once, late, or never. */
const inMemory: NetworkMaker = (makeLink, random) => {
  const links: ChaosLink[] = [];
  const opening: (() => void)[] = [];
  const transport: SocketTransport = {
    connect(url: string, events: SocketEvents): Socket {
      let link: ChaosLink | null = null;
      const socket = new FakeSocket(url, events, (text) => link?.receive(text));
      const open = (): void => {
        if (socket.isClosed) return;
        if (random.next() < 0.2) {
          opening.push(open);
          return;
        }
        link = makeLink({ deliver: (text) => socket.text(text), cut: () => socket.drop() });
        links.push(link);
        socket.open();
      };
      opening.push(open);
      return {
        send: (text) => socket.send(text),
        close: () => {
          socket.close();
          link?.gone();
        },
      };
    },
  };
  const settleAll = async (): Promise<void> => {
    for (const open of opening.splice(0)) open();
    await settle();
    await settle();
  };
  return { transport, url: 'ws://memory', links, settle: settleAll };
};

const seeds = process.env['PRATE_LONG'] === '1' ? 1_000 : 50;

it(`${seeds} seeds: after the storm books, orders and positions are the server's, and every loss was told`, async () => {
  const totals = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) {
    const counts = await runChaos(seed, inMemory, 300);
    for (const [name, count] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + count);
  }
  // a storm that harms nothing would prove nothing
  for (const [name, total] of totals) expect(total / seeds, name).toBeGreaterThan(1);
});

/** One socket, and what is on its way. */
interface Wire {
  toServer: number;
  toClient: number;
  /** Neither open nor closed yet, or closed on one side alone. */
  isTurning: boolean;
  isOver: boolean;
  link: ChaosLink | null;
}

/** Undici's sockets to a server on loopback: messages in several frames, frames in several pieces. Time still moves by hand. */
function overLoopback(server: LoopbackServer): NetworkMaker {
  return (makeLink, random) => {
    const links: ChaosLink[] = [];
    const wires: Wire[] = [];
    server.onPeer = (peer) => {
      const wire = wires[Number(peer.target.split('=')[1])] as Wire;
      const link = makeLink({
        deliver: (text) => {
          wire.toClient += 1;
          peer.text(text, random.nextInt(1, 4), random.nextInt(1, 5));
        },
        cut: () => {
          wire.isTurning = true;
          peer.raw.destroy();
        },
      });
      wire.link = link;
      links.push(link);
      peer.onText = (text) => {
        wire.toServer -= 1;
        link.receive(text);
      };
      peer.onGone = () => {
        link.gone();
        if (!wire.isOver) wire.isTurning = true;
      };
      peer.raw.on('end', () => peer.raw.destroy());
    };
    const inner = new UndiciSocketTransport();
    const transport: SocketTransport = {
      connect(url, events) {
        const wire: Wire = { toServer: 0, toClient: 0, isTurning: true, isOver: false, link: null };
        const socket = inner.connect(`${url}?wire=${wires.push(wire) - 1}`, {
          onOpen: () => {
            wire.isTurning = false;
            events.onOpen();
          },
          onText: (text) => {
            wire.toClient -= 1;
            events.onText(text);
          },
          onError: (cause) => events.onError(cause),
          onClose: (code, reason) => {
            wire.isOver = true;
            events.onClose(code, reason);
          },
        });
        return {
          send: (text) => {
            wire.toServer += 1;
            socket.send(text);
          },
          close: () => {
            wire.isOver = true;
            socket.close();
          },
        };
      },
    };
    const isQuiet = (wire: Wire): boolean =>
      wire.isOver
        ? wire.link === null || wire.link.isGone
        : !wire.isTurning && wire.toServer === 0 && wire.toClient === 0;
    const settleAll = async (): Promise<void> => {
      do {
        await settle();
        await settle();
      } while (!wires.every(isQuiet));
    };
    return { transport, url: server.url, links, settle: settleAll };
  };
}

const realSeeds = process.env['PRATE_LONG'] === '1' ? 20 : 2;

it(`${realSeeds} seeds over real sockets, with split frames`, async () => {
  await using server = await LoopbackServer.start();
  for (let seed = 1; seed <= realSeeds; seed++) await runChaos(seed, overLoopback(server), 300);
});
