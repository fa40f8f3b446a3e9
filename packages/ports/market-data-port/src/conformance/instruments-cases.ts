import type { Instrument } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { MarketDataCase } from './context.ts';

export const instrumentsCases: readonly MarketDataCase[] = [
  {
    id: 'MD-C10',
    rule: 'instruments: the symbol is listed, and every symbol once',
    async run({ port, symbol }) {
      const symbols = (await port.getInstruments()).map((instrument) => instrument.symbol);
      ensure.that(symbols.includes(symbol), `getInstruments must list ${symbol}, not only ${symbols.join(', ')}`);
      ensure.equal(new Set(symbols).size, symbols.length, 'symbols listed once');
    },
  },
  {
    id: 'MD-C11',
    rule: 'instruments: tick, lot, contract size and smallest quantity are above 0, and limits agree with them',
    async run({ port }) {
      for (const instrument of await port.getInstruments()) checkSteps(instrument);
    },
  },
  {
    id: 'MD-C12',
    rule: 'instruments: risk tiers ascend, and the last has no limit',
    async run({ port }) {
      for (const instrument of await port.getInstruments()) checkTiers(instrument);
    },
  },
  {
    id: 'MD-C15',
    rule: 'server time: whole epoch milliseconds that move with the market',
    async run({ port, advance, stepMs }) {
      const before = await port.getServerTime();
      ensure.that(Number.isSafeInteger(before) && before >= 0, `server time must be whole epoch ms, not ${before}`);
      await advance(stepMs);
      const after = await port.getServerTime();
      ensure.that(after > before, `server time must move on from ${before}, not to ${after}`);
    },
  },
];

function checkSteps(instrument: Instrument): void {
  const { symbol, tickSize, lotSize, contractSize, minQuantity, maxQuantity, minNotional } = instrument;
  for (const [name, value] of Object.entries({ tickSize, lotSize, contractSize, minQuantity })) {
    ensure.that(value.isFinite() && value.gt(0), `${symbol}: ${name} must be above 0, not ${value}`);
  }
  ensure.that(
    minQuantity.mod(lotSize).isZero(),
    `${symbol}: minQuantity ${minQuantity} must be whole lots of ${lotSize}`,
  );
  ensure.that(
    maxQuantity === null || maxQuantity.gte(minQuantity),
    `${symbol}: maxQuantity must not be below minQuantity`,
  );
  ensure.that(minNotional === null || minNotional.gte(0), `${symbol}: minNotional must not be negative`);
  ensure.that(
    instrument.baseAsset !== '' && instrument.quoteAsset !== '' && instrument.baseAsset !== instrument.quoteAsset,
    `${symbol}: base and quote asset must be two names`,
  );
}

function checkTiers({ symbol, riskTiers, maxLeverage }: Instrument): void {
  ensure.that(maxLeverage >= 1, `${symbol}: maxLeverage must be at least 1, not ${maxLeverage}`);
  ensure.that(riskTiers.length > 0, `${symbol}: at least one risk tier`);
  for (const [i, tier] of riskTiers.entries()) {
    const before = riskTiers[i - 1]?.maxNotional;
    const last = i === riskTiers.length - 1;
    ensure.equal(tier.maxNotional === null, last, `${symbol}: only the last risk tier is without a limit`);
    ensure.that(
      before === undefined || before === null || tier.maxNotional === null || tier.maxNotional.gt(before),
      `${symbol}: risk tiers must ascend`,
    );
    const rate = tier.maintenanceMarginRate;
    ensure.that(rate.gt(0) && rate.lt(1), `${symbol}: a maintenance margin rate must lie between 0 and 1, not ${rate}`);
  }
}
