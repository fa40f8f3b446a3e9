import { InvalidInputError } from '@prate/domain';
import { z } from 'zod';
import type { Faults } from '../faults/faults.ts';
import type { FrameFaults } from '../faults/frame-faults.ts';
import type { HttpFault, HttpFaultRule } from '../faults/http-fault.ts';

const share = z.number().min(0).max(1);
const ms = z.number().min(0);
const channels = z.array(z.string().min(1)).min(1);
const seed = z.int().min(0).max(0xffffffff);

/** Which requests: as `HttpFaultRule`, with a word for those without an end. */
const met = {
  route: z.string().min(1).optional(),
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
  chance: share.optional(),
  after: z.boolean().optional(),
  seed: seed.optional(),
};
const http = <K extends HttpFault['kind'], S extends z.ZodRawShape>(kind: K, more: S) =>
  z.strictObject({ kind: z.literal(kind), ...more, ...met });

const faultWords = z.discriminatedUnion('kind', [
  http('delay', { ms }),
  http('hang', {}),
  http('reset', {}),
  http('status', { status: z.int().min(400).max(599), retryAfterSeconds: z.int().min(0).optional() }),
  http('html', {}),
  http('empty', {}),
  http('refuse', { code: z.int(), message: z.string().optional() }),
  http('truncated', {}),
  http('wrongType', {}),
  http('noData', {}),
  z.strictObject({
    kind: z.literal('frames'),
    drop: share.optional(),
    duplicate: share.optional(),
    reorder: share.optional(),
    reorderBy: z.int().min(1).max(1000).optional(),
    split: share.optional(),
    cut: share.optional(),
    channels: channels.optional(),
    seed: seed.optional(),
  }),
  z.strictObject({ kind: z.literal('silence'), channels: channels.optional() }),
  z.strictObject({ kind: z.literal('closeSockets'), code: z.int().min(1000).max(4999).optional() }),
  z.strictObject({ kind: z.literal('resetSockets') }),
  z.strictObject({ kind: z.literal('freezeSockets') }),
  z.strictObject({ kind: z.literal('jumpBook'), symbol: z.string().min(1), by: z.int().min(1) }),
  z.strictObject({ kind: z.literal('skewClock'), ms: z.int() }),
]);

/** A fault as admin paths and flags name it: `{"kind":"delay","ms":500,"chance":0.1}`. */
export type FaultWords =
  | (HttpFault & Omit<HttpFaultRule, 'fault' | 'times'> & { readonly times?: number | 'always' | undefined })
  | ({ readonly kind: 'frames' } & FrameFaults)
  | { readonly kind: 'silence'; readonly channels?: readonly string[] | undefined }
  | { readonly kind: 'closeSockets'; readonly code?: number | undefined }
  | { readonly kind: 'resetSockets' | 'freezeSockets' }
  | { readonly kind: 'jumpBook'; readonly symbol: string; readonly by: number }
  | { readonly kind: 'skewClock'; readonly ms: number };

const KINDS = faultWords.options.map((option) => option.shape.kind.value).join(', ');

/** @throws InvalidInputError that says what would be right */
export function readFault(value: unknown): FaultWords {
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  if (!faultWords.options.some((option) => option.shape.kind.value === kind)) {
    throw new InvalidInputError(`kind must be one of ${KINDS}`);
  }
  const read = faultWords.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new InvalidInputError(`${String(kind)}: ${problems.join('; ')}`);
}

/**
 * Of a flag: `delay,ms=500,chance=0.1`, `reset,after,route=POST /api/v1/private/order/create`, `frames,drop=0.01,channels=push.deal+push.depth`.
 * @throws InvalidInputError
 */
export function parseFault(text: string): FaultWords {
  const [kind = '', ...pairs] = text.split(',');
  const fault: Record<string, unknown> = { kind: kind.trim() };
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = (at === -1 ? pair : pair.slice(0, at)).trim();
    const value = at === -1 ? 'true' : pair.slice(at + 1).trim();
    fault[name] = name === 'channels' ? value.split('+') : TEXTS.includes(name) ? value : plain(value);
  }
  return readFault(fault);
}

const TEXTS: readonly string[] = ['route', 'message', 'symbol'];
const plain = (value: string): unknown =>
  value === 'true' || value === 'false' ? value === 'true' : /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;

export function applyFault(faults: Faults, words: FaultWords): void {
  switch (words.kind) {
    case 'frames': {
      const { kind: _, ...shares } = words;
      faults.frames(shares);
      break;
    }
    case 'silence':
      faults.silence(words.channels);
      break;
    case 'closeSockets':
      faults.closeSockets(words.code);
      break;
    case 'resetSockets':
      faults.resetSockets();
      break;
    case 'freezeSockets':
      faults.freezeSockets();
      break;
    case 'jumpBook':
      faults.jumpBook(words.symbol, words.by);
      break;
    case 'skewClock':
      faults.skewClock(words.ms);
      break;
    default: {
      const { route, times, chance, after, seed: own, ...fault } = words;
      const most = times === 'always' ? Number.POSITIVE_INFINITY : times;
      faults.http({ fault, route, times: most, chance, after, seed: own });
    }
  }
}
