/** What MeshSync tells ends up in the database, whatever dies meanwhile: the cache equals the API server, object by object. */
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation, OperationRequest } from '../../src/api/operation.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';

/** What the played MeshSync watches. */
const COLLECTIONS = [
  '/api/v1/namespaces',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/nodes',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/replicasets',
];
const OUTAGE_MS = 30_000;
const OBJECTS = 60;
/** The product settles within half a minute of a reconnect; a loaded machine gets four times as long. */
const EQUAL_TIMEOUT_MS = 120_000;

let world: World;
let product: Product;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'data-sync-'));
  world = await startWorld({ family: 'meshery', generation: 'new' });
  await world.install();
  await start();
}, 240_000);

afterAll(async () => {
  await product.stop();
  await world.stop();
  await rm(dataFolder, { recursive: true, force: true });
}, 60_000);

describe('the database', () => {
  it('holds every object of a full sync, in its latest version', async () => {
    await churn('full', 0);
    await untilEqual('after a full sync');
    const { rows, counters } = await freshness();
    expect(rows).toBeGreaterThan(OBJECTS / 2);
    expect(counters.rejected).toBe(0);
    expect(counters.dropped).toBe(0);
    const { value: version } = await waitFor(
      'MeshSync told its version',
      async () => (await freshness()).meshsyncVersion,
      { timeoutMs: 60_000, everyMs: 500 },
    );
    expect(version).toBe('1.0.3');
  });

  it('is equal again after NATS was gone while objects came, changed and went', async () => {
    await churn('outage', 0, { keepAll: true });
    await churn('late', 0, { keepAll: true });
    await untilEqual('before the outage');
    const [, killed] = await Promise.all([
      churn('outage', 1),
      world.broker.kill().then(() => performance.now()),
    ]);
    await sleep(Math.max(0, OUTAGE_MS - (performance.now() - killed)));
    // A comparison with the cluster may have mended the former changes already; of these nobody has heard.
    await churn('late', 1);
    expect((await product.evidence(await connectionId())).link.state).not.toBe('connected');
    await world.broker.start();
    await world.untilConnected();
    await untilEqual('after NATS came back');
  }, 300_000);

  it('is equal again after the server was killed in a storm of changes', async () => {
    await churn('storm', 0, { keepAll: true });
    const storm = Promise.all([churn('storm', 1), churn('second-storm', 0), churn('third-storm', 0)]);
    // Somewhere in the middle: some of it is stored, some on its way, some not made yet.
    await Promise.all([storm, killSoonAndStart()]);
    await untilEqual('after the server came back');
    const { problem } = await product.call('databaseView', {});
    expect(problem).toBeUndefined();
  }, 300_000);
});

describe('the synthetic test', () => {
  it('follows a change over every hop and cleans up', async () => {
    const operation = await runOperation({ kind: 'synthetic-test', connectionId: await connectionId() });
    expect(operation.summary ?? '').toContain('arrives in the database');
    expect(operation.hops?.map(({ hop }) => hop)).toEqual([
      'accepted',
      'subject',
      'parsed',
      'database',
      'update',
      'delete',
    ]);
    for (const hop of operation.hops ?? []) expect(hop.afterMs).toBeGreaterThanOrEqual(0);
    const { items } = await world.controlPlane.api.list(
      '/api/v1/configmaps?labelSelector=meshplay-troubleshooter/synthetic',
    );
    expect(items).toEqual([]);
    await untilEqual('after the test');
  });
});

describe('a reset', () => {
  it('brings every row back and touches neither connections nor events', async () => {
    const connectionsBefore = (await product.connections()).map(({ id, name }) => ({ id, name }));
    const eventsBefore = (await product.call('eventList', { query: { limit: 200 } })).items.map(
      ({ id }) => id,
    );
    await runOperation({ kind: 'reset-database', confirm: 'database' });
    await untilEqual('after the reset');
    expect((await product.connections()).map(({ id, name }) => ({ id, name }))).toEqual(connectionsBefore);
    const eventsAfter = (await product.call('eventList', { query: { limit: 1000 } })).items;
    expect(eventsAfter.map(({ id }) => id)).toEqual(expect.arrayContaining(eventsBefore));
    const { copies } = await product.call('databaseView', {});
    expect(copies.map(({ why, isRestorable }) => ({ why, isRestorable }))).toContainEqual({
      why: 'reset',
      isRestorable: true,
    });
  });
});

describe('a damaged file', () => {
  it('is set aside, said, and mended by a reset', async () => {
    await product.stop();
    const file = await open(join(dataFolder, 'cache.db'), 'r+');
    await file.write(Buffer.alloc(64 * 1024, 'this is no database '), 0);
    await file.close();
    await start();
    const { value: problem } = await waitFor(
      'the problem is told',
      async () => (await product.call('databaseView', {})).problem,
    );
    expect(['corrupt', 'not-a-database']).toContain(problem.kind);
    expect(problem.remedy).toMatch(/reset/i);
    expect(problem.setAsideAs).toBeDefined();
    const aside = (await readdir(dataFolder)).filter((name) => /^cache\.db\.corrupt-[^-]*$/.test(name));
    expect(aside).toHaveLength(1);
    // The rest of the product goes on without it.
    await product.waitForConnection('observed all the same', ({ health }) => health !== 'unknown', {
      timeoutMs: 60_000,
    });
    const { source, problem: told } = await product.call('resourceList', { query: {} });
    expect(source).toBe('live');
    expect(told?.kind).toBe(problem.kind);

    await runOperation({ kind: 'reset-database', confirm: 'database' });
    await untilEqual('after the damaged file was replaced');
    expect((await product.call('databaseView', {})).problem).toBeUndefined();
  }, 240_000);
});

