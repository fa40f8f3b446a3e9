import { InvalidInputError } from '@prate/domain';

/** A file that cannot be used, or one row of it. The message is `FILE:LINE: problem; what would be right`. */
export class BadFileError extends InvalidInputError {
  override readonly code = 'BAD_FILE';
  readonly file: string;
  /** From 1, the header's; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly problem: string;

  constructor(file: string, line: number | null, problem: string, options?: ErrorOptions) {
    super(`${file}${line === null ? '' : `:${line}`}: ${problem}`, options);
    this.file = file;
    this.line = line;
    this.problem = problem;
  }
}
