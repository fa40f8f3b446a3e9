import type { Work } from '../harness/work.ts';
import { OPERATIONS } from '../samples/order-flow.ts';
import { PRINTS, RESTING_ORDERS } from '../samples/prints.ts';

const paper = async () => import('../peers/prate-paper.ts');
const lists = async () => import('../peers/sorted-lists.ts');

const listsNote =
  '`sorted lists` is what one would write first: two sorted arrays of plain objects, without accounts, money, margin, liquidation or events.';

export const paperWorks: readonly Work[] = [
  {
    name: 'paper-orders',
    title: `${OPERATIONS.toLocaleString('en')} adds, cancels and fills of resting orders on paper, some 5,000 open`,
    unit: 'ms',
    contenders: {
      prate: async () => (await paper()).orderFlow(),
      'sorted lists': async () => (await lists()).orderFlow(),
    },
    asks: [{ of: 'prate', limit: 1000 }],
    notes: [
      "The engine of the paper exchange (`@prate/in-memory-paper/engine`), with an account's events listened to.",
      listsNote,
    ],
  },
  {
    name: 'paper-prints',
    title: `${PRINTS.toLocaleString('en')} public trades, in columns of 100, with ${RESTING_ORDERS} resting orders on paper`,
    unit: 'ms',
    contenders: { prate: async () => (await paper()).prints(), 'sorted lists': async () => (await lists()).prints() },
    asks: [{ of: 'prate', limit: 1000 }],
    notes: ['As above; an order that has filled is followed by another.', listsNote],
  },
];
