import type { Check } from '../engine.ts';
import { type CheckScene, fail, pass, skip, warn } from './scene.ts';

const LOOP_DELAY_LIMIT_MS = 200;

/** This server itself, and its database. */
export function serverChecks(scene: CheckScene): Check[] {
  const evidence = () => scene.target.evidence();
  return [
    {
      id: 'server-vitals',
      suite: 'server',
      hop: 'server',
      title: 'This server is not overloaded',
      needs: [],
      timeoutMs: 2000,
      run: () => {
        const vitals = scene.vitals();
        const words = `event loop late by ${Math.round(vitals.eventLoopDelayMs)} ms (p99), ${Math.round(vitals.memoryMb)} MB`;
        return Promise.resolve(vitals.eventLoopDelayMs > LOOP_DELAY_LIMIT_MS ? warn(words) : pass(words));
      },
    },
    {
      id: 'server-database',
      suite: 'server',
      hop: 'database',
      title: 'Its database takes what arrives',
      needs: [],
      timeoutMs: 2000,
      run: () => {
        const { database, link } = evidence();
        switch (database.status) {
          case 'pending':
            return Promise.resolve(skip('nothing of this cluster was stored yet'));
          case 'failed':
            return Promise.resolve(
              fail(database.failure.message, {
                remedy: 'Reset the database; the damaged file is set aside, not deleted.',
              }),
            );
          case 'seen': {
            const { rows, isBehind, lastWriteAt, rejected } = database.value;
            const words = `${rows} rows, last written ${lastWriteAt ?? 'never'}`;
            if (isBehind)
              return Promise.resolve(warn(`it writes more slowly than messages arrive; ${words}`));
            if (rows === 0 && link.messages > 0)
              return Promise.resolve(
                warn(`messages arrive, but none is stored; ${rejected} were rejected`, {
                  remedy: 'See Database for what is rejected.',
                }),
              );
            return Promise.resolve(
              rejected > 0 ? warn(`${words}; ${rejected} messages were rejected`) : pass(words),
            );
          }
        }
      },
    },
  ];
}

/** The guide's synthetic test as the last check. */
export function syntheticChecks(scene: CheckScene): Check[] {
  const { data, target } = scene;
  return [
    {
      id: 'synthetic-change',
      suite: 'synthetic',
      hop: 'database',
      title: 'A change in the cluster arrives in the database',
      needs: ['kubernetes-authentication', 'broker-ways', 'meshsync-connected'],
      timeoutMs: 30_000,
      run: async (signal) => {
        if (data === undefined) return skip('there is no database here');
        const hops: string[] = [];
        const { totalMs } = await data.synthetic(
          target.id,
          (hop) =>
            hops.push(
              `${hop.title}: ${hop.afterMs === undefined ? 'not seen' : `${Math.round(hop.afterMs)} ms`}`,
            ),
          signal,
        );
        return pass(`all of it took ${Math.round(totalMs)} ms`, { evidence: hops });
      },
    },
  ];
}
