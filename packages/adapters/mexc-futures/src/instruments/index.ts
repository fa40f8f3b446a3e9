export { type ContractResized, InstrumentTable, type InstrumentTableOptions } from './instrument-table.ts';
export { API_FEES, ContractStatus, type FeeShares, type MexcInstrument, toInstrument } from './mexc-instrument.ts';
