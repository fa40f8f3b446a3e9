/** The token of `#token=…`; null where the fragment has none. */
export function tokenOfFragment(fragment: string): string | null {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token');
  return token !== null && /^[0-9A-Za-z_-]{1,128}$/.test(token) ? token : null;
}
