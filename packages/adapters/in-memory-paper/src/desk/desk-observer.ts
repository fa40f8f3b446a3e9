import type { AccountObserver, EngineAccount } from '../engine/model.ts';
import { deskAsset, deskFill, deskOrder, deskPosition } from './desk-views.ts';
import type { DeskEvent } from './paper-desk.ts';

/** What the engine tells, in the desk's words and MEXC's order. */
export function deskObserver(account: EngineAccount, tell: (event: DeskEvent) => void): AccountObserver {
  const tellAsset = (asset: string): void => tell({ kind: 'asset', asset: deskAsset(account, asset) });
  return {
    order: (order) => tell({ kind: 'order', order: deskOrder(order) }),
    fill(fill, { closed, opened }) {
      tell({ kind: 'order', order: deskOrder(fill.order) });
      tell({ kind: 'fill', fill: deskFill(fill) });
      if (closed !== null) tell({ kind: 'position', position: deskPosition(closed) });
      if (opened !== null) tell({ kind: 'position', position: deskPosition(opened) });
      tellAsset(fill.order.seat.wallet.asset);
    },
    position: (position) => tell({ kind: 'position', position: deskPosition(position) }),
    asset: tellAsset,
    positionMode: (mode) => tell({ kind: 'positionMode', mode }),
    trigger: tell,
    attached: (order) => tell({ kind: 'attachedStop', order: deskOrder(order) }),
  };
}
