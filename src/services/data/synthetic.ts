import type { SyntheticHop } from '../../api/operation.ts';
import { isNewerOrSame } from '../../core/meshsync/newer.ts';
import { DEFAULT_LIMITS, parseMessage } from '../../core/meshsync/parse.ts';
import { encodeText } from '../../core/meshsync/text.ts';
import { StepFailure } from '../operations/plan.ts';
import {
  ClusterError,
  type ClusterApi,
  type Clock,
  type Log,
  type ObjectRef,
  type ResourceKind,
} from '../ports.ts';
import { rest } from '../timing.ts';
import type { DataIntake } from './intake.ts';
import type { ResourceStore, StoredResource } from './store.ts';

const CONFIG_MAPS: ResourceKind = { group: '', version: 'v1', plural: 'configmaps', isNamespaced: true };
const NAME_PREFIX = 'meshplay-troubleshooter-synthetic-';
const LABEL = 'meshplay-troubleshooter/synthetic';
const EXPIRY_LABEL = 'meshplay-troubleshooter/expires-at';
/** How long one hop may take: informers are quick, a debounced re-sync takes five seconds. */
const HOP_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
/** After this a forgotten ConfigMap may be removed by anyone who finds it. */
const EXPIRY_SECONDS = 600;
const CLEAN_UP_TIMEOUT_MS = 10_000;

export interface SyntheticTest {
  readonly connectionId: string;
  readonly clusterUid: string;
  readonly namespace: string;
  readonly api: ClusterApi;
  readonly intake: DataIntake;
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onHop: (hop: SyntheticHop) => void;
}

type HopName = 'accepted' | 'subject' | 'parsed' | 'database' | 'update' | 'delete';

const HOPS: Record<HopName, { readonly title: string; readonly failure: string; readonly remedy: string }> = {
  accepted: {
    title: 'The API server accepted the change',
    failure: 'The API server did not accept the test’s ConfigMap.',
    remedy: 'Give your user the right to create, patch and delete ConfigMaps in the namespace of the test.',
  },
  subject: {
    title: 'Seen on the Broker',
    failure: 'MeshSync published nothing about it, or nothing reached this server.',
    remedy:
      'Look at MeshSync and the Broker: redeploy them if they run, and see that MeshSync’s configuration includes ConfigMaps.',
  },
  parsed: {
    title: 'Understood',
    failure: 'The message arrived and could not be used.',
    remedy: 'Look at the rejected messages of this connection, and at the version of MeshSync.',
  },
  database: {
    title: 'In the database',
    failure: 'The message arrived and was not stored.',
    remedy: 'Look at Settings → Database, and reset the database if it has a problem.',
  },
  update: {
    title: 'An update arrived',
    failure: 'The object arrived, its update did not.',
    remedy:
      'MeshSync may have lost its watch. Ask for a re-sync, and redeploy MeshSync if that changes nothing.',
  },
  delete: {
    title: 'The deletion arrived',
    failure: 'The object arrived, its deletion did not.',
    remedy:
      'Deleted objects would stay for ever. Compare the database with the cluster, and redeploy MeshSync.',
  },
};

/**
 * The guide's end-to-end test: makes, changes and removes one small ConfigMap and waits for each on every hop. Tells
 * each hop as it answers; throws `StepFailure` with the first one that did not. Removes the ConfigMap whatever happens;
 * where even that fails its expiry label tells `sweepExpired`.
 */
export async function runSyntheticTest(test: SyntheticTest): Promise<{ totalMs: number }> {
  const { api, clock, signal } = test;
  const name = `${NAME_PREFIX}${clock.uuid().slice(0, 8)}`;
  const ref: ObjectRef = { kind: CONFIG_MAPS, namespace: test.namespace, name };
  const seen = watchFor(test, name);
  const startedAtMs = clock.now();
  let doneMs = 0;
  const told = (hop: HopName, atMs: number, changedAtMs = startedAtMs) => {
    const endMs = Math.max(0, Math.round(atMs - startedAtMs));
    // MeshSync may be quicker than the reply of the API server is.
    const startMs = Math.min(doneMs, endMs);
    doneMs = Math.max(doneMs, endMs);
    const afterMs = Math.max(0, Math.round(atMs - changedAtMs));
    test.onHop({ hop, title: HOPS[hop].title, afterMs, startMs, endMs });
  };
  let isMade = false;
  try {
    isMade = true;
    const created = await accepted(test, 'accepted', () =>
      api.create(CONFIG_MAPS, configMap(name, test, clock.now()), {}, signal),
    );
    told('accepted', clock.now());
    const onSubject = await waitFor(test, 'subject', () => seen.subjectAtMs);
    told('subject', onSubject);
    const parsedAt = await waitFor(
      test,
      'parsed',
      () => seen.parsedAtMs,
      () => seen.rejection,
    );
    told('parsed', parsedAt);
    await waitForRow(
      test,
      name,
      'database',
      (row) => row !== undefined && isAtLeast(row, created.metadata.resourceVersion),
    );
    told('database', clock.now());

    const updateAtMs = clock.now();
    const updated = await accepted(test, 'update', () =>
      api.patch(ref, { data: { step: 'updated' } }, {}, signal),
    );
    await waitForRow(
      test,
      name,
      'update',
      (row) => row !== undefined && isAtLeast(row, updated.metadata.resourceVersion),
    );
    told('update', clock.now(), updateAtMs);

    const deleteAtMs = clock.now();
    await accepted(test, 'delete', () => api.remove(ref, {}, signal));
    isMade = false;
    await waitForRow(test, name, 'delete', (row) => row === undefined);
    told('delete', clock.now(), deleteAtMs);
    return { totalMs: clock.now() - startedAtMs };
  } finally {
    seen.stop();
    if (isMade) await removeQuietly(test, ref);
  }
}

