/**
 * One rule of a port, as data: `run` throws when the adapter breaks it. No test runner is known here, so that a suite can
 * be run, scored and tested like any other code.
 */
export interface ConformanceCase<Context, Capability extends string = string> {
  /** Stable; ids leave gaps for later cases. */
  readonly id: string;
  /** What must hold, in one sentence. */
  readonly rule: string;
  /** Declared capabilities that the case needs; where one lacks, the case is skipped by name. */
  readonly requires?: readonly Capability[];
  run(context: Context): Promise<void>;
}

/** How an adapter is set up anew for each case. */
export interface ConformanceHarness<Context, Capability extends string = string> {
  /** What this adapter can do, in the words of the suite. */
  readonly capabilities: readonly Capability[];
  setup(): Promise<Context>;
  teardown?(context: Context): Promise<void>;
}

/** The capability that a case needs and the harness lacks, or null when the case applies. */
export function missingCapability<Context, Capability extends string>(
  testCase: ConformanceCase<Context, Capability>,
  harness: ConformanceHarness<Context, Capability>,
): Capability | null {
  return testCase.requires?.find((capability) => !harness.capabilities.includes(capability)) ?? null;
}

/** Runs one case on a fresh context; rejects when the rule is broken. */
export async function runCase<Context, Capability extends string>(
  testCase: ConformanceCase<Context, Capability>,
  harness: ConformanceHarness<Context, Capability>,
): Promise<void> {
  const context = await harness.setup();
  try {
    await testCase.run(context);
  } catch (error) {
    await harness.teardown?.(context).catch(() => {}); // the broken rule is the news, not what it left behind
    throw error;
  }
  await harness.teardown?.(context);
}
