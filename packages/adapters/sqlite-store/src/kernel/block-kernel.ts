import type { CandleBase, CandleColumns } from '@prate/domain/candles';
import type { Opened } from '../block/decode.ts';
import { frameOf } from '../block/encode.ts';
import { Form, HEAD_BYTES, headBytes, Known, turnoverFactor } from '../block/head.ts';
import type { BlockKey } from '../block/seal.ts';
import { BLOCK_KERNEL_WASM } from './block-kernel-wasm.ts';
import * as memory from './layout.ts';

/** As much of it as is used: the libraries of a TypeScript without a browser do not declare it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
};

interface Global {
  readonly value: number;
}

/** What kernel/assembly/block-kernel.ts exports; addresses and counts are u32. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly volumeHigh: Global;
  readonly turnoverHigh: Global;
  prepare(): void;
  unpack(at: number, end: number, count: number, out: number): number;
  toPrices(count: number, base: number): void;
  toAmounts(count: number, high: number, volumeHigh: number, factor: number): void;
  fold(
    rows: number,
    first: number,
    allActive: number,
    base: number,
    width: number,
    offset: number,
    firstOpen: number,
    widthMs: number,
    volumeHigh: number,
    amounts: number,
    trades: number,
  ): number;
  foldRead(
    rows: number,
    first: number,
    width: number,
    offset: number,
    firstOpen: number,
    widthMs: number,
    amounts: number,
    trades: number,
  ): number;
  countUnknown(column: number, rows: number): number;
  split(rows: number, amounts: number, trades: number, factor: number): number;
  splitAmounts(count: number, difference: number): number;
  pack(source: number, count: number, at: number): number;
}

/** Buckets of equal slots, the first of which may have begun before the block. */
export interface Buckets {
  /** Slots per bucket. */
  readonly width: number;
  /** How many slots before the block the bucket of its first slot begins. */
  readonly offset: number;
  readonly firstOpen: number;
  readonly widthMs: number;
}

/** What fold() and foldEncoded() gave out: views that the next call overwrites. Of what is not known nothing is there. */
export type Folded = Pick<CandleColumns, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'trades'> & {
  readonly volume: Float64Array;
  readonly turnover: Float64Array;
  /** Rows per bucket. */
  readonly rows: Uint32Array;
};

/** Room behind a body for what the kernel reads or writes beyond it. */
const SLACK = 64;

/**
 * The hot loops of blocks in WebAssembly with SIMD. It takes the common forms (prices below 2^31, known or unknown
 * throughout, one source) and says so where a block is of another: then the plain codec does the work.
 */
export class BlockKernel {
  readonly #exports: Exports;
  readonly #bytes: Uint8Array;
  readonly #slots: Uint32Array;
  readonly #columns: readonly (readonly [keyof CandleColumns, Float64Array])[];
  #folded: Folded;
  #loaded: Opened | null = null;

  private constructor(exports: Exports) {
    this.#exports = exports;
    exports.prepare();
    const { buffer } = exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#slots = new Uint32Array(buffer, memory.SLOTS, memory.COLUMN_ROWS);
    this.#folded = columnsOf(buffer, memory.COLUMN_ROWS);
    const { open, high, low, close, volume, turnover, trades } = this.#folded;
    this.#columns = Object.entries({ open, high, low, close, volume, turnover, trades }) as never;
  }

  /** Null where there is no WebAssembly with SIMD, as under --jitless. */
  static make(): BlockKernel | null {
    try {
      const module = new WebAssembly.Module(Buffer.from(BLOCK_KERNEL_WASM, 'base64'));
      return new BlockKernel(new WebAssembly.Instance(module).exports as Exports);
    } catch {
      return null;
    }
  }

