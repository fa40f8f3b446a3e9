import type { Duplex } from 'node:stream';
import { ApiError, errorJson } from './api-error.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** Answers on a bare connection, and ends it. */
export function refuseSocket(socket: Duplex, error: ApiError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorJson(error));
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
    ...error.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // what it still sends is not read
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${error.status} ${REASONS[error.status] ?? 'Refused'}\r\n${lines.join('')}\r\n${body}`);
}

/** What Node.js could not read as a request: broken, ambiguous, too large or too slow. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  refuseSocket(socket, explain(error.code));
}

function explain(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return new ApiError(431, 'HEADERS_TOO_LARGE', 'the headers are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ApiError(408, 'TOO_SLOW', 'the request took too long to come');
  return new ApiError(400, 'BAD_REQUEST', 'this is no request');
}
