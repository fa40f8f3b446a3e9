import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly minutes: number;
  readonly symbols: readonly string[];
  /** Trades a second, of all symbols together. */
  readonly rate: number;
  readonly dropEveryMs: number;
  readonly seed: number;
  /** Whether docs/reliability.md is written. */
  readonly publish: boolean;
  /** For whoever looks for what is slow: where the session's CPU profile goes. */
  readonly profile: string | null;
}

export const HELP = `npm run soak -- [--minutes 30] [--symbols 100] [--rate 2000] [--drop-every 2m] [--seed 1] [--publish] [--profile FOLDER]
A run that is too short for three drops at their usual pace has one every third of it.`;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

/**
 * @returns null when help was asked for
 * @throws Error that says what would be right
 */
export function readOptions(args: readonly string[]): SoakOptions | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ minutes: text, symbols: text, rate: text, 'drop-every': text, seed: text, profile: text },
      ...{ publish: flag, help: flag },
    },
  });
  if (values.help === true) return null;
  const minutes = number('minutes', values.minutes ?? '30', 1, 24 * 60);
  const count = number('symbols', values.symbols ?? '100', 1, 1000);
  return {
    minutes,
    symbols: Array.from({ length: count }, (_, i) => `S${String(i + 1).padStart(3, '0')}_USDT`),
    rate: number('rate', values.rate ?? '2000', 1, 100_000),
    dropEveryMs: Math.min(duration(values['drop-every'] ?? '2m'), (minutes * 60_000) / 3),
    seed: number('seed', values.seed ?? '1', 0, 2 ** 32 - 1),
    publish: values.publish === true,
    profile: values.profile ?? null,
  };
}

function number(name: string, said: string, least: number, most: number): number {
  if (/^\d+$/.test(said) && Number(said) >= least && Number(said) <= most) return Number(said);
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not '${said}'`);
}

function duration(said: string): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(said) ?? [];
  const ms = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  // what a loss takes is fetched for some 20 s afterwards
  if (ms >= 30_000) return ms;
  throw new Error(`--drop-every is a duration of 30 s at least, such as 90s or 2m, not '${said}'`);
}
