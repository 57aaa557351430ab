import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/server/storage/sqlite-store.ts';
import type { RawMessage, ResourceQuery } from '../../src/services/data/store.ts';
import { type Bench, type Figure, percentile } from './figure.ts';

const ROWS = 1_000_000;
const BATCH = 5000;
const ROUNDS = 200;
const CLUSTERS = 10;
const KINDS = ['ConfigMap', 'Deployment', 'Pod', 'ReplicaSet', 'Secret', 'Service'];
const NAMESPACES = 100;
const encoder = new TextEncoder();

/** What the resources page asks, over a million rows, through the thread that answers it. */
export const rows: Bench = {
  name: 'rows',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-rows-'));
    const store = await SqliteStore.open(join(folder, 'cache.db'));
    try {
      const filledMs = await fill(store);
      const figures: Figure[] = [
        {
          name: `${ROWS.toLocaleString('en')} rows, filled in`,
          value: filledMs / 1000,
          unit: 's',
          note: `${Math.round(store.state().sizeBytes / 1e6)} MB`,
        },
      ];
      const all: number[] = [];
      for (const [name, ask] of questions(store)) {
        const samplesMs: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const askedMs = performance.now();
          await ask(round);
          samplesMs.push(performance.now() - askedMs);
        }
        all.push(...samplesMs);
        figures.push({
          name: `${name}, p99`,
          value: percentile(samplesMs, 0.99),
          unit: 'ms',
          budget: 50,
          note: `p50 ${percentile(samplesMs, 0.5).toFixed(1)} ms`,
        });
      }
      figures.push({
        name: 'all queries of the page, p99',
        value: percentile(all, 0.99),
        unit: 'ms',
        budget: 50,
      });
      return figures;
    } finally {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function fill(store: SqliteStore): Promise<number> {
  const startedMs = performance.now();
  let onItsWay: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < ROWS; from += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, offset) => messageOf(from + offset));
    await onItsWay;
    onItsWay = store.accept(batch);
  }
  await onItsWay;
  return performance.now() - startedMs;
}

const kindOf = (index: number) => KINDS[index % KINDS.length] ?? 'Pod';
const clusterOf = (index: number) => `cluster-${index % CLUSTERS}`;
const namespaceOf = (index: number) => `team-${Math.floor(index / 60) % NAMESPACES}`;

function messageOf(index: number): RawMessage {
  const clusterUid = clusterOf(index);
  const metadata =
    `{"name":"shop-${index % 997}-${index}","namespace":"${namespaceOf(index)}","uid":"uid-${index}","resourceVersion":"${index + 1}",` +
    `"creationTimestamp":"2026-08-01T10:00:00Z","labels":[{"key":"app","value":"shop-${index % 997}"},{"key":"tier","value":"backend"}]}`;
  const object = `{"apiVersion":"v1","kind":"${kindOf(index)}","metadata":${metadata},"cluster_id":"${clusterUid}"}`;
  const body = encoder.encode(`{"ObjectType":"meshsync-data","EventType":"ADDED","Object":${object}}`);
  return { connectionId: clusterUid, clusterUid, body, receivedAtMs: index };
}

function questions(store: SqliteStore): [string, (round: number) => Promise<unknown>][] {
  const query = (more: Partial<ResourceQuery>) => store.query({ limit: 200, ...more });
  let cursor: string | undefined;
  return [
    ['first page of everything', () => query({})],
    [
      'the next page, and the next',
      async () => {
        cursor = (await query({ cursor })).nextCursor;
      },
    ],
    ['first page of one cluster', (round) => query({ clusterUid: clusterOf(round) })],
    ['one kind of one cluster', (round) => query({ clusterUid: clusterOf(round), kinds: [kindOf(round)] })],
    [
      'one namespace and two kinds',
      (round) =>
        query({
          clusterUid: clusterOf(round),
          kinds: ['Pod', 'Service'],
          namespaces: [`team-${round % NAMESPACES}`],
        }),
    ],
    ['search of a name', (round) => query({ search: `shop-${round}-${round}` })],
    [
      'search that half of the rows match',
      (round) => query({ search: 'backend', clusterUid: clusterOf(round) }),
    ],
    ['search while typing two letters', () => query({ search: 'sh' })],
    ['search in one kind', (round) => query({ search: `shop ${round % 997}`, kinds: ['Service'] })],
    ['counts by kind and namespace', (round) => store.tallies(clusterOf(round))],
    [
      'one object with its body',
      (round) =>
        store.view({
          clusterUid: clusterOf(round),
          apiVersion: 'v1',
          kind: kindOf(round),
          namespace: namespaceOf(round),
          name: `shop-${round % 997}-${round}`,
        }),
    ],
  ];
}
