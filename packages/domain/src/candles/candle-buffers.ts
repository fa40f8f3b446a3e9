/**
 * Arrays that one read after the other fills, so that no new memory is asked for: fresh memory costs more than reading.
 * What was read into them before is overwritten.
 */
export class CandleBuffers {
  openTime: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  turnover: Float64Array;
  trades: Float64Array;
  source: Uint8Array;
  coverage: Uint32Array;

  /** @param rows to begin with; they grow with what is read */
  constructor(rows = 0) {
    this.openTime = new Float64Array(rows);
    this.open = new Float64Array(rows);
    this.high = new Float64Array(rows);
    this.low = new Float64Array(rows);
    this.close = new Float64Array(rows);
    this.volume = new Float64Array(rows);
    this.turnover = new Float64Array(rows);
    this.trades = new Float64Array(rows);
    this.source = new Uint8Array(rows);
    this.coverage = new Uint32Array(rows);
  }

  /** Makes room for so many rows; where that needs larger arrays, nothing of what was read before is kept. */
  makeRoom(rows: number): void {
    if (rows > this.openTime.length) Object.assign(this, new CandleBuffers(rows));
  }
}
