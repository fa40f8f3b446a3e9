import { Decimal } from '@prate/domain';
import { marketDataPortCases } from '@prate/market-data-port/conformance';
import { ManualClock } from '@prate/runtime';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { type MarketRig, type MovedMarket, marketRigOn, START_MS } from './support/mexc-market-rig.ts';
import { INSTRUMENT, PaperWire } from './support/paper-wire.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const rigs = new WeakMap<object, MarketRig<PaperWire>>();

describeConformance('mexc-futures market data over real sockets to the paper exchange', marketDataPortCases, {
  // tradeHistory: MEXC has none, and so neither has the adapter
  capabilities: [
    'candleHistory',
    'ticker',
    'orderBook',
    'funding',
    'tradeStream',
    'candleStream',
    'tickerStream',
    'orderBookStream',
    'fundingStream',
  ],
  async setup() {
    const clock = new ManualClock(START_MS);
    const backend = await PaperWire.open(clock, {});
    const { lotSize } = INSTRUMENT;
    const level = ({ price, contracts }: { readonly price: string; readonly contracts: number }) => ({
      price,
      quantity: lotSize.mul(contracts),
    });
    const moved: MovedMarket = {
      setBook: (bids, asks) => backend.setBook(bids.map(level), asks.map(level)),
      trade: (price, contracts, side) => backend.trade(price, lotSize.mul(contracts), side),
      setFundingRate: (rate) => backend.setFundingRate(new Decimal(rate)),
    };
    const rig = await marketRigOn(backend, moved, clock);
    await rig.advance(6 * MINUTE_MS);
    const context = {
      port: rig.port,
      symbol: INSTRUMENT.symbol,
      interval: '1m',
      candleRange: { from: START_MS, to: START_MS + 5 * MINUTE_MS },
      tradeRange: { from: START_MS, to: START_MS + 5 * MINUTE_MS },
      fundingRange: { from: START_MS - 24 * HOUR_MS, to: START_MS + HOUR_MS },
      stepMs: MINUTE_MS,
      advance: (durationMs: number) => rig.advance(durationMs),
    };
    rigs.set(context, rig);
    return context;
  },
  teardown: async (context) => rigs.get(context)?.close(),
});
