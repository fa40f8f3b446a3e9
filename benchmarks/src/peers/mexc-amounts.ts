/** Of one run: enough for a time of some milliseconds. */
export const KLINE_CALLS = 20;
export const PUSHES = 50;
export const CREATES = 200;
