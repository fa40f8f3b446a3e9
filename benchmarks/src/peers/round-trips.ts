import { createHmac } from 'node:crypto';
import Fastify from 'fastify';
import { startSandbox } from 'prate-sandbox';
import { Client } from 'undici';
import type { Contender } from '../harness/work.ts';

/** Of one run; fewer than the orders that may be open at once. */
export const ROUND_TRIPS = 100;

const CREATE = '/api/v1/private/order/create';
const CANCEL_ALL = '/api/v1/private/order/cancel_all';
const ORDER = JSON.stringify({
  symbol: 'BTC_USDT',
  price: 51_000, // below the market, within the band: it rests
  vol: 1,
  side: 1,
  type: 1,
  openType: 1,
  leverage: 20,
  positionMode: 2,
});

const sign = (secret: string, target: string): string => createHmac('sha256', secret).update(target).digest('hex');

interface Server {
  readonly rest: string;
  readonly apiKey: string;
  readonly secretKey: string;
}

/** Signs, sends and reads one after the other on one kept connection. */
function roundTrips(start: () => Promise<Server>): Contender {
  let server: (Server & { readonly client: Client }) | null = null;
  let accepted = 0;
  const post = async (path: string, body: string): Promise<string> => {
    if (server === null) throw new TypeError('not prepared');
    const { client, apiKey, secretKey } = server;
    const time = String(Date.now());
    const answer = await client.request({
      method: 'POST',
      path,
      headers: {
        ApiKey: apiKey,
        'Request-Time': time,
        Signature: sign(secretKey, `${apiKey}${time}${body}`),
        'Content-Type': 'application/json',
      },
      body,
    });
    return answer.body.text();
  };
  return {
    async prepare() {
      if (server === null) {
        const started = await start();
        server = { ...started, client: new Client(started.rest) };
      }
      await post(CANCEL_ALL, '{}');
    },
    async run() {
      accepted = 0;
      for (let i = 0; i < ROUND_TRIPS; i += 1) {
        const text = await post(CREATE, ORDER);
        if (text.startsWith('{"success":true')) accepted += 1;
      }
      return undefined;
    },
    result: async () => ({ accepted: Float64Array.of(accepted) }),
  };
}

/** The whole of `prate sandbox`: wire, checks, margin, a market that goes on. */
export const sandbox = (): Contender =>
  roundTrips(async () => {
    const options = { market: 'synthetic:1', speed: 1, faults: [], seed: 1, balance: '1000000', rateLimits: false };
    return (await startSandbox(options)).ready;
  });

/** Fastify, a signature that is right or not, and always the same answer. */
export const bare = (): Contender =>
  roundTrips(async () => {
    const [apiKey, secretKey] = ['mx0vTESTKEY0000001', '0123456789abcdef0123456789abcdef'];
    const app = Fastify({ logger: false });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    const answer = '{"success":true,"code":0,"data":{"orderId":"739113577038255616","ts":1767225600123}}';
    app.post('/*', async ({ headers, body }, reply) => {
      const right = sign(secretKey, `${headers['apikey']}${headers['request-time']}${body}`);
      reply.type('application/json');
      return headers['signature'] === right ? answer : '{"success":false,"code":602}';
    });
    const rest = await app.listen({ host: '127.0.0.1', port: 0 });
    return { rest, apiKey, secretKey };
  });
