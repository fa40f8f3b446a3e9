/** What the exit code of every command means. */
export const ExitCode = {
  OK: 0,
  FAILED: 1,
  USAGE: 2,
  /** Done, but not all of it, or perhaps: rows were left out, gaps remain, damage beside sound data, an order whose fate is not known. */
  PARTIAL: 3,
  /** Keys are missing, wrong, expired, or may not do this. */
  AUTH: 4,
  INTERRUPTED: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
