import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import type { HttpApi } from '@prate/http-api';
import { WebSocket } from 'ws';

/** An API that runs, in this process or in another. */
export type Served = Pick<HttpApi, 'port' | 'url' | 'token'>;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object goes as JSON, text as it is. */
  readonly body?: unknown;
  /** Absent: the trade token. Null: none. */
  readonly token?: string | null;
}

/** One request on a connection of its own, with any header, Host and Origin too. */
export function call(api: Served, path: string, { method, headers, body, token }: Call = {}): Promise<Answer> {
  const bearer = token === undefined ? api.token('trade') : token;
  const text = body === undefined || typeof body === 'string' ? (body as string | undefined) : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port: api.port, path, agent: false },
        method: method ?? (text === undefined ? 'GET' : 'POST'),
        headers: {
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        } as unknown as IncomingHttpHeaders,
      },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.on('error', reject);
        reply.on('end', () => {
          const got = Buffer.concat(parts).toString();
          const isJson = reply.headers['content-type']?.startsWith('application/json') === true && got !== '';
          resolve({
            ...{ status: reply.statusCode ?? 0, headers: reply.headers, text: got },
            json: isJson ? JSON.parse(got) : undefined,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Sends bytes as they are, and gives what came back until the server ended the connection. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      got += text;
    });
    socket.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(got);
      else reject(error);
    });
    socket.on('close', () => resolve(got));
    socket.write(bytes, 'latin1');
  });
}

/** What a request to open a stream was refused with, or 101. */
export function streamStatus(url: string, protocols: string[], headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}
