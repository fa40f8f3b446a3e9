import { readFileSync } from 'node:fs';
import { KEY_NAMES, keyFile } from './credentials.ts';
import type { Io } from './io.ts';

const HIDDEN = '[hidden]';

/** Shorter texts are no secrets, and would turn up by chance. */
const SHORTEST = 6;

/** Values that must reach no output, wherever they stand in a text. */
export class Secrets {
  /** The longest first: what is left of one that holds another would tell the rest of it. */
  #forms: readonly string[] = [];

  /** One more value, such as a session's token; shorter than 6 characters it is left. */
  add(value: string): this {
    if (value.length < SHORTEST) return this;
    // as it is, in JSON, and in a URL
    const forms = new Set([...this.#forms, value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
    return this;
  }

  hide(text: string): string {
    let hidden = text;
    for (const form of this.#forms) if (hidden.includes(form)) hidden = hidden.replaceAll(form, HIDDEN);
    return hidden;
  }

  /** The same with the words of its errors, which may be a strategy's own. */
  hideInErrors<T extends WithErrors>(report: T): T {
    const errors = report.errors.map(({ code, message }) => ({ code, message: this.hide(message) }));
    return { ...report, errors };
  }
}

interface WithErrors {
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

/** The secrets that the environment tells: the keys of MEXC, also from the files that it names, and tokens of Prate. */
export function secretsOf(io: Io): Secrets {
  const secrets = new Secrets();
  for (const [name, value] of Object.entries(io.env)) {
    if (/^(MEXC|PRATE)_/.test(name) && !name.endsWith('_FILE') && isSecretName(name)) secrets.add(value ?? '');
  }
  for (const name of KEY_NAMES) {
    const file = keyFile(io, name);
    if (file !== undefined) secrets.add(contentOf(file));
  }
  return secrets;
}

/** Whoever needs the key says what is wrong with its file. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Whether a field of this name holds a secret, however it is spelt: `apiKey`, `X-API-Key`, `MEXC_SECRET_KEY`. */
export const isSecretName = (name: string): boolean =>
  /apikey|secret|signature|pass(word|phrase)|token|authorization|cookie|credential|privatekey/i.test(
    name.replace(/[^a-z]/gi, ''),
  );

/** Deeper objects are not shown. */
const DEEPEST = 8;

/**
 * A copy for JSON in which every field that is named like a secret is hidden, however deep: in errors, their causes and
 * whatever was attached to them, in lists, maps and what `toJSON` gives. Bytes, and what goes round in circles, are not shown.
 */
export const withoutSecrets = (value: unknown): unknown => copyOf(value, []);

function copyOf(value: unknown, path: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (path.includes(value)) return '[circular]';
  if (path.length >= DEEPEST) return '[deeper]';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  const inside = [...path, value];
  if (value instanceof Error) return { ...fieldsOf(partsOf(value), inside), ...fieldsOf(value, inside) };
  if (hasToJson(value))
    return copyOf(
      attempt(() => value.toJSON()),
      inside,
    );
  if (Array.isArray(value)) return value.map((item) => copyOf(item, inside));
  if (value instanceof Set) return Array.from(value, (item) => copyOf(item, inside));
  return fieldsOf(value instanceof Map ? Object.fromEntries(value) : value, inside);
}

function fieldsOf(value: object, path: readonly object[]): Record<string, unknown> {
  const fields = Object.keys(value).map((name): [string, unknown] => {
    if (isSecretName(name)) return [name, HIDDEN];
    return [
      name,
      copyOf(
        attempt(() => value[name as keyof typeof value] as unknown),
        path,
      ),
    ];
  });
  return Object.fromEntries(fields);
}

/** What of an error is no field that one could list; its stack names the line of a user's strategy. */
function partsOf(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const errors: unknown = (error as { readonly errors?: unknown }).errors;
  return {
    ...{ type: name, message, stack },
    ...(cause === undefined ? {} : { cause }),
    ...(errors === undefined ? {} : { errors }),
  };
}

const hasToJson = (value: object): value is { readonly toJSON: () => unknown } =>
  typeof (value as { readonly toJSON?: unknown }).toJSON === 'function';

/** A log line is no reason to fail. */
function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return '[unreadable]';
  }
}
