/** fast-check parameters: a fixed seed in the short mode; a random one and 100 times as many cases with PRATE_LONG=1. */
export function cases(short: number): { readonly numRuns: number; readonly seed?: number } {
  return process.env['PRATE_LONG'] === '1' ? { numRuns: short * 100 } : { numRuns: short, seed: 20_260_101 };
}
