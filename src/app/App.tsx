import { lazy, Suspense, useEffect } from 'react';
import { useFileDrop } from './file-drop.ts';
import { WorkHost } from './components/operation/WorkHost.tsx';
import { Header } from './header/Header.tsx';
import { navigate, usePathname } from './navigation.ts';
import { NotifyHost } from './notify/NotifyHost.tsx';
import { pageFor } from './pages.ts';
import { NotFoundPage } from './pages/NotFoundPage.tsx';
import { paths } from './paths.ts';
import { ListSkeleton } from './ui/ListSkeleton.tsx';
import { PageBoundary } from './ui/PageBoundary.tsx';

const DatabaseWatch = lazy(async () => ({
  default: (await import('./components/data/DatabaseWatch.tsx')).DatabaseWatch,
}));

const ControllerWatch = lazy(async () => ({
  default: (await import('./components/review/ControllerWatch.tsx')).ControllerWatch,
}));

/** The header and the page for the address. */
export function App() {
  const pathname = usePathname();
  const page = pageFor(pathname);
  useFileDrop();
  useEffect(() => {
    if (pathname === '/') navigate(paths.settings() + window.location.search, 'replace');
  }, [pathname]);
  const Component = page?.component ?? (pathname === '/' ? undefined : NotFoundPage);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header current={page?.path} />
      <main id="main" tabIndex={-1}>
        <PageBoundary key={pathname}>
          <Suspense
            fallback={
              <div className="page">
                <ListSkeleton label="Loading the page" />
              </div>
            }
          >
            {Component !== undefined && <Component />}
          </Suspense>
        </PageBoundary>
      </main>
      <WorkHost />
      <Suspense>
        <DatabaseWatch />
        <ControllerWatch />
      </Suspense>
      <NotifyHost />
    </>
  );
}
