import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import type { SocketControls } from '../faults/faults.ts';
import { type EdgeParts, EdgeSession } from './edge-session.ts';

/** Both names that the endpoint has had. */
const PATHS: readonly (string | undefined)[] = ['/edge', '/ws'];

/** The sockets of one server. */
export class EdgeServer implements SocketControls {
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #sessions = new Set<EdgeSession>();
  #count = -1;
  #unsubscribe: (() => void) | null = null;

  attach(server: Server, parts: EdgeParts): void {
    server.on('upgrade', (request, socket, head) => {
      if (!PATHS.includes(request.url?.split('?')[0])) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#count += 1;
        this.#listen(parts);
        this.#sessions.add(new EdgeSession(parts, webSocket, this.#count));
      });
    });
  }

  /** To the backend while anybody is connected: what nobody hears is not made. */
  #listen({ venue }: EdgeParts): void {
    if (this.#unsubscribe !== null) return;
    this.#unsubscribe = venue.backend.subscribe((event) => {
      const live = this.#live();
      for (const session of live) session.handle(event);
      if (live.length === 0) this.#leave();
    });
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  closeAll(code: number): void {
    for (const session of this.#live()) session.close(code);
  }

  resetAll(): void {
    for (const session of this.#live()) session.reset();
  }

  freezeAll(): void {
    for (const session of this.#live()) session.freeze();
  }

  flushAll(): void {
    for (const session of this.#live()) session.flush();
  }

  /** How many are open. */
  get size(): number {
    return this.#live().length;
  }

  close(): void {
    this.#leave();
    this.resetAll();
    this.#sockets.close();
  }

  #live(): readonly EdgeSession[] {
    for (const session of this.#sessions) if (!session.isOpen) this.#sessions.delete(session);
    return [...this.#sessions];
  }
}
