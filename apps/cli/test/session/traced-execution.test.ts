import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { NotConnectedError } from '@prate/domain';
import type { CreateOutcome, ExecutionPort, OrderRequest } from '@prate/execution-port';
import { executionPortCases } from '@prate/execution-port/conformance';
import { InMemoryPaperExecution, PaperExchange } from '@prate/in-memory-paper';
import { AsyncQueue, ManualClock, seededRandom } from '@prate/runtime';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { paperHarness } from '../../../../packages/adapters/in-memory-paper/test/paper-harness.ts';
import { instrumentOf, ScriptedMarket } from '../../../../packages/adapters/in-memory-paper/test/scripted-market.ts';
import { Secrets } from '../../src/secrets.ts';
import { tracedExecution } from '../../src/session/traced-execution.ts';

const SECRET = 'sk-9f86d081884c7d65';
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = provider.getTracer('test');
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const secrets = new Secrets().add(SECRET);
const traced = (port: ExecutionPort): ExecutionPort => tracedExecution(port, tracer, secrets);

const LIMIT: OrderRequest = { symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', price: '30000', quantity: '0.02' };

async function opened(change: Partial<ExecutionPort> = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const market = new ScriptedMarket(clock, ['tradeStream', 'orderBookStream'], [instrumentOf()]);
  const exchange = new PaperExchange({ market, clock, random: seededRandom(1), balance: { USDT: 100_000 } });
  const account = exchange.account('a');
  const port = traced(Object.keys(change).length === 0 ? account : changed(account, change));
  await port.connect();
  market.setBook([[39_999, 10]], [[40_001, 10]]);
  exporter.reset();
  return { account, market, port };
}

type Refused = Extract<CreateOutcome, { kind: 'rejected' }>;

/** The same account with other answers. */
const changed = (account: ExecutionPort, change: Partial<ExecutionPort>): ExecutionPort =>
  new Proxy(account, {
    get: (real, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(change, name) ? change : real, name);
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });

const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
const told = (): unknown[] => spans().map(({ name, attributes }) => ({ name, ...attributes }));
const last = (): ReadableSpan => spans().at(-1) as ReadableSpan;

beforeEach(() => exporter.reset());
afterAll(async () => {
  context.disable();
  await provider.shutdown();
});

describe('what a span tells', () => {
  it('a call of the port is one span: what was asked, and what became of it', async () => {
    const { port } = await opened();
    const outcome = await port.createOrder(LIMIT);
    const id = outcome.kind === 'accepted' ? outcome.order.id : '';
    await port.getOpenOrders('BTC_USDT');
    await port.cancelOrder({ symbol: 'BTC_USDT', orderId: id });
    await port.cancelAllOrders();
    const order = { 'prate.venue': 'paper', 'prate.symbol': 'BTC_USDT', 'prate.order.id': id };
    expect(told()).toEqual([
      {
        ...{ name: 'execution.createOrder', ...order },
        ...{ 'prate.side': 'BUY', 'prate.order.type': 'LIMIT', 'prate.outcome': 'accepted' },
      },
      { name: 'execution.getOpenOrders', 'prate.venue': 'paper', 'prate.symbol': 'BTC_USDT', 'prate.results': 1 },
      { name: 'execution.cancelOrder', ...order, 'prate.outcome': 'cancelled' },
      { name: 'execution.cancelAllOrders', 'prate.venue': 'paper', 'prate.results': 0 },
    ]);
    expect(spans().every(({ status, events }) => status.code === SpanStatusCode.UNSET && events.length === 0)).toBe(
      true,
    );
  });

  it('a batch tells how many were asked, and which outcomes there were', async () => {
    const { port } = await opened();
    await port.createOrders([LIMIT, { ...LIMIT, symbol: 'NONE_USDT' }, LIMIT]);
    expect(told()).toEqual([
      {
        ...{ name: 'execution.createOrders', 'prate.venue': 'paper', 'prate.requests': 3, 'prate.results': 3 },
        'prate.outcome': 'accepted,rejected',
      },
    ]);
  });

  it('calls of the facets are spans too', async () => {
    const { port } = await opened();
    await port.settings?.setLeverage('BTC_USDT', 5);
    const trigger = { kind: 'stop', price: '20000', direction: 'FALLS_TO' } as const;
    await port.triggers?.create({ symbol: 'BTC_USDT', side: 'SELL', quantity: '0.02', trigger });
    await port.history?.getOrders({ symbol: 'BTC_USDT' });
    const symbol = { 'prate.venue': 'paper', 'prate.symbol': 'BTC_USDT' };
    expect(told()).toEqual([
      { name: 'execution.settings.setLeverage', ...symbol },
      expect.objectContaining({
        ...{ name: 'execution.triggers.create', ...symbol },
        ...{ 'prate.side': 'SELL', 'prate.trigger.kind': 'stop' },
      }),
      { name: 'execution.history.getOrders', ...symbol, 'prate.results': 0 },
    ]);
  });

  it('a refusal of the venue is an outcome with its reason, and no error', async () => {
    const { port } = await opened();
    await port.createOrder({ ...LIMIT, symbol: 'NONE_USDT' });
    expect(last().attributes).toMatchObject({ 'prate.outcome': 'rejected', 'prate.reject.reason': 'UNKNOWN_SYMBOL' });
    expect(last().status.code).toBe(SpanStatusCode.UNSET);
  });

  it('not to know what became of an order is an error, by the code of its cause; in a batch too', async () => {
    const unknown = {
      kind: 'unknown',
      clientOrderId: 'c1',
      cause: new NotConnectedError('the reply was lost'),
    } as never;
    const { port } = await opened({ createOrder: async () => unknown, createOrders: async () => [unknown] });
    await port.createOrder(LIMIT);
    await port.createOrders([LIMIT]);
    expect(spans()).toHaveLength(2);
    for (const { attributes, status } of spans()) {
      expect(attributes).toMatchObject({ 'prate.outcome': 'unknown', 'error.type': 'NOT_CONNECTED' });
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
    }
  });

  it.each([
    ['its code', new NotConnectedError('at https://u:p@host'), 'NOT_CONNECTED'],
    ['its name', new TypeError('no'), 'TypeError'],
    ['what it is', 'no error at all', 'string'],
    ['what it is', undefined, 'undefined'],
  ])('a failure is told by %s alone, and is the same failure: %s', async (_, error, code) => {
    const { port } = await opened({ getBalance: () => Promise.reject(error) });
    const thrown = await port.getBalance().catch((caught: unknown) => ({ caught }));
    expect(thrown).toEqual({ caught: error });
    expect(last().attributes).toEqual({ 'prate.venue': 'paper', 'error.type': code });
    expect(last().status).toEqual({ code: SpanStatusCode.ERROR });
    expect(last().events).toEqual([]);
  });

  it('a known secret is in no span, wherever it stood; long values are cut', async () => {
    class Leak extends Error {
      readonly code = `bad key ${SECRET}`;
    }
    const { port } = await opened({ getBalances: () => Promise.reject(new Leak(`signed with ${SECRET}`)) });
    await port.createOrder({ ...LIMIT, symbol: `A${SECRET}`, clientOrderId: SECRET as never });
    await port.cancelOrder({ symbol: 'BTC_USDT', orderId: SECRET });
    await port.getBalances().catch(() => {});
    await port.getPosition('X'.repeat(1000));
    expect(spans()).toHaveLength(4);
    const everything = JSON.stringify(
      spans().map(({ name, attributes, status, events }) => [name, attributes, status, events]),
    );
    expect(everything).not.toContain(SECRET);
    expect(everything).toContain('A[hidden]');
    expect(last().attributes['prate.symbol']).toBe('X'.repeat(64));
  });
});

describe('where a span belongs', () => {
  it("the caller's span is its parent, and it is the parent of what the call does", async () => {
    let within: Span | undefined;
    const { port } = await opened({
      async getPositions() {
        await Promise.resolve();
        within = trace.getActiveSpan();
        return [];
      },
    });
    await tracer.startActiveSpan('callback', async (outer) => {
      await port.getPositions();
      outer.end();
    });
    const [call, caller] = spans();
    expect(call?.parentSpanContext?.spanId).toBe(caller?.spanContext().spanId);
    expect(within?.spanContext().spanId).toBe(call?.spanContext().spanId);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('what the streams tell later belongs to no call, though connecting began them', async () => {
    let within: Span | undefined;
    const { port } = await opened({
      async connect() {
        within = trace.getActiveSpan();
      },
    });
    expect(within).toBeUndefined();
    await port.connect();
    expect(told()).toEqual([{ name: 'execution.connect', 'prate.venue': 'paper' }]);
  });
});

describe('the same port', () => {
  it('data, events and what cannot fail are as they were, and no spans', async () => {
    const { account, port } = await opened();
    expect(port).toBeInstanceOf(InMemoryPaperExecution);
    expect([port.venue, port.capabilities]).toEqual([account.venue, account.capabilities]);
    expect(port.isConnected()).toBe(true);
    expect(port.events()).toBeInstanceOf(AsyncQueue); // a replay hears its events in the moment they are told
    expect(spans()).toEqual([]);
  });

  it('a facet that the venue does not have is null; one that is there, and a method, is the same each time', async () => {
    expect((await opened({ triggers: null })).port.triggers).toBeNull();
    const { port } = await opened();
    expect(port.settings).toBe(port.settings);
    const { getOpenOrders } = port;
    expect(port.getOpenOrders).toBe(getOpenOrders);
    expect(await getOpenOrders()).toEqual([]);
  });

  it('the outcome is the very same, one turn later; nonsense is refused as the port refuses it', async () => {
    const outcome = { kind: 'noPosition' } as const;
    const refused = async (of: ExecutionPort) => (await of.createOrder(undefined as never)) as Refused;
    const { account, port } = await opened({ closePosition: async () => outcome });
    expect(await port.closePosition({ symbol: 'BTC_USDT' })).toBe(outcome);
    const { clientOrderId: _, ...refusal } = await refused(account);
    expect(await refused(port)).toMatchObject(refusal);
    const noText = { ...LIMIT, symbol: Object.create(null) };
    expect(await port.createOrder(noText).catch(String)).toEqual(await account.createOrder(noText).catch(String));
  });

  it('what throws at once throws at once, and its span has ended', async () => {
    const { port } = await opened({
      getPositions() {
        throw new NotConnectedError('not connected');
      },
    });
    expect(() => port.getPositions()).toThrow(NotConnectedError);
    expect(last().attributes).toMatchObject({ 'error.type': 'NOT_CONNECTED' });
  });
});

describeConformance(
  'in-memory-paper, traced',
  executionPortCases,
  paperHarness(['tradeStream', 'orderBookStream'], traced),
);
