const LONGEST = 80;

/** A value of any kind in a message: texts in quotes, cut after 80 characters. Never throws. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${cut(value)}'`;
  if (typeof value === 'function') return 'a function';
  try {
    return cut(String(value));
  } catch {
    return 'an object'; // without a text of its own
  }
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
