/** How candles lie in a file. JSON, one document, is only written. */
export const FileFormat = { CSV: 'csv', JSON: 'json', NDJSON: 'ndjson', PARQUET: 'parquet' } as const;
export type FileFormat = (typeof FileFormat)[keyof typeof FileFormat];

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  csv: FileFormat.CSV,
  json: FileFormat.JSON,
  ndjson: FileFormat.NDJSON,
  jsonl: FileFormat.NDJSON,
  parquet: FileFormat.PARQUET,
};

export const isGzipName = (name: string): boolean => /\.gz$/i.test(name);

/** What the ending of a name says, with or without a `.gz` after it; null where it says nothing. */
export function formatOfName(name: string): FileFormat | null {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(name)?.[1];
  return ENDINGS[ending?.toLowerCase() ?? ''] ?? null;
}
