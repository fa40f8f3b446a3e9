import type { TradesItem } from '@prate/market-data-port';
import { ManualClock } from '@prate/runtime';
import { expect, it } from 'vitest';
import { InstrumentTable } from '../../src/instruments/instrument-table.ts';
import { toInstrument } from '../../src/instruments/mexc-instrument.ts';
import { BookView } from '../../src/market/market-values.ts';
import { MexcFuturesMarketData } from '../../src/market/mexc-futures-market-data.ts';
import { MexcRest } from '../../src/rest/mexc-rest.ts';
import type { WireDeal } from '../../src/wire/deals.ts';
import type { SocketManager } from '../../src/ws/socket-manager.ts';
import type { SocketItem } from '../../src/ws/topic.ts';
import { contract } from '../support/contracts.ts';
import { settle } from '../support/fake-transport.ts';
import { START_MS } from '../support/rig.ts';
import { reply, Scripted } from '../support/scripted.ts';

it('a stream counts by the size of the contract as it was last read, and the log tells of the change', async () => {
  const clock = new ManualClock(START_MS);
  const warnings: object[] = [];
  let list = [contract()];
  const instruments = new InstrumentTable({
    clock,
    market: {
      contracts: async () => list,
      contractsOfCountry: async () => [],
      contract: () => Promise.reject(new Error('not asked for')),
    },
    logger: { debug() {}, info() {}, error() {}, warn: (what) => void warnings.push(what) },
  });
  let push: (item: SocketItem<readonly WireDeal[]>) => void = () => {};
  const sockets = {
    subscribe: (_channel: unknown, _params: unknown, listener: unknown) => {
      push = listener as typeof push;
      return { ready: Promise.resolve(), done: new Promise<void>(() => {}), close() {} };
    },
  } as unknown as SocketManager;
  const rest = new MexcRest({ clock, transport: new Scripted(() => reply('')) });
  const port = new MexcFuturesMarketData({ clock, instruments, sockets, rest });
  const quantities: number[] = [];
  const stream = port.trades(['BTC_USDT'], (item: TradesItem | { readonly kind: string }) => {
    if (!('trades' in item)) return;
    const { quantity, quantityDecimals } = item.trades;
    quantities.push(Number(quantity[0]) / 10 ** (quantityDecimals ?? 0));
  });
  await stream.ready;
  const trade = (id: string): void => {
    const time = clock.nowMs();
    const deal = { id, time, price: '80000', vol: '10', takerSide: 1 } as unknown as WireDeal;
    push({ kind: 'data', data: [deal], timeMs: time });
  };

  trade('1');
  list = [contract({ contractSize: 0.001 })];
  clock.advance(300_000);
  trade('2'); // has the contracts read again, and does not wait for it
  await settle();
  trade('3');
  expect(quantities).toEqual([0.001, 0.001, 0.01]);
  expect(warnings).toEqual([{ symbol: 'BTC_USDT', was: '0.0001', now: '0.001' }]);
  await port.close();
});

it('a book that did not change is told anew in the new size', () => {
  let instrument = toInstrument(contract());
  const side = { size: 1, priceAt: () => 80_000, volumeAt: () => 10 };
  const view = new BookView(() => instrument);
  const show = (): string =>
    String(view.show({ bids: side, asks: { ...side, size: 0 }, version: 1 } as never, 0).bids[0]?.quantity);
  expect(show()).toBe('0.001');
  instrument = toInstrument(contract({ contractSize: 0.001 }));
  expect(show()).toBe('0.01');
});
