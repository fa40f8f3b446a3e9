import { readAsset, readPosition, type WireAsset, type WirePosition } from '../../src/wire/account.ts';
import { Fields } from '../../src/wire/fields.ts';
import type { Json } from '../../src/wire/json-text.ts';
import { readFill, readOrder, type WireFill, type WireOrder } from '../../src/wire/orders.ts';

const fields = (data: object): Fields => new Fields(data as Json, 'test');

/** Wire objects of the few fields that a test is about; the rest are usual. */
export const orderOf = (data: object): WireOrder =>
  readOrder(fields({ symbol: 'S', side: 1, orderType: 1, vol: 10, dealVol: 0, state: 2, ...data }));

export const fillOf = (data: object): WireFill =>
  readFill(
    fields({
      symbol: 'S',
      side: 1,
      vol: 1,
      price: 1,
      fee: 0,
      feeCurrency: 'USDT',
      isTaker: true,
      timestamp: 1,
      ...data,
    }),
  );

export const positionOf = (data: object): WirePosition =>
  readPosition(
    fields({ symbol: 'S', positionType: 1, openType: 1, state: 1, holdVol: 5, holdAvgPrice: 1, leverage: 20, ...data }),
  );

export const assetOf = (data: object): WireAsset =>
  readAsset(fields({ currency: 'USDT', availableBalance: 0, frozenBalance: 0, positionMargin: 0, ...data }));
