import {
  type CheckScene,
  fail,
  isOverloaded,
  pass,
  skip,
  warn,
  type SuiteCheck,
  timeWords,
} from './scene.ts';

/** The runtime that is pinned; another may lack what this product uses. */
const NODE_MAJOR = 24;
const MB = 1024 * 1024;
const DISK_WARNING_BYTES = 1024 * MB;
const DISK_FAILURE_BYTES = 100 * MB;
/** Looking through a large file takes long; so recent an answer still holds. */
const INTEGRITY_HOLDS_MS = 10 * 60_000;

/** This server itself, and its database. */
export function serverChecks(scene: CheckScene): SuiteCheck[] {
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
        const delay = vitals.eventLoopDelayMs;
        const late = delay > 0 ? `late by ${Math.round(delay)} ms (p99)` : 'not measured for long enough yet';
        const words = `event loop ${late}, ${Math.round(vitals.memoryMb)} MB`;
        return Promise.resolve(isOverloaded(scene) ? warn(words) : pass(words));
      },
    },
    {
      id: 'server-version',
      suite: 'server',
      hop: 'server',
      title: 'It runs on the runtime it was made for',
      needs: [],
      timeoutMs: 2000,
      run: () => {
        const { version, runtime } = scene.product;
        const words = `version ${version} on ${runtime}`;
        const major = /(\d+)\./.exec(runtime)?.[1];
        return Promise.resolve(
          major !== undefined && Number(major) < NODE_MAJOR
            ? warn(words, { remedy: `Start it with npm start, which uses Node ${NODE_MAJOR}.` })
            : pass(words),
        );
      },
    },
    {
      id: 'server-listener',
      suite: 'server',
      hop: 'server',
      title: 'Its own port answers',
      needs: [],
      timeoutMs: 3000,
      whenLate: 'warn',
      run: async (signal) => {
        const { place, dial } = scene;
        const listener = place?.listener();
        if (listener === undefined || dial === undefined) return skip('it opens no port here');
        // Listening on every address: this machine's own is one of them.
        const isEvery = listener.host === '0.0.0.0' || listener.host === '::';
        const host = isEvery ? (listener.host === '::' ? '::1' : '127.0.0.1') : listener.host;
        const tookMs = await dial(host, listener.port, signal);
        return pass(`${listener.host} port ${listener.port} answered in ${Math.round(tookMs)} ms`);
      },
    },
    {
      id: 'server-disk',
      suite: 'server',
      hop: 'server',
      title: 'The disk of its data folder has room',
      needs: [],
      timeoutMs: 3000,
      whenLate: 'warn',
      run: async () => {
        if (scene.place === undefined) return skip('it keeps nothing on a disk here');
        const { folder, freeBytes, totalBytes } = await scene.place.disk();
        const words = `${amount(freeBytes)} of ${amount(totalBytes)} free`;
        const extra = {
          evidence: [folder],
          remedy: 'Make room, or move the data folder by --data-dir to a larger disk.',
        };
        if (freeBytes < DISK_FAILURE_BYTES) return fail(words, extra);
        return freeBytes < DISK_WARNING_BYTES ? warn(words, extra) : pass(words, { evidence: [folder] });
      },
    },
    {
      id: 'server-key',
      suite: 'server',
      hop: 'server',
      title: 'The key that seals credentials can be used',
      needs: [],
      timeoutMs: 2000,
      run: () => {
        if (scene.place === undefined)
          return Promise.resolve(skip('credentials are kept in memory only here'));
        const { source, path, mode, isPresent, problem } = scene.place.key();
        const evidence = path === undefined ? [] : [path];
        if (problem !== undefined)
          return Promise.resolve(fail(problem.message, { evidence, remedy: problem.remedy }));
        if (source === 'environment') return Promise.resolve(pass('taken from MESHPLAY_KEY'));
        return Promise.resolve(
          isPresent
            ? pass(`from its file, mode ${mode ?? 'unknown'}: only its owner reads it`, { evidence })
            : pass('there is none yet; it is made when the first credential is saved', { evidence }),
        );
      },
    },
    {
      id: 'server-integrity',
      suite: 'server',
      hop: 'database',
      title: 'Its database file is sound',
      needs: [],
      timeoutMs: 5000,
      // A large file, or a busy machine; the look goes on, and its answer is there for the next test.
      whenLate: 'skip',
      run: async () => {
        const { insight, clock } = scene;
        if (insight === undefined) return skip('there is no database here');
        const now = await insight.database();
        // A second look beside the first would only make both slower.
        if (now.integrity.outcome === 'checking') return skip('it is just being looked through');
        const { checkedAt } = now.integrity;
        const isRecent = checkedAt !== undefined && clock.now() - Date.parse(checkedAt) < INTEGRITY_HOLDS_MS;
        const { integrity, problem, path, sizeBytes } = isRecent ? now : await insight.checkIntegrity();
        const evidence = [`${path}, ${amount(sizeBytes)}`, ...integrity.messages.slice(0, 5)];
        const remedy = 'Reset the database: the damaged file is set aside, not deleted.';
        if (problem !== undefined) return fail(problem.message, { evidence, remedy: problem.remedy });
        if (integrity.outcome === 'damaged')
          return fail(integrity.messages[0] ?? 'its structure is damaged', { evidence, remedy });
        return integrity.outcome === 'ok'
          ? pass(`looked through at ${timeWords(integrity.checkedAt)}`, { evidence })
          : skip('it is just being looked through');
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
            const words = `${rows} rows, last written ${timeWords(lastWriteAt, 'never')}`;
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

function amount(bytes: number): string {
  if (bytes < MB) return `${Math.round(bytes / 1024)} kB`;
  return bytes < 1024 * MB ? `${Math.round(bytes / MB)} MB` : `${(bytes / 1024 / MB).toFixed(1)} GB`;
}

/** The guide's synthetic test as the last check. */
export function syntheticChecks(scene: CheckScene): SuiteCheck[] {
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