/** Starts the server over the same data folder and waits until data arrives. */
async function start(): Promise<void> {
  product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, dataFolder });
  await product.waitForConnection('data arrives', ({ messages }) => messages > 0, { timeoutMs: 90_000 });
}

async function killSoonAndStart(): Promise<void> {
  await sleep(300);
  await product.kill();
  await start();
}

async function connectionId(): Promise<string> {
  const [connection] = await product.connections();
  if (connection === undefined) throw new Error('there is no connection');
  return connection.id;
}

async function freshness() {
  return product.call('freshnessView', { params: { connectionId: await connectionId() } });
}

/** Makes objects of three kinds, then changes a third of them and removes another; of the second round on, those of the first. */
async function churn(prefix: string, round: number, options: { keepAll?: boolean } = {}): Promise<void> {
  const { api } = world.controlPlane;
  const numbers = Array.from({ length: OBJECTS }, (_, index) => index);
  const work = [...numbers];
  const one = async (index: number): Promise<void> => {
    const collection = ['configmaps', 'secrets', 'services'][index % 3] ?? 'configmaps';
    const path = `/api/v1/namespaces/default/${collection}`;
    const name = `${prefix}-${index}`;
    if (round === 0) await api.create(path, newObject(collection, name));
    if (options.keepAll === true) return;
    const what = (index + Math.floor(index / 3)) % 3;
    if (what === 0) await api.patch(`${path}/${name}`, { metadata: { labels: { round: String(round) } } });
    if (what === 1) await api.remove(`${path}/${name}`);
    if (round > 0 && what === 2) await api.create(path, newObject(collection, `${name}-new`));
  };
  const worker = async (): Promise<void> => {
    for (let index = work.shift(); index !== undefined; index = work.shift()) await one(index);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

function newObject(collection: string, name: string): object {
  const metadata = { name, labels: { 'data-sync': 'true' } };
  if (collection === 'services') return { metadata, spec: { ports: [{ port: 80 }] } };
  return collection === 'secrets'
    ? { metadata, stringData: { password: `planted-${name}` } }
    : { metadata, data: { name } };
}

/** Starts an operation and waits for its end; throws unless it succeeded. */
async function runOperation(
  request: Pick<OperationRequest, 'kind'> & { connectionId?: string; confirm?: string },
): Promise<Operation> {
  const { id } = await product.call('operationStart', { body: request });
  const { value } = await waitFor(
    `${request.kind} ends`,
    async () => {
      const operation = await product.call('operationView', { params: { operationId: id } });
      return operation.status !== 'running' && operation;
    },
    { timeoutMs: 110_000, everyMs: 100 },
  );
  expect(value.status, JSON.stringify(value)).toBe('succeeded');
  return value;
}

/** Waits until the cache and the cluster are the same. */
async function untilEqual(when: string): Promise<void> {
  let last: string[] = [];
  try {
    const { elapsedMs } = await waitFor(
      `the database equals the cluster ${when}`,
      async () => {
        last = await differences();
        return last.length === 0;
      },
      { timeoutMs: EQUAL_TIMEOUT_MS, everyMs: 500 },
    );
    console.log(`equal ${when}: ${(elapsedMs / 1000).toFixed(1)} s`);
  } catch (error) {
    throw new Error(`${when}, ${last.length} differences: ${last.slice(0, 10).join('; ')}`, { cause: error });
  }
}

/** What the cache and the API server do not agree on, one line each. */
async function differences(): Promise<string[]> {
  const [cached, actual] = await Promise.all([readCache(), readCluster()]);
  const lines: string[] = [];
  for (const [key, version] of actual) {
    if (cached.get(key) !== version) lines.push(`${key}: ${cached.get(key) ?? 'missing'}, not ${version}`);
  }
  for (const [key, version] of cached) if (!actual.has(key)) lines.push(`${key}: ghost ${version}`);
  return lines;
}

/** `kind namespace/name` to `uid@resourceVersion`. */
async function readCluster(): Promise<Map<string, string>> {
  const lists = await Promise.all(COLLECTIONS.map((collection) => world.controlPlane.api.list(collection)));
  const objects = new Map<string, string>();
  for (const { kind, items } of lists) {
    for (const { metadata } of items) {
      const key = `${kind?.replace(/List$/, '') ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
      objects.set(key, `${metadata.uid ?? ''}@${metadata.resourceVersion ?? ''}`);
    }
  }
  return objects;
}

async function readCache(): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  const id = await connectionId();
  let cursor: string | undefined;
  do {
    const page = await product.call('resourceList', {
      query: { connectionId: id, limit: 500, ...(cursor === undefined ? {} : { cursor }) },
    });
    if (page.source === 'live') return new Map();
    for (const { kind, namespace, name, uid, resourceVersion } of page.items)
      rows.set(`${kind} ${namespace}/${name}`, `${uid}@${resourceVersion}`);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return rows;
}
