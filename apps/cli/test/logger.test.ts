import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal, PrateError } from '@prate/domain';
import type { Logger } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { FixtureTree } from '../../../tooling/test-support/fixture-tree.ts';
import { type LoggerOptions, makeLogger } from '../src/logger.ts';
import { isSecretName, Secrets, secretsOf, withoutSecrets } from '../src/secrets.ts';
import { catching, Desk } from './support/desk.ts';

const KEYS = { MEXC_API_KEY: 'mx0vCANARYKEY7f3a91', MEXC_SECRET_KEY: 'canarysecret5d0c9b65f3d0d76b02e4' };
/** Nobody knows this one but by the name of its field. */
const UNKNOWN = 'CANARYunknown-to-everybody';
const FORMATS = ['json', 'pretty'] as const;

/** What a logger in this world writes. */
function written(
  log: (logger: Logger) => void,
  options: LoggerOptions = {},
  env: Record<string, string> = KEYS,
): string {
  const { io, stderr } = catching({ env });
  log(makeLogger(io, 'debug', options));
  return stderr.join('');
}

/** An error as HTTP clients make them, with the request in it. */
function loadedError(secret: string): Error {
  const cause = Object.assign(new Error(`signing with ${KEYS.MEXC_SECRET_KEY} failed`), { secretKey: secret });
  return Object.assign(new TypeError(`refused: ${KEYS.MEXC_API_KEY}`, { cause }), {
    config: {
      headers: { ApiKey: secret, 'X-Signature': secret, accept: 'text/plain' },
      list: [{ deep: { password: secret } }],
    },
  });
}

describe.each(FORMATS)('log lines as %s: no secret', (format) => {
  it.each<[string, (log: Logger) => void]>([
    ['of a field named like one, at the top', (log) => log.info({ apiKey: UNKNOWN }, 'm')],
    ['however the name is spelt', (log) => log.info({ 'X-MEXC-API-KEY': UNKNOWN, Secret_Key: UNKNOWN }, 'm')],
    ['however deep', (log) => log.info({ a: { b: [{ c: { d: { token: UNKNOWN } } }] } }, 'm')],
    ['that is an object itself', (log) => log.info({ credentials: { a: UNKNOWN } }, 'm')],
    ['in a map', (log) => log.info({ headers: new Map([['authorization', UNKNOWN]]) }, 'm')],
    ['in what toJSON gives', (log) => log.info({ request: { toJSON: () => ({ signature: UNKNOWN }) } }, 'm')],
    ['in an error, its cause and what was attached to it', (log) => log.error({ error: loadedError(UNKNOWN) }, 'm')],
    ['in an error that is the fields', (log) => log.error(loadedError(UNKNOWN), 'm')],
    ['in an error deep down', (log) => log.error({ outcome: { cause: loadedError(UNKNOWN) } }, 'm')],
    ['in one of many errors', (log) => log.error({ error: new AggregateError([loadedError(UNKNOWN)], 'm') }, 'm')],
    ['in bytes', (log) => log.info({ body: Buffer.from(KEYS.MEXC_API_KEY) }, 'm')],
    ['that is known, in the message', (log) => log.warn({}, `no ${KEYS.MEXC_API_KEY} and ${KEYS.MEXC_SECRET_KEY}`)],
    ['that is known, under any name', (log) => log.warn({ word: KEYS.MEXC_SECRET_KEY }, 'm')],
    ['that is known, as a name', (log) => log.warn({ [KEYS.MEXC_API_KEY]: 1 }, 'm')],
    ['that is known, within a text', (log) => log.warn({ url: `http://a/b?k=${KEYS.MEXC_API_KEY}&c=1` }, 'm')],
    ['that is known, in a flat list of headers', (log) => log.warn({ raw: ['ApiKey', KEYS.MEXC_API_KEY] }, 'm')],
  ])('%s', (_what, log) => {
    const text = written(log, { format });
    expect(text).not.toMatch(/CANARY|canary/);
    expect(text).toMatch(/m\b|no \[hidden\] and \[hidden\]/);
  });

  it('tells errors with their causes and stacks, and everything that is no secret', () => {
    class Refused extends PrateError {
      readonly code = 'REFUSED';
    }
    const error = new Refused('too late', { cause: new Error('the clock') });
    const text = written((log) => log.error({ outcome: { cause: error }, size: new Decimal('1.50'), n: 5n }, 'no'), {
      format,
    });
    for (const part of ['too late', 'the clock', 'REFUSED', 'logger.test.ts', '1.5', 'no'])
      expect(text).toContain(part);
  });

  it('is one line at a time, whatever is logged', () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle['self'] = circle;
    const fields = {
      circle,
      get broken(): string {
        throw new Error('no');
      },
    };
    const text = written((log) => log.info(fields, 'm'), { format });
    expect(text).toContain('[circular]');
    expect(text).toContain('[unreadable]');
    expect(text.endsWith('\n')).toBe(true);
  });
});

