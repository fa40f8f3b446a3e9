/** Text as HTML shows it, in an attribute too. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

export interface TableParts {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** So many columns from the left are words, and so is the last where `lastIsWords`; the others are numbers. */
  readonly words: number;
  readonly lastIsWords?: boolean;
  /** What the table is of: shown above it. */
  readonly caption?: string;
  /** Few columns read better close together than over the whole page. */
  readonly isNarrow?: boolean;
  /** A class for a row. */
  readonly rowClass?: (row: number) => string | null;
}

/** A table that scrolls by itself where it is wider than the page, by keys too. Its texts are escaped here. */
export function table({
  head,
  rows,
  words,
  lastIsWords = false,
  caption,
  isNarrow = false,
  rowClass,
}: TableParts): string {
  const cell = (i: number): string => (i < words || (lastIsWords && i === head.length - 1) ? ' class="words"' : '');
  const cells = (row: readonly string[]): string =>
    row.map((text, i) => `<td${cell(i)}>${escaped(text)}</td>`).join('');
  const body = rows.map((row, i) => {
    const name = rowClass?.(i) ?? null;
    return `<tr${name === null ? '' : ` class="${escaped(name)}"`}>${cells(row)}</tr>`;
  });
  const heads = head.map((text, i) => `<th scope="col"${cell(i)}>${escaped(text)}</th>`).join('');
  const label = escaped(caption ?? head.filter((text) => text !== '').join(', '));
  const title = caption === undefined ? '' : `<caption><span>${escaped(caption)}</span></caption>`;
  return `<div class="scroll${isNarrow ? ' narrow' : ''}" role="region" aria-label="${label}" tabindex="0"><table>${title}<thead><tr>${heads}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>`;
}

/** A table of two columns, what and how much. */
export function factTable(caption: string, facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(([what, text]) => `<tr><th scope="row">${escaped(what)}</th><td>${escaped(text)}</td></tr>`);
  return `<table class="facts"><caption>${escaped(caption)}</caption><tbody>
${rows.join('\n')}
</tbody></table>`;
}

export const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
