import { UndiciTransport } from '@prate/mexc-futures/rest';
import type { Logger } from '@prate/runtime';
import { type Assumed, NO_ID } from './assumed-replies.ts';
import type { Settings } from './config.ts';
import type { Keys } from './credentials.ts';
import { type DryRequest, DrySocketTransport, DryTransport } from './dry-transport.ts';
import { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { OpenVenue, Result } from './open-venue.ts';
import { openMexcAccount } from './venues.ts';

/** In place of keys that are not there. */
const NO_KEYS: Keys = { apiKey: 'no-api-key', secretKey: 'no-secret-key' };

interface DryRunParts {
  readonly io: Io;
  readonly settings: Settings;
  readonly keys: Keys | null;
  readonly log: Logger;
  /** Orders that name a position side are meant for an account in hedge mode. */
  readonly hedge: boolean;
  /** What the account is assumed to have. */
  readonly assume: Assumed;
}

/** Runs the command through the adapter as it is, over a transport that sends nothing that is signed, and tells what that was. */
export async function dryRun(
  { io, settings, keys, log, hedge, assume }: DryRunParts,
  act: (venue: OpenVenue) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const transport = new DryTransport({
    public: new UndiciTransport(),
    clock: io.clock,
    hedge,
    assume,
    end: (reason) => over.abort(reason),
  });
  const signal = AbortSignal.any([io.signal, over.signal]);
  const dry = { transport, socketTransport: new DrySocketTransport(io.clock) };
  const parts = { settings: settings.mexc, keys: keys ?? NO_KEYS, clock: io.clock, log, signal, dry };
  let refusal: Result | null = null;
  try {
    const execution = await openMexcAccount(parts);
    try {
      const result = await act({ execution, signal, ahead: null, getInstruments: null });
      // what it came to after a change is made up
      if (!transport.hasChanged && result.code !== ExitCode.OK) refusal = result;
    } finally {
      await execution.disconnect();
    }
  } catch (error) {
    if (!transport.hasChanged) throw error;
  } finally {
    await transport.close();
  }
  const { requests, hasChanged } = transport;
  const notes = notesOf(transport, { hasKeys: keys !== null, hedge, assume });
  const nothing = refusal === null ? 'nothing would be changed: it is like that already\n' : refusal.text;
  return {
    code: refusal?.code ?? ExitCode.OK,
    document: { dryRun: true, requests, refusal: refusal?.document ?? null, notes },
    text: [
      'dry run: nothing that is signed was sent\n',
      ...requests.filter(({ changes }) => changes).map(changeText),
      ...(hasChanged ? [] : [`\n${nothing}`]),
      `\nasked for, and answered here by assumption:\n`,
      ...requests.filter(({ changes }) => !changes).map(questionText),
      '\n',
      ...notes.map((note) => `note: ${note}\n`),
    ].join(''),
  };
}

const notesOf = (
  { offline }: DryTransport,
  { hasKeys, hedge, assume }: { readonly hasKeys: boolean } & Pick<DryRunParts, 'hedge' | 'assume'>,
): string[] => [
  'the signature is the lower-case hex of HMAC-SHA256, with the secret key, over the string to sign',
  ...(hasKeys ? [] : ['there are no keys: the shape is right, the signature would not be']),
  ...[...offline].map(
    (origin) =>
      `${origin} does not answer: contracts are as published in 2026-05, prices are made up, the time is this machine's`,
  ),
  `the account is assumed to be in ${hedge ? 'hedge' : 'one-way'} mode, at leverage 20, ${holdingText(assume)}`,
];

function holdingText({ position, trigger }: Assumed): string {
  if (trigger !== undefined) return `with the trigger order ${trigger.id} waiting in ${trigger.symbol}`;
  if (position === undefined) return 'without positions and orders';
  return `with a ${position.positionSide} position in ${position.symbol} (positionId ${NO_ID}), and without orders`;
}

function changeText({ method, url, headers, body, toSign }: DryRequest): string {
  const lines = [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
    ...(body === null ? [] : [`  ${body}`]),
    `  string to sign: ${toSign}`,
  ];
  return `\n${lines.join('\n')}\n`;
}

/** Characters of an assumed answer that are shown; JSON has all of it. */
const SHOWN = 60;

function questionText({ method, url, assumed }: DryRequest): string {
  const { pathname, search } = new URL(url);
  const answer = JSON.stringify(assumed) ?? 'no data';
  return `  ${method} ${pathname}${search} → ${answer.length > SHOWN ? `${answer.slice(0, SHOWN)}…` : answer}\n`;
}
