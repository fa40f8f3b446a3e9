import { Decimal, InvalidInputError } from '@prate/domain';
import { type FaultWords, parseFault } from '@prate/mexc-sandbox';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SandboxOptions } from './start-sandbox.ts';

/** As commander reads them. */
export interface SandboxFlags extends Omit<SandboxOptions, 'faults' | 'rateLimits' | 'logger'> {
  readonly fault: readonly FaultWords[];
  readonly rateLimits?: true;
}

export const optionsOf = ({ fault, rateLimits, ...same }: SandboxFlags): SandboxOptions => ({
  ...same,
  faults: fault,
  rateLimits: rateLimits === true,
});

const parsed =
  <T>(parse: (text: string) => T): ((text: string) => T) =>
  (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof InvalidInputError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };

function wholeNumber(text: string, most: number): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= most) return Number(text);
  throw new InvalidInputError(`a whole number from 0 to ${most}, not '${text}'`);
}

function amount(text: string, what: string): string {
  if (/^\d{1,15}(\.\d{1,18})?$/.test(text) && new Decimal(text).gt(0)) return text;
  throw new InvalidInputError(`${what} must be a number above 0, not '${text}'`);
}

function symbols(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => /^[A-Z0-9]+_[A-Z0-9]+$/.test(name)) && new Set(names).size === names.length) return names;
  throw new InvalidInputError(`symbols such as BTC_USDT,ETH_USDT, each once; not '${text}'`);
}

/** The flags of `prate-sandbox` and `prate sandbox`. */
export function addSandboxFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--port <n>', 'to listen on (default: a free one)').argParser(
        parsed((text) => wholeNumber(text, 65_535)),
      ),
    )
    .addOption(
      new Option('--market <market>', 'synthetic:SEED, or a file of trades or klines (CSV, NDJSON, Parquet)').default(
        'synthetic:1',
      ),
    )
    .addOption(
      new Option(
        '--symbols <list>',
        'separated by commas (default: BTC_USDT,ETH_USDT,SOL_USDT; a file holds one)',
      ).argParser(parsed(symbols)),
    )
    .addOption(
      new Option(
        '--trades-per-second <n>',
        'of all symbols of a synthetic market together (default: some three a symbol)',
      ).argParser(parsed((text) => Number(amount(text, 'trades per second')))),
    )
    .addOption(
      new Option('--speed <n>', 'market time per real time, up to 1000')
        .argParser(parsed((text) => Number(amount(text, 'speed'))))
        .default(1),
    )
    .addOption(
      new Option('--balance <amount>', 'what accounts begin with')
        .argParser(parsed((text) => amount(text, 'balance')))
        .default('10000'),
    )
    .addOption(new Option('--host <host>', 'to listen on (default: 127.0.0.1); any other than loopback needs --token'))
    .addOption(new Option('--token <token>', 'that admin paths and the status page ask for'))
    .addOption(
      new Option('--fault <fault>', 'what goes wrong from the start; may be given several times')
        .argParser((text: string, before: readonly FaultWords[]) => [...before, parsed(parseFault)(text)])
        .default([] as readonly FaultWords[], 'none'),
    )
    .addOption(
      new Option('--seed <n>', 'of the chance in faults')
        .argParser(parsed((text) => wholeNumber(text, 2 ** 32 - 1)))
        .default(1),
    )
    .addOption(new Option('--rate-limits', "refuse with code 510 what is beyond MEXC's published limits"));
}

export const SANDBOX_HELP: string = `
When it is ready it prints one line of JSON: rest, ws, apiKey, secretKey, seed. Ctrl-C ends it. At rest's address is a status
page for a browser, and below /sandbox/ are paths for accounts, faults and the clock.

Faults are a kind and its settings: delay,ms=500  hang  reset  status,status=502  html  empty  refuse,code=510  truncated
  wrongType  noData, each with route=, times=, chance=, seed= and after; frames with drop= duplicate= reorder= split= cut=
  channels=; silence  jumpBook,symbol=,by=  skewClock,ms=

Examples:
  prate sandbox                                              a made-up market on a free port
  prate sandbox --port 9100 --market synthetic:7 --symbols BTC_USDT,XRP_USDT
  prate sandbox --symbols BTC_USDT,AAA_USDT,BBB_USDT --trades-per-second 500
  prate sandbox --market trades.csv.gz --symbols BTC_USDT --speed 60
  prate sandbox --fault refuse,code=510,chance=0.1,times=always --fault frames,drop=0.01 --seed 42
  prate sandbox --host 0.0.0.0 --token something-long        for other machines`;
