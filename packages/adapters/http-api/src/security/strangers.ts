import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections that have not shown a token are strangers, and only so many are kept: one more, and the one that came first
 * goes. So a thousand that send a byte a second push each other out, and whoever has a token comes through: a request
 * of theirs is short.
 */
export class Strangers {
  readonly #most: number;
  readonly #sockets = new Set<Socket>();
  #dropped = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get count(): number {
    return this.#sockets.size;
  }

  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      if (this.#sockets.size <= this.#most) return;
      const [oldest] = this.#sockets;
      this.#sockets.delete(oldest as Socket);
      this.#dropped += 1;
      (oldest as Socket).destroy();
    });
  }

  /** It has shown a token. */
  welcome(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
