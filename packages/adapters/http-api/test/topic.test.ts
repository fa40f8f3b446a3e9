import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { Topic, type TopicListener } from '../src/stream/topic.ts';
import type { BalanceJson, CursorJson } from '../src/wire/index.ts';

type Balances = Map<string, string>;

const balance = (asset: string, total: string): BalanceJson => ({
  ...{ asset, total, available: total, equity: total },
  ...{ frozen: '0', positionMargin: '0', unrealizedPnl: '0' },
});

/** The server's side: a state, its topic, and what the state was after each number. */
class Served {
  readonly state: Balances = new Map();
  readonly history: string[] = ['[]'];
  readonly topic: Topic<'balances'>;

  constructor(epoch: string) {
    this.topic = new Topic(epoch, () => ({
      balances: Array.from(this.state, ([asset, total]) => balance(asset, total)),
    }));
  }

  change(asset: string, total: string): void {
    this.state.set(asset, total);
    this.history.push(textOf(this.state));
    this.topic.change({ balance: balance(asset, total) });
  }

  replace(asset: string, total: string): void {
    this.state.clear();
    this.state.set(asset, total);
    this.history.push(textOf(this.state));
    this.topic.replace();
  }
}

/** A client that trusts the law: each number one more than the last, and the state that of the number. */
class Heard implements TopicListener {
  state: Balances = new Map();
  cursor: CursorJson | undefined;
  snapshots = 0;

  send(type: 'snapshot' | 'resumed' | 'change', body: string): void {
    const { epoch, seq, data } = JSON.parse(`{${body}}`);
    if (type === 'snapshot') {
      if (this.isHearing && epoch === this.cursor?.epoch) expect(seq).toBe((this.cursor?.seq as number) + 1);
      this.state = new Map(data.balances.map(({ asset, total }: BalanceJson) => [asset, total]));
      this.cursor = { epoch, seq };
      this.snapshots += 1;
    } else if (type === 'resumed') {
      expect({ epoch, seq }).toEqual(this.cursor);
    } else {
      expect(seq).toBe((this.cursor?.seq as number) + 1);
      this.state.set(data.balance.asset, data.balance.total);
      this.cursor = { epoch: this.cursor?.epoch as string, seq };
    }
    this.isHearing = true;
  }

  end(): void {
    throw new Error('nobody ended it');
  }

  isHearing = false;
}

const textOf = (state: Balances): string => JSON.stringify([...state]);

describe('topic', () => {
  it('law: whoever hears, leaves and comes back has the state of each number, and misses none', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('change' as const), asset: fc.constantFrom('A', 'B', 'C') }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('replace' as const), asset: fc.constantFrom('A', 'B', 'C') }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('come', 'leave'), client: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), client: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('many' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let epoch = 1;
        let served = new Served('e1');
        const clients = [new Heard(), new Heard(), new Heard()];
        let n = 0;
        for (const taken of steps) {
          n += 1;
          const client = clients['client' in taken ? taken.client : 0] as Heard;
          if (taken.do === 'change') served.change((taken as { asset: string }).asset, String(n));
          else if (taken.do === 'replace') served.replace((taken as { asset: string }).asset, String(n));
          else if (taken.do === 'many') for (let i = 0; i < 300; i += 1) served.change('A', `${n}.${i}`);
          else if (taken.do === 'come' && !client.isHearing) served.topic.hear(client, client.cursor);
          else if (taken.do === 'leave' || taken.do === 'forget') {
            served.topic.leave(client);
            client.isHearing = false;
            if (taken.do === 'forget') client.cursor = undefined;
          } else if (taken.do === 'restart') {
            epoch += 1;
            served = new Served(`e${epoch}`);
            for (const each of clients) each.isHearing = false;
          }
          for (const each of clients) {
            if (each.cursor === undefined) continue;
            if (each.cursor.epoch === served.topic.epoch)
              expect(textOf(each.state)).toBe(served.history[each.cursor.seq]);
            if (each.isHearing) expect(each.cursor.seq).toBe(served.topic.seq);
          }
        }
      }),
      cases(500),
    );
  });

  it('who comes back in time gets what it missed, and no snapshot', () => {
    const served = new Served('e');
    const client = new Heard();
    served.topic.hear(client, undefined);
    served.topic.leave(client);
    for (let i = 0; i < 256; i += 1) served.change('A', String(i));
    served.topic.hear(client, client.cursor);
    expect(client).toMatchObject({ snapshots: 1, cursor: { epoch: 'e', seq: 256 } });
    served.topic.leave(client);
    for (let i = 0; i < 257; i += 1) served.change('A', String(i));
    client.isHearing = false;
    served.topic.hear(client, client.cursor);
    expect(client).toMatchObject({ snapshots: 2, cursor: { epoch: 'e', seq: 513 } });
  });

  it('what is kept is bounded in size too', () => {
    const served = new Served('e');
    const client = new Heard();
    served.topic.hear(client, undefined);
    served.topic.leave(client);
    client.isHearing = false;
    for (let i = 0; i < 20; i += 1) served.change('A', `${'9'.repeat(100_000)}${i}`);
    served.topic.hear(client, client.cursor);
    expect(client).toMatchObject({ snapshots: 2, cursor: { seq: 20 } });
  });

  it('a place that it has not reached yet, or of another epoch, gets a snapshot', () => {
    for (const since of [
      { epoch: 'e', seq: 5 },
      { epoch: 'other', seq: 0 },
    ]) {
      const served = new Served('e');
      const client = new Heard();
      served.topic.hear(client, since);
      expect(client).toMatchObject({ snapshots: 1, cursor: { epoch: 'e', seq: 0 } });
    }
  });

  it('its end is told to who hears it, and to who comes later', () => {
    const { topic } = new Served('e');
    const told: string[] = [];
    const listener = { send: () => {}, end: (code: string) => void told.push(code) };
    topic.hear(listener, undefined);
    topic.end('FEED_ENDED', 'over');
    topic.hear(listener, undefined);
    expect(told).toEqual(['FEED_ENDED', 'FEED_ENDED']);
    expect(topic.isHeard).toBe(false);
  });
});
