import { useMemo, useSyncExternalStore } from 'react';

/**
 * The History API is all the routing this page needs; a router library would take a tenth of the budget of the first
 * screen. Whoever moves, `navigate` or the browser, every `usePathname` and `useSearch` hears of it.
 */
const MOVED = 'meshplay-navigated';

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(MOVED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(MOVED, listener);
  };
}

/** Goes to an address of this page. A new path begins at its top; a change of the search stays where it is. */
export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  const target = new URL(to, window.location.href);
  const isOtherPage = target.pathname !== window.location.pathname;
  // PageTitle takes the focus when it finds this, so that a screen reader reads where one has come to.
  const state = { isNavigation: isOtherPage };
  const url = target.pathname + target.search + target.hash;
  if (how === 'push') window.history.pushState(state, '', url);
  else window.history.replaceState(state, '', url);
  if (isOtherPage) window.scrollTo(0, 0);
  window.dispatchEvent(new window.Event(MOVED));
}

/** Sets or, with undefined, removes parts of the search. */
export function setSearch(
  changes: Readonly<Record<string, string | undefined>>,
  how: 'push' | 'replace' = 'push',
): void {
  const search = new URLSearchParams(window.location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') search.delete(key);
    else search.set(key, value);
  }
  const query = search.toString();
  navigate(window.location.pathname + (query === '' ? '' : `?${query}`), how);
}

/** Whether the page shown was come to by a link of the page, and not by loading it. */
export function isNavigated(): boolean {
  const state: unknown = window.history.state;
  return (
    typeof state === 'object' && state !== null && 'isNavigation' in state && state.isNavigation === true
  );
}

export function usePathname(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function useSearch(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return useMemo(() => new URLSearchParams(search), [search]);
}
