/**
 * Where things lie in the kernel's memory, in bytes: read by kernel/assembly/block-kernel.ts too, which is compiled to
 * WebAssembly. Numbers alone, so that both languages can read it.
 *
 * Columns are 320 bytes more than a multiple of 4096 apart: were they a whole one, the same entry of all would lie in the
 * same set of the processor's cache, and a load would wait for a store to another column.
 */

/** A column holds the rows of one block (3600 at most), and room for what vectors of four write beyond the last. */
export const COLUMN_ROWS = 4096;

/** The body of a block, read or written. Vectors and the bit reader may read a little beyond it. */
export const BODY = 1024;
export const BODY_BYTES = 393_216;

/** Columns of u32 or i32, one entry per active row. */
export const OPEN = 394_240;
export const CLOSE = 410_944;
export const HIGH = 427_648;
export const LOW = 444_352;
export const VOLUME = 461_056;
export const VOLUME_HIGH = 477_760;
export const TURNOVER = 494_464;
export const TURNOVER_HIGH = 511_168;
export const TRADES = 527_872;
/** The slot of each row within its block. */
export const SLOTS = 544_576;
/** One bit per row: whether it is active; 512 bytes. */
export const ACTIVE = 561_280;

/** Columns of f64, one entry per row read in or bucket given out. */
export const OPEN_TIME_64 = 562_368;
export const OPEN_64 = 595_456;
export const HIGH_64 = 628_544;
export const LOW_64 = 661_632;
export const CLOSE_64 = 694_720;
export const VOLUME_64 = 727_808;
export const TURNOVER_64 = 760_896;
export const TRADES_64 = 793_984;
/** Turnover per active row, f64. */
export const AMOUNTS = 827_072;
/** Rows per bucket, u32. */
export const ROWS_32 = 860_160;
/** Scratch space of pack(), 1024 bytes. */
export const SCRATCH = 876_864;
/** What prepare() makes, 256 bytes. */
export const ORDERS = 877_888;
