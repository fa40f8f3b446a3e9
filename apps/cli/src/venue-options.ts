import type { MarginMode, OrderType, PositionSide, Side } from '@prate/domain';
import { decimal, InvalidInputError, toClientOrderId } from '@prate/domain';
import type { HistoryQuery } from '@prate/execution-port';
import { Option } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import { balanceOption, parseWord, usage } from './options.ts';

const VENUES = ['paper', 'mexc'] as const;

/** Of every command that asks a venue. */
export interface VenueFlags {
  readonly venue: (typeof VENUES)[number];
  readonly json?: true;
  /** What a new paper account begins with. */
  readonly balance?: string;
  /** Where the paper account is kept. */
  readonly paperFile?: string;
}

/** Of every command that changes something there. */
export interface ChangeFlags extends VenueFlags {
  readonly dryRun?: true;
  readonly yes?: true;
}

export interface RefOptions extends ChangeFlags {
  readonly symbol: string;
  readonly id?: string;
  readonly clientOrderId?: string;
}

export interface CreateOptions extends ChangeFlags {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity?: string;
  readonly quoteQuantity?: string;
  readonly price?: string;
  readonly leverage?: number;
  readonly margin?: MarginMode;
  readonly positionSide?: PositionSide;
  readonly reduceOnly?: true;
  readonly stopLoss?: string;
  readonly takeProfit?: string;
  readonly clientOrderId?: string;
}

/** Of every command that looks back. */
export interface HistoryOptions extends VenueFlags {
  readonly symbol?: string;
  /** Epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}

export const queryOf = ({ symbol, from, to, limit }: HistoryOptions): HistoryQuery => ({ symbol, from, to, limit });

/** Tells the exit code of a command when it has run. */
export type Run = <A extends unknown[]>(command: (...args: A) => Promise<ExitCode>) => (...args: A) => Promise<void>;

/** What help says of every change. */
export const CHANGE_HELP = `
At MEXC this needs mode live (PRATE_MODE=live, or "mode": "live" in prate.config.json) and --yes; a server on this machine,
such as a sandbox, needs neither. Keys come from MEXC_API_KEY and MEXC_SECRET_KEY, or from the files that MEXC_API_KEY_FILE
and MEXC_SECRET_KEY_FILE name. --dry-run works without keys.`;

/** The options of a venue; `--balance` and `--paper-file` are the paper account's. */
export const venueOptions = (): Option[] => [
  new Option('--venue <venue>', 'paper: an account in a file; mexc: MEXC futures').choices(VENUES).default('paper'),
  paperBalanceOption(),
  paperFileOption(),
];

export const paperBalanceOption = (): Option =>
  balanceOption().default(undefined, `what a new account has: ${PAPER_BALANCE}`);
export const paperFileOption = (): Option =>
  new Option('--paper-file <file>', 'the paper account (default: paper.json in the folder of the database)').argParser(
    usage(parseWord),
  );

/** USDT of a new paper account. */
export const PAPER_BALANCE = '10000';

export const changeOptions = (): Option[] => [
  new Option('--dry-run', 'with --venue mexc: print the exact requests, keys hidden, and send nothing signed'),
  new Option('--yes', 'yes, with real money'),
];

/** A choice of words of the domain, in lower case and with hyphens: POST_ONLY is post-only. */
export const wordOption = <Word extends string>(flags: string, what: string, words: readonly Word[]): Option => {
  const spelled = new Map(words.map((word) => [word.toLowerCase().replaceAll('_', '-'), word]));
  const parse = usage((text: string): Word => {
    const word = spelled.get(text.toLowerCase());
    if (word !== undefined) return word;
    throw new InvalidInputError(`'${text}' is none of ${[...spelled.keys()].join(', ')}`);
  });
  return new Option(flags, `${what}: ${[...spelled.keys()].join(', ')}`).argParser(parse);
};

/** An exact number; whether the venue takes it is for the venue to say. */
export const amountOption = (flags: string, what: string): Option =>
  new Option(flags, what).argParser(usage((text) => decimal(text, 'the amount').toString()));

export const clientOrderIdOption = (what: string): Option =>
  new Option('--client-order-id <id>', what).argParser(usage(toClientOrderId));

export const parseLeverage = (text: string): number => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidInputError(`'${text}' must be a whole number from 1 up, such as 10`);
};
