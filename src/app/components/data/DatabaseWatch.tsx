import { useEffect, useRef } from 'react';
import { POLL_SLOW_MS } from '../../data/poll.ts';
import { notify } from '../../notify/notify.ts';
import { paths } from '../../paths.ts';
import { useDatabase } from './data-queries.ts';

/**
 * Raises a snackbar that stays when the database has a problem: once a problem, not once a poll. A problem is a new one
 * when the database was well in between, or when it is of another kind.
 */
export function DatabaseWatch() {
  const { data } = useDatabase(POLL_SLOW_MS);
  const told = useRef<string>(undefined);
  const isKnown = data !== undefined;
  const problem = data?.problem;
  useEffect(() => {
    if (!isKnown || problem?.kind === told.current) return;
    told.current = problem?.kind;
    // The page of the database itself says it, with the button that mends it.
    if (problem === undefined || window.location.pathname === paths.database()) return;
    notify({
      kind: 'problem',
      title: 'The database has a problem.',
      message: problem.message,
      remedy: problem.remedy,
      link: { label: 'Settings → Database', href: paths.database() },
    });
  }, [isKnown, problem]);
  return null;
}
