import { existsSync, rmSync } from 'node:fs';
import { seriesKey } from '@prate/domain';
import { type Dropped, SqliteCandleStore } from '@prate/sqlite-store';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag, prateCommand, quoted } from '../next-steps.ts';
import { storedFile } from '../stores.ts';
import { formatTime } from '../times.ts';
import { verifyFile } from '../verify-file.ts';

export interface RepairOptions {
  readonly db?: string;
  readonly json?: true;
}

/** Drops what is damaged, after the file was copied, so that the rest can be read and written again. */
export async function repairStore(io: Io, options: RepairOptions): Promise<ExitCode> {
  const file = storedFile(io, options);
  const { faults } = await verifyFile(io, file);
  const isSound = faults.length === 0;
  const copy = isSound ? null : freeName(`${file}.damaged`);
  const dropped = copy === null ? [] : await repairAfterCopy(file, copy);
  const left = isSound ? [] : (await verifyFile(io, file)).faults;
  if (options.json) {
    const document = { db: file, copy, dropped: dropped.map(entryOf), faults: left };
    await io.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (isSound) {
    await io.write(`${file}: no fault, nothing to repair\n`);
  } else {
    await io.write(`${file}: ${counted(faults.length, 'fault')}; copied as it was to ${copy}\n`);
    for (const each of dropped) await io.write(`  ${textOf(each)}\n`);
    if (dropped.length === 0) await io.write('  mended, nothing is lost\n');
    for (const { problem } of left) await io.write(`  left: ${problem}\n`);
    for (const line of nextSteps(io, options, dropped)) await io.write(`next: ${line}\n`);
  }
  return left.length === 0 ? ExitCode.OK : ExitCode.PARTIAL;
}

/** A repair that fails has changed nothing, and leaves no copy. */
async function repairAfterCopy(file: string, copy: string): Promise<readonly Dropped[]> {
  const store = SqliteCandleStore.open(file);
  try {
    await store.copyTo(copy);
    return await store.repair().catch((error) => {
      rmSync(copy, { force: true });
      throw error;
    });
  } finally {
    await store.close();
  }
}

function freeName(name: string): string {
  let free = name;
  for (let n = 2; existsSync(free); n += 1) free = `${name}-${n}`;
  return free;
}

function entryOf(each: Dropped) {
  const { series, step, range, problem, isLevel, kept } = each;
  return {
    venue: series?.venue ?? null,
    symbol: series?.symbol ?? null,
    interval: step?.text ?? null,
    from: range?.from ?? null,
    to: range?.to ?? null,
    isLevel,
    kept: kept.map(({ text }) => text),
    problem,
  };
}

function textOf(each: Dropped): string {
  const { series, step, range, problem, isLevel, kept } = each;
  if (series === null || step === null || range === null) return `lost: ${problem}`;
  const what = `${seriesKey(series)}: ${step.text} candles from ${formatTime(range.from)} to ${formatTime(range.to)}`;
  if (isLevel) return `${what}, kept beside finer ones: made anew of what there is of these`;
  if (kept.length === 0) return `${what}: lost`;
  return `${what}: lost; candles of ${kept.map(({ text }) => text).join(' and ')} that were kept beside them are there`;
}

/** How the first stretch that was lost may come back. */
function nextSteps(io: Io, options: RepairOptions, dropped: readonly Dropped[]): string[] {
  for (const { series, step, range, isLevel } of dropped) {
    if (series === null || step === null || range === null || isLevel) continue;
    const time = `--from ${new Date(range.from).toISOString()} --to ${new Date(range.to).toISOString()}`;
    return [
      `import a file of that time again, or ask the venue: ${prateCommand(io)} candles backfill --symbol ${quoted(series.symbol)} ` +
        `--venue ${quoted(series.venue)} --interval ${step.text} ${time}${dbFlag(options)}`,
    ];
  }
  return [];
}
