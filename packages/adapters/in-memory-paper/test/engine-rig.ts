import { type Instrument, MarginMode, OrderType, type PositionSide, Side } from '@prate/domain';
import { Chance } from '../src/engine/chance.ts';
import { Engine } from '../src/engine/engine.ts';
import type { Floor } from '../src/engine/floor.ts';
import type { MatchKind } from '../src/engine/market.ts';
import type { EngineAccount, EngineOrder, Seat, Ticket } from '../src/engine/model.ts';
import { type PaperRules, readRules } from '../src/options.ts';
import { instrumentOf } from './scripted-market.ts';

export interface Asked {
  readonly side?: Side;
  readonly type?: OrderType;
  readonly ticks?: number;
  readonly lots?: number;
  readonly reduces?: boolean;
  readonly leverage?: number;
  readonly marginMode?: MarginMode;
  readonly positionSide?: PositionSide | null;
}

/** An engine with one rich account at one symbol, driven without ports. */
export class EngineRig {
  readonly engine: Engine;
  readonly market: Floor;
  readonly account: EngineAccount;
  #names = 0;

  constructor(match: MatchKind, rules: Partial<PaperRules> = {}, instrument: Instrument = instrumentOf()) {
    this.engine = new Engine(readRules(rules), new Chance(7));
    this.market = this.engine.addMarket(instrument, match);
    this.account = this.engine.open('a', null);
    this.account.deposit('USDT', 10n ** 27n);
    this.market.calibrate(100);
  }

  place(asked: Asked, nowMs = 0): EngineOrder {
    this.#names += 1;
    return this.engine.place(ticketOf(this.account.seat(this.market), asked, `order-${this.#names}`), nowMs);
  }
}

export function ticketOf(seat: Seat, asked: Asked, clientOrderId: string): Ticket {
  return {
    seat,
    side: asked.side ?? Side.BUY,
    type: asked.type ?? (asked.ticks === undefined ? OrderType.MARKET : OrderType.LIMIT),
    ticks: asked.ticks ?? 0,
    lots: asked.lots ?? 10,
    positionSide: asked.positionSide ?? null,
    reduces: asked.reduces ?? false,
    reduceOnly: asked.reduces ?? false,
    leverage: asked.leverage ?? 10,
    marginMode: asked.marginMode ?? MarginMode.ISOLATED,
    clientOrderId,
    category: 'USER',
  };
}
