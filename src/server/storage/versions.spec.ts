import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Handlers, RouteName } from '../../api/routes.ts';
import { CLUSTER_UID, wireMessage, wirePod } from '../../core/meshsync/fixture.ts';
import { createManualClock } from '../../sandbox/manual-clock.ts';
import type { DataConnection } from '../../services/data/connections.ts';
import { DataIntake } from '../../services/data/intake.ts';
import { DataService } from '../../services/data/data-service.ts';
import { createDatabaseHandlers } from '../../services/handlers/database.ts';
import { createResourceHandlers } from '../../services/handlers/resource.ts';
import type { RequestContext } from '../../services/request-context.ts';
import { createDispatcher, type Dispatcher } from '../../services/transport/dispatch.ts';
import { SqliteStore } from './sqlite-store.ts';

const STEP_MS = 10_000;
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet };

let folder = '';
let store: SqliteStore;
let intake: DataIntake;
let data: DataService;
let dispatch: Dispatcher;
let clock: ReturnType<typeof createManualClock>;
let connections: DataConnection[];
const etags = new Map<string, string>();

function connection(id: string, clusterUid: string | undefined): DataConnection {
  return {
    id,
    name: id,
    api: () => undefined,
    clusterUid: () => clusterUid,
    evidence: () => ({ link: { state: 'connected', sinceAt: '2026-01-01T00:00:00.000Z' }, namespaces: [] }),
    link: { resync: quiet },
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'versions-'));
  etags.clear();
  clock = createManualClock(Date.parse('2026-08-01T10:00:00Z'));
  connections = [connection('c1', CLUSTER_UID), connection('c2', 'another')];
  store = await SqliteStore.open(join(folder, 'cache.db'));
  intake = new DataIntake({ store, clock, log });
  data = new DataService({
    store,
    intake,
    connections: {
      connections: () => connections,
      get: (id) => connections.find((one) => one.id === id),
      subscribe: () => quiet,
    },
    clock,
    log,
  });
  const handlers: Partial<Handlers<RequestContext>> = {
    ...createDatabaseHandlers(data),
    ...createResourceHandlers(data),
  };
  // Only the routes of data are asked for here.
  dispatch = createDispatcher(handlers as Handlers<RequestContext>, (name: RouteName, params, query) =>
    data.versionOf(name, params, query),
  );
});

afterEach(async () => {
  await data.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks as the page does, with the tag of the last answer; gives the status. */
async function poll(target: string): Promise<number> {
  const url = new URL(target, 'http://page.example');
  const reply = await dispatch({
    method: 'GET',
    path: url.pathname,
    query: url.searchParams,
    body: undefined,
    headers: { etag: etags.get(target) },
    requestId: 'r',
    actor: 'test',
    signal: new AbortController().signal,
  });
  const etag = reply.headers['etag'];
  if (etag === undefined) etags.delete(target);
  else etags.set(target, etag);
  return reply.status;
}

async function send(name: string, resourceVersion: string): Promise<void> {
  intake.accept({
    connectionId: 'c1',
    clusterUid: CLUSTER_UID,
    subject: 'meshery.meshsync.core',
    body: wireMessage('ADDED', wirePod({}, { name, uid: name, resourceVersion })),
    receivedAtMs: clock.now(),
  });
  await intake.drained();
}

const ROWS = '/api/resources?connectionId=c1&limit=10';
const COUNTS = '/api/resources/kinds';
const DATABASE = '/api/database';
const FRESHNESS = '/api/connections/c1/freshness';
const RATES = '/api/connections/c1/rates';
const DRIFT = '/api/connections/c1/drift';
const ALL = [ROWS, COUNTS, DATABASE, FRESHNESS, RATES, DRIFT];

const pollAll = async (targets: readonly string[]) => {
  const statuses: number[] = [];
  for (const target of targets) statuses.push(await poll(target));
  return statuses;
};

it('answers 304 until something is stored, and then once anew', async () => {
  await send('web-1', '1');
  expect(await pollAll(ALL)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await pollAll(ALL)).toEqual([304, 304, 304, 304, 304, 304]);
  await send('web-1', '2');
  expect(await pollAll(ALL)).toEqual([200, 200, 200, 200, 200, 304]);
  expect(await pollAll(ALL)).toEqual([304, 304, 304, 304, 304, 304]);
});

it('counts rates by steps of time, which fall until nothing is left of them', async () => {
  await send('web-1', '1');
  await pollAll([FRESHNESS, RATES, ROWS]);
  await clock.advance(STEP_MS);
  expect(await pollAll([FRESHNESS, RATES, ROWS])).toEqual([200, 200, 304]);
  await clock.advance(15 * STEP_MS);
  expect(await poll(FRESHNESS)).toBe(200);
  await clock.advance(STEP_MS);
  expect(await poll(FRESHNESS)).toBe(304);
  // Only silence for longer than is usual changes anything now: stale is news.
  await clock.advance(600_000);
  expect(await poll(FRESHNESS)).toBe(200);
});

it('sees another file, a flush, a corrected row, and a cluster that became known', async () => {
  const [first] = connections;
  if (first === undefined) throw new Error('the connection of this test is gone');
  const both = [ROWS, COUNTS, DATABASE];
  const changes: (() => unknown)[] = [
    () => store.correct([{ change: { ...change, name: 'web-1', type: 'delete' }, replaces: '1' }]),
    () => store.clear(CLUSTER_UID),
    () => store.reset(),
    async () => store.restore((await store.copies())[0]?.id ?? ''),
  ];
  for (const [index, make] of changes.entries()) {
    await send('web-1', '1');
    await send(`stays-${index}`, '1');
    await pollAll(both);
    expect(await pollAll(both), `before change ${index}`).toEqual([304, 304, 304]);
    await make();
    expect(await pollAll(both), `after change ${index}`).toEqual([200, 200, 200]);
  }
  await send('web-9', '1');
  await pollAll(both);
  connections = [connection('c1', CLUSTER_UID), connection('c2', 'another'), connection('c3', undefined)];
  expect(await pollAll([ROWS, COUNTS])).toEqual([200, 200]);
});

it('gives no tag to what is read live, nor to a connection that is gone', async () => {
  expect(await poll(ROWS)).toBe(200);
  expect(etags.has(ROWS)).toBe(false);
  await send('web-1', '1');
  const ofAnother = '/api/resources?connectionId=c2';
  expect([await poll(ROWS), await poll(ofAnother)]).toEqual([200, 200]);
  expect([etags.has(ROWS), etags.has(ofAnother)]).toEqual([true, false]);
  await poll(FRESHNESS);
  connections = [];
  expect(await pollAll([FRESHNESS, RATES, DRIFT])).toEqual([404, 404, 404]);
});

it('notices a file that is removed although the page only asks whether something changed', async () => {
  await send('web-1', '1');
  await pollAll([DATABASE, ROWS]);
  expect(await poll(DATABASE)).toBe(304);
  data.start();
  for (const companion of ['', '-wal', '-shm']) rmSync(join(folder, `cache.db${companion}`), { force: true });
  await expect
    .poll(
      async () => {
        await clock.advance(STEP_MS);
        return poll(DATABASE);
      },
      { timeout: 60_000 },
    )
    .toBe(200);
  await poll(ROWS);
  expect(etags.has(ROWS)).toBe(false);
}, 90_000);

const change = {
  clusterUid: CLUSTER_UID,
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: 'shop',
  uid: 'web-1',
  resourceVersion: '1',
  labels: {},
  annotations: {},
  owners: [],
  createdAt: undefined,
  body: {},
  isSnapshot: false,
};
