import { Decimal } from '@prate/domain';
import { type Defect, history, settings } from './spoil.ts';

const nothing = async (): Promise<void> => {};

export const facetDefects: readonly Defect[] = [
  { id: 'EX-S10', what: 'a leverage is not kept', spoil: settings(() => ({ setLeverage: nothing })) },
  {
    id: 'EX-S12',
    what: 'an illegal leverage is let by',
    spoil: settings((facet) => ({ setLeverage: (...all) => facet.setLeverage(...all).catch(nothing) })),
  },
  { id: 'EX-S20', what: 'a margin mode is not kept', spoil: settings(() => ({ setMarginMode: nothing })) },
  { id: 'EX-S30', what: 'a position mode is not kept', spoil: settings(() => ({ setPositionMode: nothing })) },
  { id: 'EX-S40', what: 'margin is not added', spoil: settings(() => ({ addMargin: nothing })) },
  {
    id: 'EX-S42',
    what: 'a refused margin is let by',
    spoil: settings((facet) => ({ addMargin: (...all) => facet.addMargin(...all).catch(nothing) })),
  },
  {
    id: 'EX-S90',
    what: 'getPositionMode ignores the signal',
    spoil: settings((facet) => ({ getPositionMode: () => facet.getPositionMode() })),
  },
  {
    id: 'EX-H10',
    what: 'oldest first',
    spoil: history((facet) => ({ getOrders: async (...all) => [...(await facet.getOrders(...all))].reverse() })),
  },
  {
    id: 'EX-H20',
    what: 'oldest first',
    spoil: history((facet) => ({ getTrades: async (...all) => [...(await facet.getTrades(...all))].reverse() })),
  },
  {
    id: 'EX-H30',
    what: 'the end of the range belongs to it',
    spoil: history((facet) => ({
      getTrades: (query, options) =>
        facet.getTrades({ ...query, to: query.to === undefined ? undefined : query.to + 1 }, options),
    })),
  },
  {
    id: 'EX-H40',
    what: 'the fee rates are zeros',
    spoil: history(() => ({ getFees: async () => ({ maker: new Decimal(0), taker: new Decimal(0) }) })),
  },
  {
    id: 'EX-H90',
    what: 'getFundingPayments ignores the signal',
    spoil: history((facet) => ({ getFundingPayments: (query) => facet.getFundingPayments(query) })),
  },
];
