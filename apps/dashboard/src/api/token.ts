import { tokenOfFragment } from '../state/token-of-fragment.ts';

/** Where the token waits while the tab is open: not in a cookie, so that no other page can make the browser send it. */
const KEY = 'prate.token';

/** Takes the token out of the address into the tab's own memory; null where there was none in either. */
export function takeToken(): string | null {
  const fresh = tokenOfFragment(location.hash);
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search);
  if (fresh === null) return sessionStorage.getItem(KEY);
  sessionStorage.setItem(KEY, fresh);
  return fresh;
}
