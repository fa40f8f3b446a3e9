/** What the exit code of every command means. */
export const ExitCode = {
  OK: 0,
  FAILED: 1,
  USAGE: 2,
  /** Done, but not all of it: rows were left out, gaps remain, a fault was found beside sound data. */
  PARTIAL: 3,
  AUTH: 4,
  INTERRUPTED: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
