/** So many rows of a list become text at once. */
const ROWS = 64;

/** What `JSON.stringify` makes of plain JSON, piece by piece: in between, others have their turn. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (Array.isArray(value) && value.length > ROWS) {
    for (let from = 0; from < value.length; from += ROWS) {
      const rows = JSON.stringify(value.slice(from, from + ROWS)).slice(1, -1);
      yield `${from === 0 ? '[' : ','}${rows}`;
    }
    yield ']';
  } else if (Array.isArray(value)) {
    yield '[';
    for (const [i, each] of value.entries()) {
      if (i > 0) yield ',';
      yield* jsonPieces(each ?? null);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null && !('toJSON' in value)) {
    let before = '{';
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* jsonPieces(each);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value);
}
