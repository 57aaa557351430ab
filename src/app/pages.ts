import { type ComponentType, lazy } from 'react';
import { paths } from './paths.ts';
import { SettingsPage } from './pages/settings/SettingsPage.tsx';

export interface Page {
  readonly path: string;
  /** In the navigation; a page without one is reached by links only. */
  readonly label?: string;
  /** Also shows the addresses below its own, `/errors/MT-B-01` for instance. */
  readonly hasChildren?: boolean;
  readonly component: ComponentType;
}

/** Every page there is, in the order of the navigation. All but the first screen load when they are opened. */
export const pages: readonly Page[] = [
  { path: paths.settings(), label: 'Connections', component: SettingsPage },
  {
    path: paths.resources(),
    label: 'Resources',
    component: lazy(async () => ({
      default: (await import('./pages/resources/ResourcesPage.tsx')).ResourcesPage,
    })),
  },
  {
    path: paths.database(),
    label: 'Database',
    component: lazy(async () => ({
      default: (await import('./pages/database/DatabasePage.tsx')).DatabasePage,
    })),
  },
  {
    path: paths.activity(),
    label: 'Activity',
    component: lazy(async () => ({
      default: (await import('./pages/activity/ActivityPage.tsx')).ActivityPage,
    })),
  },
  {
    path: paths.errors(),
    label: 'Errors',
    hasChildren: true,
    component: lazy(async () => ({
      default: (await import('./pages/errors/ErrorsPage.tsx')).ErrorsPage,
    })),
  },
  {
    path: paths.bundle(),
    label: 'Bundle',
    component: lazy(async () => ({
      default: (await import('./pages/bundle/BundlePage.tsx')).BundlePage,
    })),
  },
  {
    path: paths.kubeconfigs(),
    component: lazy(async () => ({
      default: (await import('./pages/kubeconfigs/KubeconfigsPage.tsx')).KubeconfigsPage,
    })),
  },
];

/** The page for a path; undefined when there is none. */
export function pageFor(pathname: string, all: readonly Page[] = pages): Page | undefined {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname;
  return all.find(
    (page) => page.path === path || (page.hasChildren === true && path.startsWith(`${page.path}/`)),
  );
}
