/**
 * Prices below this, in ticks, are compared as 32-bit integers, by the sign of their difference: which of two is the larger
 * no processor can guess, and a wrong guess costs more than the rest of the work on a trade.
 */
export const SMALL_PRICE: number = 2 ** 30;

/** Of two whole numbers from 0 up to `SMALL_PRICE`. */
export const larger = (a: number, b: number): number => {
  const above = b - a;
  return (a + (above & ~(above >> 31))) | 0;
};

/** Of two whole numbers from 0 up to `SMALL_PRICE`. */
export const smaller = (a: number, b: number): number => {
  const below = b - a;
  return (a + (below & (below >> 31))) | 0;
};
