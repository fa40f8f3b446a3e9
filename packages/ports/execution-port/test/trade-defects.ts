import { Decimal, decimal, OrderType } from '@prate/domain';
import { type Defect, request, told } from './spoil.ts';

const price = (text: number | undefined, steps: number): number | undefined =>
  text === undefined ? undefined : Number(text) + steps * 0.1;
const type = (from: OrderType, to: OrderType) => request((one) => (one.type === from ? { type: to } : {}));
const withoutReduceOnly = request(() => ({ reduceOnly: undefined }));

export const tradeDefects: readonly Defect[] = [
  {
    id: 'EX-T10',
    what: 'a market order trades half of it',
    spoil: request((one) => (one.type === 'MARKET' ? { quantity: decimal(one.quantity ?? 0).div(2) } : {})),
  },
  {
    id: 'EX-T20',
    what: 'a crossing order trades at its own price',
    spoil: told((order) => ({ ...order, averagePrice: order.price })),
  },
  {
    id: 'EX-T30',
    what: 'a buy fills above its price',
    spoil: request((one) => (one.side === 'BUY' ? { price: price(one.price as number, 2) } : {})),
  },
  {
    id: 'EX-T32',
    what: 'a sell fills below its price',
    spoil: request((one) => (one.side === 'SELL' ? { price: price(one.price as number, -2) } : {})),
  },
  {
    id: 'EX-T34',
    what: 'a part is told as the whole',
    spoil: told((order) => (order.status === 'PARTIALLY_FILLED' ? { ...order, status: 'FILLED' } : order)),
  },
  {
    id: 'EX-T36',
    what: 'the older order fills first at any price',
    spoil: request((one) => (one.type === 'LIMIT' ? { price: '1999.7' } : {})),
  },
  { id: 'EX-T40', what: 'an IOC rests', spoil: type(OrderType.IOC, OrderType.LIMIT) },
  { id: 'EX-T42', what: 'an IOC trades whole or not at all', spoil: type(OrderType.IOC, OrderType.FOK) },
  { id: 'EX-T50', what: 'a FOK trades a part', spoil: type(OrderType.FOK, OrderType.IOC) },
  { id: 'EX-T52', what: 'a FOK never trades', spoil: request((one) => (one.type === 'FOK' ? { price: 1 } : {})) },
  { id: 'EX-T60', what: 'a post-only order takes', spoil: type(OrderType.POST_ONLY, OrderType.LIMIT) },
  { id: 'EX-T62', what: 'a post-only order never rests', spoil: type(OrderType.POST_ONLY, OrderType.IOC) },
  { id: 'EX-T70', what: 'reduceOnly is not looked at', spoil: withoutReduceOnly },
  { id: 'EX-T72', what: 'reduceOnly is not looked at', spoil: withoutReduceOnly },
  { id: 'EX-T74', what: 'reduceOnly is not looked at', spoil: withoutReduceOnly },
  {
    id: 'EX-T80',
    what: 'quoteQuantity is overspent',
    spoil: request((one) => ({ quoteQuantity: one.quoteQuantity && decimal(one.quoteQuantity).mul(2) })),
  },
  {
    id: 'EX-T82',
    what: 'quoteQuantity is raised to the minimum',
    spoil: request((one) => ({ quoteQuantity: one.quoteQuantity && Decimal.max(100, one.quoteQuantity) })),
  },
];
