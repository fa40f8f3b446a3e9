import { decimal, type Interval, InvalidInputError, toInterval, toSeries } from '@prate/domain';
import { INTERPOLATION_MODELS, toInterpolation } from '@prate/domain/candles';
import { InvalidArgumentError, Option } from 'commander';
import { parseDuration, parseTime } from './times.ts';

/** A parser of the domain as one of commander: what it refuses is a mistake in the usage. */
export const usage =
  <T>(parse: (text: string) => T): ((text: string) => T) =>
  (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof InvalidInputError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };

const parseInterval = (text: string): Interval => toInterval(/^\d+$/.test(text) ? Number(text) : text);
const symbol = usage((text) => toSeries(text).symbol);
const venue = usage((text) => toSeries({ venue: text, symbol: 'S' }).venue);

export const symbolOption = (): Option =>
  new Option('--symbol <symbol>', 'the symbol, such as BTC_USDT').argParser(symbol).makeOptionMandatory();
export const anySymbolOption = (): Option => new Option('--symbol <symbol>', 'this symbol only').argParser(symbol);
export const idOption = (what = "the venue's id of the order"): Option =>
  new Option('--id <id>', what).argParser(usage((text) => parseWord(text)));
export const venueOption = (what: string): Option => new Option('--venue <venue>', what).argParser(venue);
export const dbOption = (): Option => new Option('--db <file>', 'the database (default: data/prate.db)');
export const jsonOption = (): Option => new Option('--json', 'print one JSON document');
export const reportOption = (what: string): Option => new Option('--report <file>', what);
export const intervalOption = (flags: string, what: string): Option =>
  new Option(flags, what).argParser(usage(parseInterval));
export const timeOption = (flags: string, what: string): Option => new Option(flags, what).argParser(usage(parseTime));
export const durationOption = (flags: string, what: string): Option =>
  new Option(flags, what).argParser(usage(parseDuration));

const positive =
  (what: string): ((text: string) => string) =>
  (text) => {
    const value = decimal(text, what);
    if (value.gt(0)) return value.toString();
    throw new InvalidInputError(`${what} must be above 0, not ${text}`);
  };

export const contractSizeOption = (): Option =>
  new Option('--contract-size <n>', 'volumes are contracts of n base asset each').argParser(
    usage(positive('contract size')),
  );
export const strategyOption = (): Option =>
  new Option('--strategy <name>', 'ma-cross, grid, or a file with a strategy as its default export').default(
    'ma-cross',
  );
export const balanceOption = (): Option =>
  new Option('--balance <amount>', 'what the paper account begins with')
    .argParser(usage(positive('balance')))
    .default('10000');

export const modelOption = (what: string): Option => new Option('--model <model>', what).choices(INTERPOLATION_MODELS);
export const seedOption = (): Option =>
  new Option('--seed <n>', 'of the chance in the model bridge')
    .argParser(
      usage((text) => {
        if (!/^\d{1,10}$/.test(text))
          throw new InvalidInputError(`a seed must be a whole number from 0 to 4294967295, not ${text}`);
        return toInterpolation({ model: 'bridge', seed: Number(text) }).seed;
      }),
    )
    .default(1);

export const parseSpeed = (text: string): number => Number(positive('speed')(text));
export const parseSymbols = (text: string): string[] => {
  const symbols = text.split(',').map((each) => toSeries(each.trim()).symbol);
  if (new Set(symbols).size === symbols.length) return symbols;
  throw new InvalidInputError(`'${text}' names a symbol twice`);
};

export const parseIntervals = (text: string): Interval[] => {
  const intervals = text.split(',').map((each) => parseInterval(each.trim()));
  if (new Set(intervals.map((interval) => interval.text)).size === intervals.length) return intervals;
  throw new InvalidInputError(`'${text}' names an interval twice`);
};
export const parseCount = (text: string): number => {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidInputError(`'${text}' must be a whole number from 1 to 9999`);
};

/** `none` is no time at all. */
export const parseHistory = (text: string): number => (text === 'none' ? 0 : parseDuration(text));

export const parsePort = (text: string): number => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidInputError(`'${text}' is no port: a whole number up to 65535, 0 for a free one`);
};

/** @throws InvalidInputError for an empty word */
export const parseWord = (text: string): string => {
  if (/\S/.test(text)) return text;
  throw new InvalidInputError('it must not be empty');
};

export interface SeriesOptions {
  readonly symbol: string;
  readonly venue?: string;
}
