import { statSync } from 'node:fs';
import { PrateError } from '@prate/domain';
import { type HttpTransport, MexcRest, meaningOf, SocketManager, UndiciTransport } from '@prate/mexc-futures';
import { Credentials } from '@prate/mexc-futures/auth';
import { seededRandom } from '@prate/runtime';
import { isAuthError } from './auth-errors.ts';
import { type MexcSettings, readSettings, type Settings } from './config.ts';
import { KEY_NAMES, KEYS_HINT, type Keys, keyFile, readKeys } from './credentials.ts';
import type { Io } from './io.ts';
import { assertOneVenue, isOwnMachine } from './live-guard.ts';

/** One thing that was looked at. */
export interface Check {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** A way out, where it is not ok. */
  readonly help?: string;
  /** The keys are the trouble. */
  readonly isAuth?: true;
}

const PROBE = 'BTC_USDT';
const PING = '/api/v1/contract/ping';
/** For one question and its repetitions. */
const PATIENCE_MS = 12_000;
/** MEXC refuses requests that are 10 s off; they are signed with its own time, but candles and logs are not. */
const [GOOD_CLOCK_MS, BAD_CLOCK_MS] = [1_000, 10_000];

/** Looks at everything that trading at MEXC needs, by questions alone: no order is ever sent, and nothing is changed. */
export async function* doctorChecks(io: Io): AsyncGenerator<Check> {
  const settings = attempt(() => readSettings(io));
  if ('error' in settings) return yield* fails('configuration', settings.error, 'correct it as the message says');
  yield* configurationChecks(settings.value);
  const keys = attempt(() => readKeys(io));
  if ('error' in keys) yield { ...failure('keys', keys.error, KEYS_HINT), isAuth: true };
  else yield* keyChecks(io, keys.value);
  const found = 'error' in keys ? null : keys.value;
  const transport = new UndiciTransport();
  const made = attempt(() => restOf(io, settings.value.mexc, found, transport));
  if ('error' in made) return yield* fails('hosts', made.error, 'name a host of MEXC, or an address of this machine');
  const rest = made.value;
  try {
    const reached = await connectivity(io, settings.value.mexc, transport);
    yield reached;
    if (reached.state === 'fail') return;
    yield await clockCheck(io, rest);
    yield await contractCheck(io, rest);
    if (found !== null) yield* permissionChecks(io, rest);
    yield* socketChecks(io, settings.value.mexc, found, rest);
  } finally {
    await transport.close();
  }
}

function* configurationChecks(settings: Settings): Generator<Check> {
  const { mode, mexc } = settings;
  const place = isOwnMachine(settings) ? 'a server on this machine: no real money' : mexc.restUrl;
  const paths = [mexc.orderCreatePath, mexc.planPlacePath].filter((path) => path !== undefined);
  const other = paths.length === 0 ? '' : `, paths ${paths.join(' and ')}`;
  yield { check: 'configuration', state: 'ok', text: `mode ${mode}, ${place}, ${mexc.wsUrl}${other}` };
  const one = attempt(() => assertOneVenue(settings));
  if ('error' in one) yield failure('configuration', one.error, 'set both addresses');
  if (mode === 'live' && !isOwnMachine(settings)) {
    const help = 'take the mode back to paper when you are done trading';
    yield { check: 'configuration', state: 'warn', text: 'mode live: with --yes, orders go out with real money', help };
  }
}

function* keyChecks(io: Io, keys: Keys | null): Generator<Check> {
  if (keys === null) {
    yield { check: 'keys', state: 'warn', text: 'none: market data only', help: KEYS_HINT };
    return;
  }
  yield { check: 'keys', state: 'ok', text: 'a pair of keys is there' };
  for (const name of KEY_NAMES) {
    const file = keyFile(io, name);
    if (file === undefined || process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) continue;
    yield { check: 'keys', state: 'warn', text: `${file} can be read by others`, help: `chmod 600 ${file}` };
  }
}

const restOf = (
  io: Io,
  { restUrl, orderCreatePath, planPlacePath }: MexcSettings,
  keys: Keys | null,
  transport: HttpTransport,
): MexcRest =>
  new MexcRest({
    restBaseUrl: restUrl,
    orderCreatePath,
    planPlacePath,
    transport,
    clock: io.clock,
    requestTimeoutMs: PATIENCE_MS / 4,
    ...(keys === null ? {} : { credentials: keys }),
  });

/** Asked once, past the client and its repetitions: what went wrong is told as it was. */
async function connectivity(io: Io, { restUrl }: MexcSettings, transport: HttpTransport): Promise<Check> {
  const from = io.clock.monotonicMs();
  const help =
    'look at the network, a proxy or a firewall, and at PRATE_MEXC_REST_URL; with 403 the edge of MEXC refuses: a region, or a host that is no API';
  return check('connectivity', help, async () => {
    const request = { method: 'GET', url: `${restUrl}${PING}`, headers: { 'User-Agent': 'prate' } } as const;
    const { status } = await within(io, (signal) => transport.send(request, signal));
    const text = `${restUrl} answered in ${Math.round(io.clock.monotonicMs() - from)} ms`;
    if (status === 200) return text;
    throw new NoAnswerError(`${text}, with HTTP ${status}`);
  });
}

