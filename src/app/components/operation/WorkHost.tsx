import { lazy, Suspense } from 'react';
import { useOperationPolling } from '../../data/operations.ts';
import { useStore } from '../../data/store.ts';
import { work } from './work.ts';

const WorkDialog = lazy(async () => ({ default: (await import('./WorkDialog.tsx')).WorkDialog }));

/** Asks for the operations, and shows the dialog of the one being prepared. Loads it when it is first needed. */
export function WorkHost() {
  useOperationPolling();
  const current = useStore(work);
  return current === undefined ? null : (
    <Suspense>
      <WorkDialog work={current} onClose={() => work.set(undefined)} />
    </Suspense>
  );
}
