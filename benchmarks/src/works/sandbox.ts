import type { Work } from '../harness/work.ts';

export const sandboxWorks: readonly Work[] = [
  {
    name: 'sandbox-order',
    title: '100 orders created over loopback, one after the other on a kept connection',
    unit: 'ms',
    contenders: {
      sandbox: async () => (await import('../peers/round-trips.ts')).sandbox(),
      'bare Fastify': async () => (await import('../peers/round-trips.ts')).bare(),
    },
    // the sandbox may take half as long again as the least that one could do
    asks: [{ of: 'sandbox', than: 'bare Fastify', times: 1 / 1.5 }],
    notes: [
      'Client and server share a process. `bare Fastify` verifies the signature and answers; the sandbox checks the order, holds its margin ' +
        'and keeps it, while its market of three contracts goes on.',
    ],
  },
];
