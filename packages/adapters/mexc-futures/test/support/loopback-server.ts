import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;

/** The server's end of a WebSocket, by hand (RFC 6455), so that a test decides about every frame and every byte. */
export class LoopbackPeer {
  readonly raw: Duplex;
  /** What the client asked for: path and query. */
  readonly target: string;
  onText: (text: string) => void = () => {};
  onGone: () => void = () => {};
  /** Reads, and answers nothing any more, not even a close. */
  isDeaf: boolean = false;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(raw: Duplex, target: string) {
    this.raw = raw;
    this.target = target;
    raw.on('data', (chunk: Buffer) => this.#read(chunk));
    raw.on('error', () => {});
    raw.on('close', () => this.onGone());
  }

  /** One message in so many frames, each written in so many pieces. */
  text(text: string, frames = 1, pieces = 1): void {
    const bytes = Buffer.from(text);
    const size = Math.max(1, Math.ceil(bytes.length / frames));
    for (let from = 0; from === 0 || from < bytes.length; from += size) {
      const last = from + size >= bytes.length;
      this.#write(frame(from === 0 ? TEXT : 0, bytes.subarray(from, from + size), last), pieces);
    }
  }

  binary(bytes: Buffer): void {
    this.#write(frame(BINARY, bytes, true), 1);
  }

  close(code: number): void {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(frame(CLOSE, payload, true), 1);
    this.raw.end();
  }

  #write(bytes: Buffer, pieces: number): void {
    if (this.isDeaf || this.raw.destroyed) return;
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    for (let from = 0; from < bytes.length; from += size) this.raw.write(bytes.subarray(from, from + size));
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const { length: available } = this.#buffer;
      if (available < 2) return;
      const short = (this.#buffer[1] ?? 0) & 0x7f;
      const head = short === 126 ? 4 : 2;
      if (available < head) return;
      const length = short === 126 ? this.#buffer.readUInt16BE(2) : short;
      if (available < head + 4 + length) return;
      const opcode = (this.#buffer[0] ?? 0) & 0x0f;
      const mask = this.#buffer.subarray(head, head + 4);
      const payload = this.#buffer.subarray(head + 4, head + 4 + length).map((byte, i) => byte ^ (mask[i & 3] ?? 0));
      this.#buffer = this.#buffer.subarray(head + 4 + length);
      if (opcode === TEXT) this.onText(Buffer.from(payload).toString());
      if (opcode === CLOSE && !this.isDeaf) this.raw.end(frame(CLOSE, Buffer.from(payload), true));
    }
  }
}

function frame(opcode: number, payload: Buffer, isLast: boolean): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = (isLast ? 0x80 : 0) | opcode;
  if (head.length === 2) {
    head[1] = payload.length;
  } else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** A WebSocket server on loopback. */
export class LoopbackServer implements AsyncDisposable {
  readonly url: string;
  readonly peers: LoopbackPeer[] = [];
  onPeer: (peer: LoopbackPeer) => void = () => {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/edge`;
    server.on('upgrade', (request, raw: Duplex) => {
      const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
      raw.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
      );
      const peer = new LoopbackPeer(raw, request.url ?? '');
      this.peers.push(peer);
      this.onPeer(peer);
    });
  }

  static async start(): Promise<LoopbackServer> {
    const server = createServer((_, reply) => reply.writeHead(403).end('<html>no</html>'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LoopbackServer(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { raw } of this.peers) raw.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
