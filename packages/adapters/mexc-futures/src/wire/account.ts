import type { DecimalText, Fields } from './fields.ts';

/** What the account holds of one currency. */
export interface WireAsset {
  readonly currency: string;
  /** Usable for new orders. */
  readonly availableBalance: DecimalText;
  /** Held by open orders. */
  readonly frozenBalance: DecimalText;
  /** Held by positions. */
  readonly positionMargin: DecimalText;
  readonly cashBalance: DecimalText | null;
  /** With unrealized profit; null in pushes. */
  readonly equity: DecimalText | null;
  readonly unrealized: DecimalText | null;
  readonly bonus: DecimalText;
}

export const readAsset = (asset: Fields): WireAsset => ({
  currency: asset.string('currency'),
  availableBalance: asset.decimal('availableBalance'),
  frozenBalance: asset.decimal('frozenBalance'),
  positionMargin: asset.decimal('positionMargin'),
  cashBalance: asset.decimalOr('cashBalance', null),
  equity: asset.decimalOr('equity', null),
  unrealized: asset.decimalOr('unrealized', null),
  bonus: asset.decimalOr('bonus', '0'),
});

/** What API trades of a contract cost, as shares of the value; `contract/detail` shows other fees. */
export interface WireFeeRate {
  readonly realMakerFee: DecimalText;
  readonly realTakerFee: DecimalText;
}

export const readFeeRate = (fee: Fields): WireFeeRate => ({
  realMakerFee: fee.decimal('realMakerFee'),
  realTakerFee: fee.decimal('realTakerFee'),
});

/** A position in queries and pushes; volumes are contracts. */
export interface WirePosition {
  readonly positionId: string;
  readonly symbol: string;
  /** WirePositionType */
  readonly positionType: number;
  /** WireOpenType */
  readonly openType: number;
  /** WirePositionState */
  readonly state: number;
  readonly leverage: number;
  readonly holdVol: DecimalText;
  /** Held by resting closes. */
  readonly frozenVol: DecimalText;
  readonly closeVol: DecimalText;
  /** Of what is held. */
  readonly holdAvgPrice: DecimalText;
  /** Of all that was opened. */
  readonly openAvgPrice: DecimalText;
  readonly closeAvgPrice: DecimalText;
  /** Null when there is none. */
  readonly liquidatePrice: DecimalText | null;
  /** Original and current initial margin. */
  readonly oim: DecimalText;
  readonly im: DecimalText;
  /** Funding, positive received. */
  readonly holdFee: DecimalText;
  /** With fees and funding. */
  readonly realised: DecimalText;
  /** Of what was closed, without fees; null where it is not told. */
  readonly closeProfitLoss: DecimalText | null;
  /** Unrealized profit at the fair price; in pushes only. */
  readonly pnl: DecimalText | null;
  readonly marginRatio: DecimalText | null;
  readonly autoAddIm: boolean | null;
  readonly version: number | null;
  /** Epoch ms. */
  readonly createTime: number | null;
  readonly updateTime: number | null;
}

export const readPosition = (position: Fields): WirePosition => ({
  positionId: position.id('positionId'),
  symbol: position.string('symbol'),
  positionType: position.integer('positionType'),
  openType: position.integer('openType'),
  state: position.integer('state'),
  leverage: position.integer('leverage'),
  holdVol: position.decimal('holdVol'),
  frozenVol: position.decimalOr('frozenVol', '0'),
  closeVol: position.decimalOr('closeVol', '0'),
  // the same with 18 decimals, where it comes
  holdAvgPrice: position.decimalOr('holdAvgPriceFullyScale', null) ?? position.decimal('holdAvgPrice'),
  openAvgPrice: position.decimalOr('openAvgPriceFullyScale', null) ?? position.decimalOr('openAvgPrice', '0'),
  closeAvgPrice: position.decimalOr('closeAvgPrice', '0'),
  liquidatePrice: positive(position.decimalOr('liquidatePrice', null)),
  oim: position.decimalOr('oim', '0'),
  im: position.decimalOr('im', '0'),
  holdFee: position.decimalOr('holdFee', '0'),
  realised: position.decimalOr('realised', '0'),
  closeProfitLoss: position.decimalOr('closeProfitLoss', null),
  pnl: position.decimalOr('pnl', null),
  marginRatio: position.decimalOr('marginRatio', null),
  autoAddIm: position.booleanOr('autoAddIm', null),
  version: position.integerOr('version', null),
  createTime: position.integerOr('createTime', null),
  updateTime: position.integerOr('updateTime', null),
});

const positive = (value: DecimalText | null): DecimalText | null =>
  value !== null && /[1-9]/.test(value) ? value : null;

export interface WireFundingRecord {
  readonly id: string;
  readonly symbol: string;
  /** WirePositionType */
  readonly positionType: number;
  readonly positionValue: DecimalText;
  /** Positive received, negative paid. */
  readonly funding: DecimalText;
  readonly rate: DecimalText;
  /** Epoch ms. */
  readonly settleTime: number;
}

export const readFundingRecord = (record: Fields): WireFundingRecord => ({
  id: record.id('id'),
  symbol: record.string('symbol'),
  positionType: record.integer('positionType'),
  positionValue: record.decimal('positionValue'),
  funding: record.decimal('funding'),
  rate: record.decimal('rate'),
  settleTime: record.integer('settleTime'),
});

/** Leverage of one direction of a contract. */
export interface WireLeverage {
  /** WirePositionType */
  readonly positionType: number;
  /** WireOpenType; null where it is not told. */
  readonly openType: number | null;
  readonly leverage: number;
  readonly level: number | null;
  readonly maxVol: DecimalText | null;
  readonly mmr: DecimalText | null;
  readonly imr: DecimalText | null;
}

export const readLeverage = (leverage: Fields): WireLeverage => ({
  positionType: leverage.integer('positionType'),
  openType: leverage.integerOr('openType', null),
  leverage: leverage.integer('leverage'),
  level: leverage.integerOr('level', null),
  maxVol: leverage.decimalOr('maxVol', null),
  mmr: leverage.decimalOr('mmr', null),
  imr: leverage.decimalOr('imr', null),
});

/** A push: the limits of one direction of a contract have changed. */
export interface WireRiskLimit {
  readonly symbol: string;
  /** WirePositionType */
  readonly positionType: number;
  readonly level: number | null;
  readonly maxVol: DecimalText | null;
  readonly maxLeverage: number | null;
  readonly mmr: DecimalText | null;
  readonly imr: DecimalText | null;
  readonly leverage: number | null;
  readonly openType: number | null;
}

export const readRiskLimit = (limit: Fields): WireRiskLimit => ({
  symbol: limit.string('symbol'),
  positionType: limit.integer('positionType'),
  level: limit.integerOr('level', null),
  maxVol: limit.decimalOr('maxVol', null),
  maxLeverage: limit.integerOr('maxLeverage', null),
  mmr: limit.decimalOr('mmr', null),
  imr: limit.decimalOr('imr', null),
  leverage: limit.integerOr('leverage', null),
  openType: limit.integerOr('openType', null),
});

/** A push: how near a position is to being deleveraged, 1 to 5. */
export interface WireAdlLevel {
  readonly positionId: string;
  readonly adlLevel: number;
}

export const readAdlLevel = (level: Fields): WireAdlLevel => ({
  positionId: level.id('positionId'),
  adlLevel: level.integer('adlLevel'),
});

/** A push: the account's WirePositionMode is another. */
export interface WireModeChange {
  readonly positionMode: number;
}

export const readModeChange = (change: Fields): WireModeChange => ({ positionMode: change.integer('positionMode') });