  /** A block's body but for its checksum; null where the plain codec has to write it, and for rows that are no candles. */
  encode(key: BlockKey, base: CandleBase): Uint8Array | null {
    const { rows } = base;
    if (!isNarrow(rows)) return null;
    for (const [name, column] of this.#columns) column.set(rows[name] as Float64Array);
    const kernel = this.#exports;
    const known = {
      turnoverKnown: this.#known(memory.TURNOVER_64, rows),
      tradesKnown: this.#known(memory.TRADES_64, rows),
    };
    if (known.turnoverKnown === Known.SOME || known.tradesKnown === Known.SOME) return null;
    if (known.turnoverKnown === Known.ALL && rows.turnoverDecimals === null) return null;
    const amounts = Number(known.turnoverKnown === Known.ALL);
    const trades = Number(known.tradesKnown === Known.ALL);
    const factor = turnoverFactor(rows);
    const active = kernel.split(rows.length, amounts, trades, factor ?? 0);
    if (active < 0) return null;
    const bits = this.#bytes.subarray(memory.ACTIVE, memory.ACTIVE + Math.ceil(rows.length / 8));
    const { head, sections } = frameOf(key, base, bits, active, known);
    let at = memory.BODY + HEAD_BYTES;
    for (const section of sections) {
      this.#bytes.set(section, at);
      at += section.length;
    }
    for (const column of [memory.OPEN, memory.CLOSE, memory.HIGH, memory.LOW, memory.VOLUME])
      at = kernel.pack(column, active, at);
    const wide = Boolean(kernel.volumeHigh.value);
    if (wide) at = kernel.pack(memory.VOLUME_HIGH, active, at);
    let turnover: Form = Form.PACKED;
    if (amounts === 1) ({ at, form: turnover } = this.#packTurnover(active, at, factor !== null));
    if (trades === 1) at = kernel.pack(memory.TRADES, active, at);
    const forms = { prices: Form.PACKED, volume: wide ? Form.WIDE : Form.PACKED, turnover, trades: Form.PACKED };
    this.#bytes.set(headBytes({ ...head, ...forms }), memory.BODY);
    return this.#bytes.slice(memory.BODY, at);
  }

  /** The first rows of what fold() or foldEncoded() gave out: made once for as many as the call before asked for. */
  folded(rows: number): Folded {
    if (this.#folded.rows.length !== rows) this.#folded = columnsOf(this.#bytes.buffer as ArrayBuffer, rows);
    return this.#folded;
  }

  /**
   * Aggregates the rows that encode() has just read in: what load() and fold() make of the body that it gave.
   * @param opened that body
   * @returns as fold; null also where its rows are of several sources
   */
  foldEncoded({ head, slots }: Opened, { width, offset, firstOpen, widthMs }: Buckets): number | null {
    if (head.source === null) return null;
    if (typeof slots !== 'number') this.#slots.set(slots);
    const count = this.#exports.foldRead(
      head.rows,
      typeof slots === 'number' ? slots : -1,
      width,
      offset,
      firstOpen,
      widthMs,
      Number(head.turnoverKnown === Known.ALL),
      Number(head.tradesKnown === Known.ALL),
    );
    return count < 0 ? null : count;
  }

  #known(column: number, { length }: CandleColumns): Known {
    const unknown = this.#exports.countUnknown(column, length);
    return unknown === 0 ? Known.ALL : unknown === length ? Known.NONE : Known.SOME;
  }

  /** As it is, or as the difference to what volume and prices let expect, whichever takes fewer bytes. */
  #packTurnover(active: number, at: number, hasFactor: boolean): { readonly at: number; readonly form: Form } {
    const kernel = this.#exports;
    const packed = (to: number): number => {
      const end = kernel.pack(memory.TURNOVER, active, to);
      return kernel.turnoverHigh.value ? kernel.pack(memory.TURNOVER_HIGH, active, end) : end;
    };
    kernel.splitAmounts(active, 0);
    const plain = kernel.turnoverHigh.value ? Form.WIDE : Form.PACKED;
    const plainEnd = packed(at);
    if (!hasFactor || kernel.splitAmounts(active, 1) === 0) return { at: plainEnd, form: plain };
    const form = kernel.turnoverHigh.value ? Form.WIDE_DIFFERENCE : Form.DIFFERENCE;
    const end = packed(plainEnd);
    if (end - plainEnd >= plainEnd - at) return { at: plainEnd, form: plain };
    this.#bytes.copyWithin(at, plainEnd, end);
    return { at: at + end - plainEnd, form };
  }

