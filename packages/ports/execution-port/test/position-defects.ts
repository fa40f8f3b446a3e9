import { Decimal } from '@prate/domain';
import { balance, type Defect, deaf, fill, position, request } from './spoil.ts';

export const positionDefects: readonly Defect[] = [
  { id: 'EX-P10', what: 'getPositions is empty', spoil: () => ({ getPositions: async () => [] }) },
  {
    id: 'EX-P12',
    what: 'the quantity of a SHORT position is below 0',
    spoil: position((one) => ({ ...one, quantity: one.quantity.mul(one.positionSide === 'SHORT' ? -1 : 1) })),
  },
  {
    id: 'EX-P14',
    what: 'the entry price is the last price',
    spoil: position((one) => ({ ...one, entryPrice: one.markPrice })),
  },
  {
    id: 'EX-P16',
    what: 'nothing is realized before the end',
    spoil: position((one) => ({ ...one, realizedPnl: new Decimal(0) })),
  },
  {
    id: 'EX-P18',
    what: 'a sell only ever closes',
    spoil: request((one) => (one.side === 'SELL' ? { quantity: Decimal.min(one.quantity ?? 0, '0.4') } : {})),
  },
  {
    id: 'EX-P20',
    what: 'a SHORT position gains as the price rises',
    spoil: position((one) => ({ ...one, unrealizedPnl: one.markPrice.minus(one.entryPrice).mul(one.quantity) })),
  },
  {
    id: 'EX-P30',
    what: 'closePosition closes half',
    spoil: (port) => ({
      async closePosition(one) {
        const held = await port.getPosition(one.symbol);
        if (held === null) return { kind: 'noPosition' };
        const half = held.quantity.div(2);
        return port.createOrder({ ...one, side: 'SELL', type: 'MARKET', quantity: half, reduceOnly: true });
      },
    }),
  },
  {
    id: 'EX-P40',
    what: 'equity leaves out the unrealized profit',
    spoil: balance((one) => ({ ...one, equity: one.total })),
  },
  {
    id: 'EX-P42',
    what: 'every asset has the same balance',
    spoil: (port) => ({ getBalance: (_, options) => port.getBalance(undefined, options) }),
  },
  {
    id: 'EX-P44',
    what: 'a fill tells no fee',
    spoil: fill((trade) => ({ fee: { ...trade.fee, amount: new Decimal(0) } })),
  },
  {
    id: 'EX-P60',
    what: 'a positionSide too many is dropped',
    spoil: (port) => ({
      async createOrder(one, options) {
        const first = await port.createOrder(one, options);
        return first.kind === 'rejected' ? port.createOrder({ ...one, positionSide: undefined }, options) : first;
      },
    }),
  },
  {
    id: 'EX-P62',
    what: 'getPosition ignores the side',
    spoil: (port) => ({ getPosition: (symbol, _, options) => port.getPosition(symbol, undefined, options) }),
  },
  deaf('EX-P90', 'getPositions', (port) => () => port.getPositions()),
  deaf('EX-P91', 'getPosition', (port) => (symbol, side) => port.getPosition(symbol, side)),
  deaf('EX-P92', 'closePosition', (port) => (one) => port.closePosition(one)),
  deaf('EX-P93', 'getBalance', (port) => (asset) => port.getBalance(asset)),
  deaf('EX-P94', 'getBalances', (port) => () => port.getBalances()),
];