async function clockCheck(io: Io, rest: MexcRest): Promise<Check> {
  try {
    const aheadMs = await within(io, () => rest.syncClock());
    const text = `MEXC's time is ${Math.abs(Math.round(aheadMs))} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
    if (Math.abs(aheadMs) < GOOD_CLOCK_MS) return { check: 'clock', state: 'ok', text };
    const help = "set the machine's clock (NTP): requests are signed with MEXC's time, but logs and candles are not";
    return { check: 'clock', state: Math.abs(aheadMs) < BAD_CLOCK_MS ? 'warn' : 'fail', text, help };
  } catch (error) {
    return failure('clock', error, 'try again later');
  }
}

async function contractCheck(io: Io, rest: MexcRest): Promise<Check> {
  try {
    const { state, apiAllowed } = await within(io, (signal) => rest.market.contract(PROBE, { signal }));
    if (state === 0 && apiAllowed !== false)
      return { check: 'contracts', state: 'ok', text: `${PROBE} takes orders by API` };
    const text = `${PROBE} takes no orders by API now (state ${state}, apiAllowed ${apiAllowed})`;
    return { check: 'contracts', state: 'warn', text, help: 'prate instruments --venue mexc lists the others' };
  } catch (error) {
    return failure('contracts', error, 'try again later');
  }
}

/** What can be asked without an order. */
async function* permissionChecks(io: Io, rest: MexcRest): AsyncGenerator<Check> {
  const permission = 'give the key the permission at MEXC (API management); never more than Read and Trade';
  yield await check('account', permission, async () => {
    const assets = await within(io, (signal) => rest.account.assets({ signal }));
    return `may be read (${assets.length} currencies)`;
  });
  yield await check('positions', permission, async () => {
    const positions = await within(io, (signal) => rest.account.openPositions(undefined, { signal }));
    const mode = await within(io, (signal) => rest.account.positionMode({ signal }));
    return `may be read (${positions.length} open, ${mode === 1 ? 'hedge' : 'one-way'} mode)`;
  });
  yield await check('orders', permission, async () => {
    const open = await within(io, (signal) => rest.orders.open({ pageNum: 1, pageSize: 100 }, { signal }));
    const count = `${open.length}${open.length === 100 ? ' or more' : ''} open`;
    return `may be read (${count}); whether this key may place any shows with the first order only`;
  });
  yield await check('fees', permission, async () => {
    const { realMakerFee, realTakerFee } = await within(io, (signal) => rest.account.feeRate(PROBE, { signal }));
    return `${PROBE} by API: maker ${realMakerFee}, taker ${realTakerFee} of the value`;
  });
}

async function* socketChecks(
  io: Io,
  { wsUrl }: MexcSettings,
  keys: Keys | null,
  rest: MexcRest,
): AsyncGenerator<Check> {
  const signer = keys === null ? undefined : new Credentials(keys.apiKey, keys.secretKey).signerFor(wsUrl);
  const sockets = new SocketManager({
    url: wsUrl,
    clock: io.clock,
    random: seededRandom(1),
    serverTimeMs: () => rest.serverNowMs(),
    ...(signer === undefined ? {} : { login: (timeMs: number) => signer.login(timeMs) }),
  });
  const help = 'look at the network, a proxy that lets no WebSocket through, and at PRATE_MEXC_WS_URL';
  try {
    yield await check('socket', help, async () => {
      await within(io, () => sockets.subscribe('ticker', { symbol: PROBE }, () => {}).ready);
      return `${wsUrl} takes subscriptions`;
    });
    if (signer === undefined) return;
    yield await check('private stream', 'see keys and clock above', async () => {
      await within(io, () => sockets.subscribePrivate(() => {}).ready);
      return 'takes the login';
    });
  } finally {
    sockets.close();
  }
}

async function check(name: string, help: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { check: name, state: 'ok', text: await look() };
  } catch (error) {
    return failure(name, error, help);
  }
}

/** What to do about MEXC's own words. */
const HELP: Readonly<Record<number, string>> = {
  401: 'MEXC does not know the key: look for a mistake in it, or make a new one',
  402: 'make a new key: one that is bound to no IP address ends after 90 days',
  406: "add this machine's address to the key's list at MEXC",
  513: "set the machine's clock (NTP)",
  602: 'the secret does not belong to the key: look for a mistake in it, or make a new pair',
};

function failure(name: string, error: unknown, help: string): Check {
  const text = error instanceof Error ? error.message : String(error);
  const code = (error as { readonly mexcCode?: number }).mexcCode;
  const known = code === undefined ? undefined : (HELP[code] ?? (meaningOf(code) === undefined ? undefined : help));
  const isAuth = PrateError.is(error) && isAuthError(error);
  return { check: name, state: 'fail', text, help: known ?? help, ...(isAuth ? { isAuth: true as const } : {}) };
}

function* fails(name: string, error: unknown, help: string): Generator<Check> {
  yield failure(name, error, help);
}

function attempt<T>(act: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
}

/** Ends a question that takes too long. */
async function within<T>(io: Io, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = io.clock.sleep(PATIENCE_MS, AbortSignal.any([io.signal, over.signal])).then(() => {
    throw new NoAnswerError(`no answer within ${PATIENCE_MS / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([ask(AbortSignal.any([io.signal, over.signal])), late]);
  } finally {
    over.abort();
  }
}

class NoAnswerError extends PrateError {
  readonly code = 'NO_ANSWER';
}