/** Removes the ConfigMaps of tests that were killed before they could clean up. Gives how many; throws `ClusterError`. */
export async function sweepExpired(
  api: ClusterApi,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
): Promise<number> {
  const list = await api.list(
    CONFIG_MAPS,
    { labelSelector: `${LABEL}=true`, isMetadataOnly: true, limit: 500 },
    signal,
  );
  let removed = 0;
  for (const { metadata } of list.items) {
    const expiresAtSeconds = Number(metadata.labels?.[EXPIRY_LABEL] ?? 0);
    if (!metadata.name.startsWith(NAME_PREFIX) || expiresAtSeconds * 1000 > clock.now()) continue;
    await api.remove({ kind: CONFIG_MAPS, namespace: metadata.namespace, name: metadata.name }, {}, signal);
    removed += 1;
  }
  return removed;
}

interface Seen {
  subjectAtMs: number | undefined;
  parsedAtMs: number | undefined;
  rejection: string | undefined;
  stop(): void;
}

/** Looks at every message of the connection for the name; only one that holds it is parsed. */
function watchFor(test: SyntheticTest, name: string): Seen {
  const wanted = encodeText(name);
  const seen: Seen = {
    subjectAtMs: undefined,
    parsedAtMs: undefined,
    rejection: undefined,
    stop: () => undefined,
  };
  seen.stop = test.intake.tap((message) => {
    if (
      message.connectionId !== test.connectionId ||
      seen.parsedAtMs !== undefined ||
      !includes(message.body, wanted)
    )
      return;
    seen.subjectAtMs ??= message.receivedAtMs;
    const parsed = parseMessage(message.body, { ...DEFAULT_LIMITS, clusterUid: message.clusterUid });
    if (parsed.kind === 'changes' && parsed.changes.some((change) => change.name === name))
      seen.parsedAtMs = test.clock.now();
    else if (parsed.kind === 'rejected') seen.rejection = parsed.reason;
  });
  return seen;
}

function includes(body: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = body.indexOf(first); at !== -1; at = body.indexOf(first, at + 1)) {
    if (wanted.every((byte, offset) => body[at + offset] === byte)) return true;
  }
  return false;
}

async function accepted<T>(test: SyntheticTest, hop: HopName, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    test.signal.throwIfAborted();
    if (!(error instanceof ClusterError)) throw error;
    throw failed(test, hop, error.failure.message, error);
  }
}

/** Waits for a value that something else sets. */
async function waitFor(
  test: SyntheticTest,
  hop: HopName,
  value: () => number | undefined,
  detail: () => string | undefined = () => undefined,
): Promise<number> {
  const deadlineMs = test.clock.now() + HOP_TIMEOUT_MS;
  for (;;) {
    const found = value();
    if (found !== undefined) return found;
    if (test.clock.now() >= deadlineMs) throw failed(test, hop, detail());
    await test.clock.sleep(POLL_MS, test.signal);
  }
}

async function waitForRow(
  test: SyntheticTest,
  name: string,
  hop: HopName,
  isThere: (row: StoredResource | undefined) => boolean,
): Promise<void> {
  const { clusterUid, namespace } = test;
  const key = { clusterUid, apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
  const deadlineMs = test.clock.now() + HOP_TIMEOUT_MS;
  for (;;) {
    const { problem } = test.store.state();
    if (problem !== undefined) throw failed(test, hop, problem.message);
    if (isThere(await test.store.view(key))) return;
    if (test.clock.now() >= deadlineMs) throw failed(test, hop, undefined);
    await test.clock.sleep(POLL_MS, test.signal);
  }
}

function failed(test: SyntheticTest, hop: HopName, detail: string | undefined, cause?: unknown): StepFailure {
  const { title, failure, remedy } = HOPS[hop];
  test.onHop({ hop, title });
  return new StepFailure(detail === undefined ? failure : `${failure} (${detail})`, remedy, cause);
}

function isAtLeast(row: StoredResource, resourceVersion: string | undefined): boolean {
  return isNewerOrSame(row.resourceVersion, resourceVersion ?? '');
}

function configMap(name: string, test: SyntheticTest, nowMs: number) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: test.namespace,
      labels: { [LABEL]: 'true', [EXPIRY_LABEL]: String(Math.floor(nowMs / 1000) + EXPIRY_SECONDS) },
    },
    data: { step: 'created' },
  };
}

/** With time of its own: the test may be over because its signal was aborted. */
async function removeQuietly({ api, clock, log }: SyntheticTest, ref: ObjectRef): Promise<void> {
  const limit = new AbortController();
  const done = new AbortController();
  const timer = rest(clock, CLEAN_UP_TIMEOUT_MS, done.signal).then((isLate) =>
    isLate ? limit.abort(new Error('timeout')) : undefined,
  );
  try {
    await api.remove(ref, {}, limit.signal);
  } catch (error) {
    // Not there is what was wanted; anything else is left to the expiry label.
    if (error instanceof ClusterError && error.failure.kind === 'not-found') return;
    log.warn(
      { name: ref.name, error: String(error) },
      'the ConfigMap of a synthetic test stays until its expiry',
    );
  } finally {
    done.abort();
    await timer;
  }
}
