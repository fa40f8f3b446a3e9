import { connect } from 'node:net';

/**
 * A process of its own: `node slow-crowd.ts PORT COUNT` holds so many connections that each begin a request, go on a byte at a
 * time, read nothing, and come back when they are ended. It tells its parent how often they were.
 */
const [port, count] = process.argv.slice(2).map(Number) as [number, number];
const host = `Host: 127.0.0.1:${port}\r\n`;
const shapes = [
  'GET /api/v1/session HTTP/1.1\r\nX-Slow: ',
  `POST /api/v1/kill HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n`,
  `GET /api/v1/stream HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\nX-Slow: `,
  '',
  `GET /openapi.json HTTP/1.1\r\n${host}\r\n`.repeat(30),
];
let ended = 0;

function crawl(text: string): void {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(text);
  const drip = setInterval(() => socket.write('x'), 500);
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(drip);
    ended += 1;
    setTimeout(() => crawl(text), 1000);
  });
}

for (let i = 0; i < count; i += 1) crawl(shapes[i % shapes.length] as string);
setInterval(() => process.send?.(ended), 200);
process.on('disconnect', () => process.exit());
