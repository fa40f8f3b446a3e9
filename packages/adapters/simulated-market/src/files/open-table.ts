import { BadFileError } from './bad-file-error.ts';
import { type ByteOptions, type FileSource, nameOf } from './byte-source.ts';
import { CsvFile } from './csv-file.ts';
import { FileFormat, formatOfName } from './file-format.ts';
import { NdjsonFile } from './ndjson-file.ts';
import { ParquetFile } from './parquet-file.ts';
import type { TableFile } from './table-file.ts';

export interface OpenOptions extends ByteOptions {
  /** Default: by the ending of the name (`.csv`, `.ndjson`, `.jsonl`, `.parquet`, all but the last also with `.gz`); CSV where that says nothing. */
  readonly format?: FileFormat | undefined;
}

/** Opens a file of candles or trades. @throws BadFileError when it cannot be read, is empty, or is not of its format */
export async function openTable(source: FileSource, options: OpenOptions = {}): Promise<TableFile> {
  const name = nameOf(source);
  switch (options.format ?? formatOfName(name)) {
    case FileFormat.NDJSON:
      return NdjsonFile.open(source, options);
    case FileFormat.PARQUET:
      return ParquetFile.open(source, options);
    case FileFormat.JSON:
      throw new BadFileError(
        name,
        null,
        'a JSON document is not read; NDJSON, one object a line in a file that ends in .ndjson, would be right',
      );
    default:
      return CsvFile.open(source, options);
  }
}
