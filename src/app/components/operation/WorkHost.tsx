import { lazy, Suspense, useEffect, useRef } from 'react';
import { useOperationPolling } from '../../data/operations.ts';
import { useStore } from '../../data/store.ts';
import { usePathname } from '../../navigation.ts';
import { work } from './work.ts';

const WorkDialog = lazy(async () => ({ default: (await import('./WorkDialog.tsx')).WorkDialog }));

/** Asks for the operations, and shows the dialog of the one being prepared. Loads it when it is first needed. */
export function WorkHost() {
  useOperationPolling();
  const current = useStore(work);
  const pathname = usePathname();
  // A link inside the dialog leads away from what the dialog is about.
  const begunOn = useRef(pathname);
  useEffect(() => {
    if (begunOn.current === pathname) return;
    begunOn.current = pathname;
    work.set(undefined);
  }, [pathname]);
  return current === undefined ? null : (
    <Suspense>
      <WorkDialog work={current} onClose={() => work.set(undefined)} />
    </Suspense>
  );
}
