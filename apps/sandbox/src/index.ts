export { addSandboxFlags, optionsOf, SANDBOX_HELP, type SandboxFlags } from './flags.ts';
export { runSandbox } from './run-sandbox.ts';
export { type RunningSandbox, type SandboxOptions, type SandboxReady, startSandbox } from './start-sandbox.ts';
