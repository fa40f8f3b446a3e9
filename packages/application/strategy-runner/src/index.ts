export { applyEndPolicy, type EndPolicy } from './end-policy.ts';
export { EndPolicyError, RunStoppedError, StrategyError, StrategyTooSlowError } from './errors.ts';
export type { RunProblem, RunReport } from './run-report.ts';
export type { StrategyRunnerOptions } from './runner-options.ts';
export * from './strategies/index.ts';
export * from './strategy.ts';
export * from './strategy-runner.ts';
export * from './to-strategy.ts';
export * from './tokens.ts';
