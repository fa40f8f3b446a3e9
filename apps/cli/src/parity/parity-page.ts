import type { ParityResult } from './run-parity.ts';
export const parityPage = (_result: ParityResult, title: string): string => title;
