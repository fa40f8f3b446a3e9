import { describe, expect, it } from 'vitest';
import { actionsOf } from '../src/actions.ts';
import { type Recording, recordingOfHistory } from '../src/recording.ts';
import { liveSession } from '../src/session.ts';
import { d, fill, filled, order, recorded, seen, trade } from './support.ts';

const actions = (recording: Recording): string[] =>
  actionsOf(recording, liveSession(recording)).map((action) => {
    const when = `${action.time}${action.beforeMarket ? ' before' : ''} ${action.kind} ${action.orderId}`;
    if (action.kind === 'create') return `${when} ${action.request.type} ${action.request.quantity}`;
    return action.kind === 'amend' ? `${when} ${action.price ?? '-'} ${action.quantity ?? '-'}` : when;
  });

describe('what somebody did, from what happened', () => {
  it('the first sight of an order is its creation, another price or quantity an amend, its end a cancel', () => {
    const events = [
      order('1'),
      order('1', { price: d(99), updatedAt: 2000 }),
      order('1', { price: d(99), quantity: d(3), updatedAt: 3000 }),
      order('1', { price: d(99), quantity: d(3), status: 'CANCELLED', updatedAt: 4000 }),
    ];
    expect(actions(recorded(events.map(seen)))).toEqual([
      '1000 create 1 LIMIT 2',
      '2000 amend 1 99 -',
      '3000 amend 1 - 3',
      '4000 before cancel 1',
    ]);
  });

  it.each(['IOC', 'FOK', 'MARKET'] as const)('how a %s order ends is the venue’s own doing', (type) => {
    const price = type === 'MARKET' ? null : d(100);
    const ended = order('1', { type, price, status: 'CANCELLED', updatedAt: 2000 });
    expect(actions(recorded([seen(order('1', { type, price })), seen(ended)]))).toEqual([`1000 create 1 ${type} 2`]);
  });

  it('an order that traded at once came before the market of its millisecond, told in whichever order', () => {
    const done = filled('1', { updatedAt: 1000 });
    const traded = trade('1', { time: 1000 });
    for (const events of [
      [seen(order('1')), fill(traded), seen(done)],
      [fill(traded), seen(done)],
    ]) {
      expect(actions(recorded(events))).toEqual(['1000 before create 1 LIMIT 2']);
    }
  });

  it('a cancel comes after what its order traded in that millisecond, and an order is never cancelled before it comes', () => {
    const part = { filledQuantity: d(1), averagePrice: d(100), updatedAt: 2000 };
    const events = [
      ...[seen(order('1')), fill(trade('1', { quantity: d(1), time: 2000 }))],
      ...[
        seen(order('1', { ...part, status: 'PARTIALLY_FILLED' })),
        seen(order('1', { ...part, status: 'CANCELLED' })),
      ],
      ...[seen(order('2', { createdAt: 2000 })), seen(order('2', { createdAt: 2000, status: 'CANCELLED' }))],
    ];
    expect(actions(recorded(events))).toEqual([
      '1000 create 1 LIMIT 2',
      '2000 cancel 1',
      '2000 create 2 LIMIT 2',
      '2000 cancel 2',
    ]);
  });

  it('what was open when the recording began comes then, with what it had left to trade', () => {
    const standing = order('1', { filledQuantity: d('0.5'), averagePrice: d(100), status: 'PARTIALLY_FILLED' });
    expect(actions(recorded([seen(standing)], { from: 1200 }))).toEqual(['1200 create 1 LIMIT 1.5']);
    expect(actions(recorded([seen(standing)]))).toEqual(['1000 before create 1 LIMIT 2']);
  });

  it('an order that the venue refused is not placed; a state that is told late changes nothing', () => {
    const refused = order('1', { status: 'REJECTED' });
    const late = [order('2', { updatedAt: 2000 }), order('2', { price: d(98), updatedAt: 1500 })];
    expect(actions(recorded([refused, ...late].map(seen)))).toEqual(['1000 create 2 LIMIT 2']);
  });

  it('a history gives the same actions as the events that led to it', () => {
    const done = filled('1', { updatedAt: 1500 });
    const gone = order('2', { createdAt: 1200, updatedAt: 1800, status: 'CANCELLED' });
    const traded = trade('1');
    const events = [seen(order('1')), seen(order('2', { createdAt: 1200 })), fill(traded), seen(done), seen(gone)];
    expect(actions(recordingOfHistory([gone, done], [traded]))).toEqual(actions(recorded(events)));
    expect(actions(recorded(events))).toHaveLength(3);
  });
});
