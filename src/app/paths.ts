import type { Health } from '../api/diagnosis.ts';
import type { Severity } from '../api/shapes.ts';

export const DRAWER_TABS = ['findings', 'evidence', 'data', 'logs', 'events', 'ways-in'] as const;
export type DrawerTab = (typeof DRAWER_TABS)[number];

/** Every address of the page. Filters and what is open are part of it, so that a link shows what its sender saw. */
export const paths = {
  settings: (
    search: {
      q?: string;
      health?: Health;
      open?: string;
      tab?: DrawerTab;
      bundle?: string;
      review?: string;
    } = {},
  ) => withSearch('/settings', search),
  resources: (search: { connection?: string } = {}) => withSearch('/resources', search),
  database: () => '/database',
  kubeconfigs: () => '/kubeconfigs',
  activity: (search: { connection?: string; severity?: Severity | 'success' } = {}) =>
    withSearch('/activity', search),
  bundle: () => '/bundle',
  errors: (code?: string) => (code === undefined ? '/errors' : `/errors/${encodeURIComponent(code)}`),
};

function withSearch(path: string, search: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(search).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  const query = new URLSearchParams(given).toString();
  return query === '' ? path : `${path}?${query}`;
}
