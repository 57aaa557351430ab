import { lazy, Suspense, useState } from 'react';
import { useStore } from '../data/store.ts';
import { notices } from './notify.ts';

const Snackbars = lazy(async () => ({ default: (await import('./Snackbars.tsx')).Snackbars }));

/** Loads the snackbars with the first notice: most visits need none. */
export function NotifyHost() {
  const hasNotices = useStore(notices).length > 0;
  const [isNeeded, setNeeded] = useState(false);
  if (hasNotices && !isNeeded) setNeeded(true);
  return isNeeded ? (
    <Suspense>
      <Snackbars />
    </Suspense>
  ) : null;
}