  /**
   * Unpacks a block, for fold().
   * @returns whether it is of the forms that this can read
   * @throws RangeError for what breaks the format
   */
  load(opened: Opened, body: Uint8Array): boolean {
    const { head, slots, actives } = opened;
    this.#loaded = null;
    if (!isCommon(opened) || body.length > memory.BODY_BYTES - SLACK) return false;
    this.#bytes.set(body, memory.BODY);
    if (typeof slots !== 'number') this.#slots.set(slots);
    if (actives !== null) this.#bytes.set(actives, memory.ACTIVE);
    const end = memory.BODY + body.length;
    let at = memory.BODY + opened.at;
    const unpack = (column: number): void => {
      at = this.#exports.unpack(at, end, head.active, column);
      if (at === 0) throw new RangeError('a packed column leaves its bounds');
    };
    for (const column of [memory.OPEN, memory.CLOSE, memory.HIGH, memory.LOW, memory.VOLUME]) unpack(column);
    if (head.volume === Form.WIDE) unpack(memory.VOLUME_HIGH);
    const wideTurnover = head.turnover === Form.WIDE || head.turnover === Form.WIDE_DIFFERENCE;
    if (head.turnoverKnown === Known.ALL) {
      unpack(memory.TURNOVER);
      if (wideTurnover) unpack(memory.TURNOVER_HIGH);
    }
    if (head.tradesKnown === Known.ALL) unpack(memory.TRADES);
    if (at !== end) throw new RangeError(`${end - at} bytes too many`);
    this.#exports.toPrices(head.active, head.base);
    if (head.turnoverKnown === Known.ALL) {
      const factor = head.turnover < Form.DIFFERENCE ? 0 : turnoverFactor(head);
      if (factor === null) throw new RangeError('turnover without a grid');
      this.#exports.toAmounts(head.active, Number(wideTurnover), Number(head.volume === Form.WIDE), factor);
    }
    this.#loaded = opened;
    return true;
  }

  /**
   * Aggregates the block that was loaded.
   * @returns how many rows of `folded` count; null when a sum needs more than 53 bits
   */
  fold({ width, offset, firstOpen, widthMs }: Buckets): number | null {
    if (this.#loaded === null) throw new TypeError('no block is loaded');
    const { head, slots, actives } = this.#loaded;
    const count = this.#exports.fold(
      head.rows,
      typeof slots === 'number' ? slots : -1,
      Number(actives === null),
      head.base,
      width,
      offset,
      firstOpen,
      widthMs,
      Number(head.volume === Form.WIDE),
      Number(head.turnoverKnown === Known.ALL),
      Number(head.tradesKnown === Known.ALL),
    );
    return count < 0 ? null : count;
  }
}

function columnsOf(buffer: ArrayBuffer, rows: number): Folded {
  const column = (at: number): Float64Array => new Float64Array(buffer, at, rows);
  return {
    openTime: column(memory.OPEN_TIME_64),
    open: column(memory.OPEN_64),
    high: column(memory.HIGH_64),
    low: column(memory.LOW_64),
    close: column(memory.CLOSE_64),
    volume: column(memory.VOLUME_64),
    turnover: column(memory.TURNOVER_64),
    trades: column(memory.TRADES_64),
    rows: new Uint32Array(buffer, memory.ROWS_32, rows),
  };
}

/** Whether the columns are of numbers that the kernel packs. */
function isNarrow({ priceDecimals, volumeDecimals, volume, turnover, length }: CandleColumns): boolean {
  const exact = priceDecimals !== null && volumeDecimals !== null && length > 0;
  return exact && volume instanceof Float64Array && turnover instanceof Float64Array;
}

function isCommon({ head }: Opened): boolean {
  return (
    head.source !== null &&
    head.prices === Form.PACKED &&
    head.volume <= Form.WIDE &&
    (head.turnoverKnown === Known.NONE ||
      (head.turnoverKnown === Known.ALL && head.turnover !== Form.DOUBLES && head.turnover !== Form.INT64)) &&
    (head.tradesKnown === Known.NONE || (head.tradesKnown === Known.ALL && head.trades === Form.PACKED)) &&
    Number.isInteger(head.base) &&
    head.base >= 0 &&
    head.base < 2 ** 31
  );
}
