import type { StoreFault } from '@prate/candle-store-port';
import { seriesKey } from '@prate/domain';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag, prateCommand } from '../next-steps.ts';
import { storedFile } from '../stores.ts';
import { formatTime } from '../times.ts';
import { verifyFile } from '../verify-file.ts';

export interface VerifyOptions {
  readonly db?: string;
  readonly json?: true;
}

/** Reads everything that is stored and reports all damage. */
export async function verifyStore(io: Io, options: VerifyOptions): Promise<ExitCode> {
  const file = storedFile(io, options);
  const report = await verifyFile(io, file);
  if (options.json) await io.write(`${JSON.stringify({ db: file, ...report }, null, 2)}\n`);
  else {
    await io.write(
      `${file}: ${counted(report.blocks, 'block')} with ${counted(report.rows, 'row')} read, ${counted(report.faults.length, 'fault')}\n`,
    );
    for (const fault of report.faults) await io.write(`  ${whereOf(fault)}${fault.problem}\n`);
  }
  if (report.faults.length === 0) return ExitCode.OK;
  if (!options.json) await io.write(`next: ${prateCommand(io)} candles repair${dbFlag(options)}\n`);
  return report.rows > 0 ? ExitCode.PARTIAL : ExitCode.FAILED;
}

/** The place of a fault, where it does not name it itself. */
function whereOf({ series, step, range, problem }: StoreFault): string {
  if (series === null || step === null || problem.startsWith(seriesKey(series))) return '';
  const time = range === null ? '' : ` from ${formatTime(range.from)} to ${formatTime(range.to)}`;
  return `${seriesKey(series)}: ${step.text} candles${time}: `;
}
