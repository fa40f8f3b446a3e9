import { DiagConsoleLogger, diag, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type Logger, silentLogger } from '@prate/runtime';
import { afterEach, expect, it } from 'vitest';
import { Secrets } from '../../src/secrets.ts';
import { openTraces } from '../../src/session/traces.ts';
import { tradesCsv } from '../support/data.ts';
import { Desk } from '../support/desk.ts';

afterEach(() => trace.disable());

it('without an SDK nothing is put around the account, whatever else is registered', async () => {
  expect(await openTraces(new Secrets(), silentLogger)).toBeNull();
  diag.setLogger(new DiagConsoleLogger());
  expect(await openTraces(new Secrets(), silentLogger)).toBeNull();
  diag.disable();
});

it('an SDK on an API that is too old traces nothing, which is said', async () => {
  const registry = Symbol.for('opentelemetry.js.api.1');
  const before = Object.getOwnPropertyDescriptor(globalThis, registry);
  Object.defineProperty(globalThis, registry, { value: { version: '1.9.1', trace: {} }, configurable: true });
  const warnings: unknown[] = [];
  const log: Logger = { ...silentLogger, warn: (...told: unknown[]) => void warnings.push(told) };
  expect(await openTraces(new Secrets(), log)).toBeNull();
  expect(warnings).toEqual([
    [{ api: '1.9.1' }, expect.stringMatching(/^no traces: .* older than @opentelemetry\/api 1\.10/)],
  ]);
  Reflect.deleteProperty(globalThis, registry);
  if (before !== undefined) Object.defineProperty(globalThis, registry, before);
});

it('a session with an SDK is the same session, and its calls are spans, those of its end too', async () => {
  using desk = new Desk().write({ 't.csv': tradesCsv(500) });
  const play = (): Promise<{ readonly orders: number }> => desk.json('up --source t.csv --symbols S --no-report');
  const plain = await play();
  expect(plain.orders).toBeGreaterThan(0);
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  expect(await play()).toEqual(plain);
  const names = exporter.getFinishedSpans().map(({ name }) => name);
  const isOrder = (name: string): boolean => ['execution.createOrder', 'execution.closePosition'].includes(name);
  expect(names.filter(isOrder)).toHaveLength(plain.orders);
  expect(names[0]).toBe('execution.connect');
  expect(names.at(-1)).toBe('execution.disconnect');
});

it.each([
  ['never answers', () => new Promise<void>(() => {})],
  ['fails', () => Promise.reject(new Error('no collector'))],
])('an SDK whose collector %s holds no session up', async (_, forceFlush) => {
  const provider = new TracerProvider();
  provider.forceFlush = forceFlush;
  trace.setGlobalTracerProvider(provider);
  const traces = await openTraces(new Secrets(), silentLogger);
  expect(await traces?.flush()).toBeUndefined();
});
