import { type Decimal, Side } from '@prate/domain';
import { type NumberColumn, powerOfTen, type TradeColumns, TradeColumnsBuilder, wholeId } from '@prate/domain/candles';
import type { WireDeal } from '../wire/deals.ts';
import { toBaseColumn } from './exact-volumes.ts';

/** Up to here a double and the whole number nearest to its product with a power of ten belong together. */
const SURE = 2 ** 51;
const MOST_DIGITS = 15;

/** Trades as columns, oldest first; contracts turned into the base asset exactly. */
export function dealsToTrades(deals: readonly WireDeal[], contractSize: Decimal): TradeColumns {
  const rows = inOrder(deals);
  const price = column(rows, 'price');
  const contracts = column(rows, 'vol');
  if (price === null || contracts === null) return slowly(rows, contractSize);
  const quantity = toBaseColumn(contracts, contractSize);
  return {
    length: rows.length,
    time: Float64Array.from(rows, ({ time }) => time),
    priceDecimals: price.decimals,
    price: price.values as Float64Array,
    quantityDecimals: quantity.decimals,
    quantity: quantity.values,
    side: Uint8Array.from(rows, ({ takerSide }) => takerSide - 1),
    ids: idsOf(rows),
  };
}

/** A push is in order nearly always. */
function inOrder(deals: readonly WireDeal[]): readonly WireDeal[] {
  for (let i = 1; i < deals.length; i += 1) {
    if ((deals[i] as WireDeal).time < (deals[i - 1] as WireDeal).time) return deals.toSorted((a, b) => a.time - b.time);
  }
  return deals;
}

/** On the grid of the most decimals that are written; null for what needs more than a double. */
function column(deals: readonly WireDeal[], key: 'price' | 'vol'): NumberColumn | null {
  const values = new Float64Array(deals.length);
  let decimals = 0;
  for (let i = 0; i < deals.length; i += 1) {
    const text = (deals[i] as WireDeal)[key];
    if (text.length > MOST_DIGITS) return null;
    const point = text.indexOf('.');
    if (point !== -1) decimals = Math.max(decimals, text.length - point - 1);
    values[i] = Number(text);
  }
  const power = powerOfTen(decimals);
  for (let i = 0; i < values.length; i += 1) {
    const scaled = Math.floor((values[i] as number) * power + 0.5);
    if (!(scaled >= 0 && scaled <= SURE)) return null;
    values[i] = scaled;
  }
  return { decimals, values };
}

function idsOf(deals: readonly WireDeal[]): TradeColumns['ids'] {
  const numbers = new Float64Array(deals.length);
  let some = false;
  for (let i = 0; i < deals.length; i += 1) {
    const id = (deals[i] as WireDeal).id;
    const number = id === null ? -1 : wholeId(id);
    if (id !== null && number === -1) return deals.map((deal) => deal.id ?? '');
    some ||= id !== null;
    numbers[i] = number;
  }
  return some ? numbers : null;
}

function slowly(deals: readonly WireDeal[], contractSize: Decimal): TradeColumns {
  const builder = new TradeColumnsBuilder();
  for (const { time, price, vol, takerSide, id } of deals) {
    builder.push(time, price, contractSize.mul(vol).toString(), takerSide === 1 ? Side.BUY : Side.SELL, id);
  }
  return builder.finish();
}