describe('the format', () => {
  const isJson = (text: string): boolean => text.startsWith('{');
  const line = (log: Logger): void => log.info({}, 'm');

  it('is JSON where nobody reads along, and for people on a terminal', () => {
    expect(isJson(written(line))).toBe(true);
    const { io, stderr } = catching();
    makeLogger({ ...io, stderr: Object.assign(io.stderr, { isTTY: true }) }, 'debug').info({ b: 1 }, 'm');
    expect(stderr.join('')).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: m\n {4}b: 1\n$/);
  });

  it('is what PRATE_LOG_FORMAT says, or the file', () => {
    expect(isJson(written(line, {}, { PRATE_LOG_FORMAT: 'pretty' }))).toBe(false);
    using tree = new FixtureTree();
    writeFileSync(join(tree.folder, 'prate.config.json'), '{"logFormat": "pretty"}');
    const { io, stderr } = catching({ cwd: tree.folder });
    makeLogger(io, 'debug').info({}, 'm');
    expect(isJson(stderr.join(''))).toBe(false);
  });

  it('that is none: exits with 2', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run('candles status', { env: { PRATE_LOG_FORMAT: 'xml' } });
    expect(stderr).toMatch(/PRATE_LOG_FORMAT: .*"json"\|"pretty"/);
    expect(code).toBe(2);
  });
});

describe('known secrets', () => {
  it('are the keys of the environment, those in files that it names, and tokens of Prate', () => {
    using tree = new FixtureTree();
    writeFileSync(join(tree.folder, 'key'), 'CANARYfromafile\n');
    const env = { MEXC_API_KEY: KEYS.MEXC_API_KEY, MEXC_SECRET_KEY_FILE: 'key', PRATE_HTTP_TOKEN: 'CANARYtoken1' };
    const secrets = secretsOf(catching({ cwd: tree.folder, env }).io);
    expect(secrets.hide(`${KEYS.MEXC_API_KEY} CANARYfromafile CANARYtoken1 key`)).toBe(
      '[hidden] [hidden] [hidden] key',
    );
  });

  it('a file that is not there is no matter of the log', () => {
    expect(secretsOf(catching({ env: { MEXC_API_KEY_FILE: 'none' } }).io).hide('none')).toBe('none');
  });

  it('may be added while it logs', () => {
    const secrets = new Secrets();
    const text = written(
      (log) => {
        log.info({}, 'one');
        secrets.add('CANARYsession');
        log.info({ url: 'http://a/#CANARYsession' }, 'two CANARYsession');
      },
      { secrets },
    );
    expect(text).not.toContain('CANARY');
    expect(text).toContain('two [hidden]');
  });

  it('are hidden in everything that a command writes to standard error', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run(`up --strategy ./${KEYS.MEXC_API_KEY}.ts`, { env: KEYS });
    expect(stderr).toContain("there is no strategy './[hidden].ts'");
    expect(stderr).not.toContain(KEYS.MEXC_API_KEY);
    expect(code).toBe(1);
  });

  it('any value of six characters or more is hidden in any text, as it is, in JSON and in URLs', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: 'grapheme' }), fc.string(), fc.string(), (secret, before, after) => {
        const hide = (text: string): string => new Secrets().add(secret).hide(text);
        expect(hide(`${before}${secret}${after}`)).not.toContain(secret);
        expect(hide(JSON.stringify({ url: `${before}${secret}` }))).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(hide(`?k=${encodeURIComponent(secret)}`)).not.toContain(encodeURIComponent(secret));
      }),
      cases(300),
    );
  });

  it('one that holds another is hidden whole', () => {
    const secrets = new Secrets().add('canary').add('canary-two').add('a-canary-two');
    expect(secrets.hide('a-canary-two canary-two canary')).toBe('[hidden] [hidden] [hidden]');
  });

  it('a shorter one would be hidden by chance, and is left', () => {
    expect(new Secrets().add('').add('BTC').hide('BTC_USDT')).toBe('BTC_USDT');
  });
});

describe('fields', () => {
  it('names of secrets are known however they are spelt; others are not', () => {
    for (const name of [
      'apiKey',
      'API_KEY',
      'x-api-key',
      'secretKey',
      'Signature',
      'passwd_password',
      'accessToken',
      'Set-Cookie',
    ])
      expect(isSecretName(name), name).toBe(true);
    for (const name of ['symbol', 'clientOrderId', 'price', 'key', 'reason', 'error', 'equity'])
      expect(isSecretName(name), name).toBe(false);
  });

  it('values without a secret in them stay what JSON makes of them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!/key|secret|signature|pass|token|auth|cookie|credential/i.test(JSON.stringify(value)));
        expect(JSON.parse(JSON.stringify({ value: withoutSecrets(value) }))).toEqual(
          JSON.parse(JSON.stringify({ value })),
        );
      }),
      cases(300),
    );
  });
});
