import { Decimal, MarginMode, PositionSide } from '@prate/domain';
import type { AccountPosition } from '../backend/account-values.ts';
import type { Contract } from '../backend/market-values.ts';
import { cutMoney, priceOf, worthOf } from './worth.ts';

const ZERO = new Decimal(0);

/** A position as it changes. Values, margins and profits are in the settlement coin. */
export class Holding {
  readonly id: number;
  readonly contract: Contract;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly createdAt: number;
  leverage: number;
  volume: Decimal = ZERO;
  /** Value at entry of what is held. */
  cost: Decimal = ZERO;
  margin: Decimal = ZERO;
  funding: Decimal = ZERO;
  closedPnl: Decimal = ZERO;
  fees: Decimal = ZERO;
  autoAddMargin = false;
  updatedAt: number;
  #version = 0;
  #openedVolume = ZERO;
  #openedValue = ZERO;
  #closedVolume = ZERO;
  #closedValue = ZERO;
  #originalMargin = ZERO;

  constructor(parts: {
    readonly id: number;
    readonly contract: Contract;
    readonly side: PositionSide;
    readonly marginMode: MarginMode;
    readonly leverage: number;
    readonly time: number;
  }) {
    this.id = parts.id;
    this.contract = parts.contract;
    this.side = parts.side;
    this.marginMode = parts.marginMode;
    this.leverage = parts.leverage;
    this.createdAt = parts.time;
    this.updatedAt = parts.time;
  }

  /** What its margin is without any that was added. */
  get initialMargin(): Decimal {
    return cutMoney(this.cost.div(this.leverage));
  }

  touch(time: number): void {
    this.#version += 1;
    this.updatedAt = time;
  }

  add(price: Decimal, volume: Decimal): void {
    const value = worthOf(this.contract, price, volume);
    const margin = cutMoney(value.div(this.leverage));
    this.volume = this.volume.plus(volume);
    this.cost = this.cost.plus(value);
    this.margin = this.margin.plus(margin);
    this.#originalMargin = this.#originalMargin.plus(margin);
    this.#openedVolume = this.#openedVolume.plus(volume);
    this.#openedValue = this.#openedValue.plus(value);
  }

  /** Gives up a part, and with it the same part of cost and margin; returns the profit. */
  reduce(price: Decimal, volume: Decimal): Decimal {
    const all = volume.eq(this.volume);
    const cost = all ? this.cost : cutMoney(this.cost.mul(volume).div(this.volume));
    const margin = all ? this.margin : cutMoney(this.margin.mul(volume).div(this.volume));
    const value = worthOf(this.contract, price, volume);
    const profit = this.#gain(cost, value);
    this.volume = this.volume.minus(volume);
    this.cost = this.cost.minus(cost);
    this.margin = this.margin.minus(margin);
    this.closedPnl = this.closedPnl.plus(profit);
    this.#closedVolume = this.#closedVolume.plus(volume);
    this.#closedValue = this.#closedValue.plus(value);
    return profit;
  }

  unrealizedPnl(fairPrice: Decimal): Decimal {
    if (this.volume.isZero() || fairPrice.isZero()) return ZERO;
    return this.#gain(this.cost, worthOf(this.contract, fairPrice, this.volume));
  }

  snapshot(fairPrice: Decimal, frozenVolume: Decimal): AccountPosition {
    const { contract } = this;
    const unrealizedPnl = this.unrealizedPnl(fairPrice);
    const maintenance = this.cost.mul(contract.tiers[0]?.maintenanceMarginRate ?? ZERO);
    const worth = this.margin.plus(unrealizedPnl);
    return {
      id: this.id,
      symbol: contract.symbol,
      side: this.side,
      marginMode: this.marginMode,
      leverage: this.leverage,
      open: !this.volume.isZero(),
      heldVolume: this.volume,
      frozenVolume,
      closedVolume: this.#closedVolume,
      heldAveragePrice: priceOf(contract, this.cost, this.volume),
      openAveragePrice: priceOf(contract, this.#openedValue, this.#openedVolume),
      closeAveragePrice: priceOf(contract, this.#closedValue, this.#closedVolume),
      liquidationPrice: this.#liquidationPrice(maintenance),
      originalMargin: this.#originalMargin,
      margin: this.margin,
      autoAddMargin: this.autoAddMargin,
      funding: this.funding,
      closedPnl: this.closedPnl,
      fees: this.fees,
      unrealizedPnl,
      marginRatio: worth.gt(0) ? maintenance.div(worth) : ZERO,
      version: this.#version,
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
    };
  }

  /** From a value at entry to a value at exit. What a coin-margined contract is worth falls as its price rises. */
  #gain(entry: Decimal, exit: Decimal): Decimal {
    const rise = exit.minus(entry);
    return (this.side === PositionSide.LONG) === this.contract.inverse ? rise.neg() : rise;
  }

  /** Isolated and linear, by the form of section 12.4; 0 for what has no such form. */
  #liquidationPrice(maintenance: Decimal): Decimal {
    const { contract, cost, volume, leverage } = this;
    if (contract.inverse || this.marginMode === MarginMode.CROSS || volume.isZero()) return ZERO;
    const size = volume.mul(contract.contractSize);
    const sign = this.side === PositionSide.LONG ? 1 : -1;
    const bankrupt = cost.mul(new Decimal(1).minus(new Decimal(sign).div(leverage)));
    const room = this.margin.minus(maintenance).minus(bankrupt.mul(contract.liquidationFeeRate));
    const price = cost.minus(room.mul(sign)).div(size);
    return Decimal.max(price.div(contract.tickSize).round().mul(contract.tickSize), 0);
  }
}
