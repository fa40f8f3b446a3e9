import { NotConnectedError } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { ExecutionEvent, ExecutionPort } from '../src/index.ts';
import { type Defect, deaf, eachEvent, events, fill } from './spoil.ts';

export const eventDefects: readonly Defect[] = [
  {
    id: 'EX-E10',
    what: 'events are gathered from the first next()',
    spoil: (port) => ({
      async *events(options?: CallOptions) {
        yield* port.events(options);
      },
    }),
  },
  {
    id: 'EX-E20',
    what: 'the fill comes after its order',
    spoil: events(async function* (source) {
      let held: ExecutionEvent | undefined;
      for await (const event of source) {
        if (event.kind === 'fill') {
          held = event;
          continue;
        }
        yield event;
        if (held !== undefined) yield held;
        held = undefined;
      }
    }),
  },
  { id: 'EX-E22', what: 'all fills have one id', spoil: fill(() => ({ id: '1' })) },
  { id: 'EX-E24', what: 'every fill is told as MAKER', spoil: fill(() => ({ liquidity: 'MAKER' })) },
  {
    id: 'EX-E30',
    what: 'a second loop gets nothing',
    spoil: (port) => {
      let calls = 0;
      return {
        events(options) {
          calls += 1;
          return calls === 1 ? port.events(options) : (async function* () {})();
        },
      };
    },
  },
  {
    id: 'EX-E40',
    what: 'a cancel is not told',
    spoil: eachEvent((event) => (event.kind === 'order' && event.order.status === 'CANCELLED' ? null : event)),
  },
  {
    id: 'EX-E50',
    what: 'a closed position is not told',
    spoil: eachEvent((event) => (event.kind === 'position' && event.position === null ? null : event)),
  },
  {
    id: 'EX-E50',
    what: 'a position is told with a side in ONE_WAY mode',
    spoil: eachEvent((event) => (event.kind === 'position' ? { ...event, positionSide: 'LONG' } : event)),
  },
  {
    id: 'EX-E52',
    what: 'a closed position is told without its side',
    spoil: eachEvent((event) =>
      event.kind === 'position' && event.position === null ? { ...event, positionSide: null } : event,
    ),
  },
  {
    id: 'EX-E80',
    what: 'an abort does not end the loop',
    spoil: (port) => ({
      events(options) {
        options?.signal?.throwIfAborted();
        return port.events();
      },
    }),
  },
  deaf('EX-E90', 'events', (port) => () => port.events()),
];

export const lifecycleDefects: readonly Defect[] = [
  { id: 'EX-L10', what: 'always connected', spoil: () => ({ isConnected: () => true }) },
  { id: 'EX-L20', what: 'a list is empty where there is no connection', spoil: emptyWithoutConnection },
  { id: 'EX-L22', what: 'a list is empty where there is no connection', spoil: emptyWithoutConnection },
  {
    id: 'EX-L30',
    what: 'a second disconnect throws',
    spoil: (port) => ({
      async disconnect() {
        if (!port.isConnected()) throw new NotConnectedError('not connected');
        await port.disconnect();
      },
    }),
  },
  {
    id: 'EX-L32',
    what: 'a loop hangs after disconnect',
    spoil: events(async function* (source) {
      yield* source;
      await new Promise(() => {});
    }),
  },
  { id: 'EX-L40', what: 'a venue without a name', spoil: () => ({ venue: '' }) },
  deaf('EX-L90', 'connect', (port) => () => port.connect()),
];

function emptyWithoutConnection(port: ExecutionPort): Partial<ExecutionPort> {
  return { getOpenOrders: async (...all) => (port.isConnected() ? port.getOpenOrders(...all) : []) };
}
