import { Decimal, OrderType, stepsOf } from '@prate/domain';
import type { OrderTicket, StopPrice } from '../backend/account-values.ts';
import type { Contract } from '../backend/market-values.ts';
import { Code, WireRefusal } from '../wire/codes.ts';
import { directionOf, marginModeOf, orderTypeOf, positionModeOf, sourceOf } from '../wire/enumerations.ts';
import type { Fields } from '../wire/fields.ts';
import { contractOf, type PrivateQuestion } from './route.ts';

const LONGEST_CLIENT_ID = 32;

/**
 * An order's body, checked in this order: contract, whether it may be traded, side, open type, type, volume, price, client
 * id, leverage. What needs the account comes after, from the backend; only a client id that was used is found here, because
 * it comes before the leverage.
 */
export async function readOrder({ venue, account }: PrivateQuestion, fields: Fields): Promise<OrderTicket> {
  // what is there already is not waited for, here and below: each wait is a part of an order's time
  const named = contractOf(venue, fields.needText('symbol'));
  const contract = checkTradable(named instanceof Promise ? await named : named);
  const direction = directionOf(fields.integer('side') ?? 0);
  if (direction === undefined) throw new WireRefusal(Code.SIDE, 'side must be 1, 2, 3 or 4');
  const marginMode = marginModeOf(fields.integer('openType') ?? 0);
  if (marginMode === undefined) throw new WireRefusal(Code.OPEN_TYPE, 'openType must be 1 or 2');
  const type = orderTypeOf(fields.integer('type') ?? 0);
  if (type === undefined) throw new WireRefusal(Code.ORDER_TYPE, 'type must be from 1 to 6');
  const volume = checkVolume(contract, type, fields.number('vol'));
  const price = type === OrderType.MARKET ? null : checkPrice(contract, fields.number('price'));
  if (price !== null) {
    const fairPrice = venue.backend.market.fairPrice(contract.symbol);
    checkBand(contract, direction.side, price, fairPrice instanceof Promise ? await fairPrice : fairPrice);
  }
  const clientOrderId = fields.text('externalOid');
  if (clientOrderId !== null && clientOrderId.length > LONGEST_CLIENT_ID) {
    throw new WireRefusal(Code.CLIENT_ID_TOO_LONG, `externalOid must not exceed ${LONGEST_CLIENT_ID} characters`);
  }
  if (clientOrderId !== null && (await account.orderByClientId(contract.symbol, clientOrderId)) !== null) {
    throw new WireRefusal(Code.DUPLICATE_ORDER_ID, 'the order id is taken');
  }
  const { stopLoss, takeProfit } = readStops(fields);
  return {
    symbol: contract.symbol,
    side: direction.side,
    effect: direction.effect,
    type,
    volume,
    price,
    marginMode,
    leverage: checkLeverage(contract, fields.number('leverage')),
    clientOrderId,
    positionMode: positionModeOf(fields.integer('positionMode') ?? 0) ?? null,
    reduceOnly: fields.flag('reduceOnly'),
    stopLoss,
    takeProfit,
  };
}

/** @throws WireRefusal 1001, 1002 */
export const tradableContract = async (venue: PrivateQuestion['venue'], symbol: string): Promise<Contract> =>
  checkTradable(await contractOf(venue, symbol));

function checkTradable(contract: Contract): Contract {
  if (contract.state !== 'ENABLED' || !contract.apiAllowed || contract.hidden) {
    throw new WireRefusal(Code.CONTRACT_UNAVAILABLE, 'Contract not allow place order!');
  }
  return contract;
}

export function checkVolume(contract: Contract, type: OrderType, volume: Decimal | null): Decimal {
  const { minVolume, volumeStep } = contract;
  if (volume === null || !isAboveZero(volume) || volume.lt(minVolume)) {
    throw new WireRefusal(Code.QUANTITY, `Order quantity error: at least ${minVolume}`);
  }
  if (!isMultiple(volume, volumeStep)) {
    throw new WireRefusal(Code.PRECISION, `the quantity must be a multiple of ${volumeStep}`);
  }
  const most = type === OrderType.MARKET ? contract.maxVolume : contract.limitMaxVolume;
  if (volume.gt(most)) throw new WireRefusal(Code.ORDER_TOO_LARGE, `the quantity must not exceed ${most}`);
  return volume;
}

export function checkPrice({ tickSize }: Contract, price: Decimal | null): Decimal {
  if (price === null || !isAboveZero(price)) throw new WireRefusal(Code.PRICE, 'Order price error: above 0');
  if (!isMultiple(price, tickSize)) {
    throw new WireRefusal(Code.PRECISION, `the price must be a multiple of ${tickSize}`);
  }
  return price;
}

/** Without the copy of the other side that a comparison of Decimals makes. */
const isAboveZero = (value: Decimal): boolean => value.isPositive() && !value.isZero();

const isMultiple = (value: Decimal, step: Decimal): boolean =>
  stepsOf(value, step) !== null || value.mod(step).isZero();

/** Buys at most a share above the fair price, sells at most a share below it. */
function checkBand({ priceBand }: Contract, side: OrderTicket['side'], price: Decimal, fairPrice: Decimal): void {
  // on its own side of the fair price it is within any band
  if (fairPrice.isZero() || (side === 'BUY' ? price.lte(fairPrice) : price.gte(fairPrice))) return;
  const band = fairPrice.mul(priceBand);
  if (side === 'BUY' && price.gt(fairPrice.plus(band))) {
    throw new WireRefusal(Code.BUY_PRICE_TOO_HIGH, `buy at ${fairPrice.plus(band)} at most`);
  }
  if (side === 'SELL' && price.lt(fairPrice.minus(band))) {
    throw new WireRefusal(Code.SELL_PRICE_TOO_LOW, `sell at ${fairPrice.minus(band)} at least`);
  }
}

function checkLeverage({ minLeverage, maxLeverage }: Contract, given: Decimal | null): number | null {
  if (given === null) return null;
  const leverage = stepsOf(given, ONE);
  if (leverage === null || leverage < minLeverage || leverage > maxLeverage) {
    throw new WireRefusal(Code.LEVERAGE_RANGE, `leverage must be a whole number from ${minLeverage} to ${maxLeverage}`);
  }
  return leverage;
}
const ONE = new Decimal(1);

/** `stopLossPrice` and `takeProfitPrice` with the sources of their prices. */
export function readStops(fields: Fields): {
  readonly stopLoss: StopPrice | null;
  readonly takeProfit: StopPrice | null;
} {
  return {
    stopLoss: readStop(fields, 'stopLossPrice', 'lossTrend'),
    takeProfit: readStop(fields, 'takeProfitPrice', 'profitTrend'),
  };
}

function readStop(fields: Fields, priceName: string, sourceName: string): StopPrice | null {
  const price = fields.price(priceName);
  return price === null ? null : { price, source: readSource(fields, sourceName) };
}

/** 1 last where absent. @throws WireRefusal 3001 */
export function readSource(fields: Fields, name: string): StopPrice['source'] {
  const source = sourceOf(fields.integer(name) ?? 1);
  if (source === undefined) throw new WireRefusal(Code.TRIGGER_SOURCE, `${name} must be 1, 2 or 3`);
  return source;
}
